#include "protocol/basics/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace locust {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool is_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// Checks what OpenSSL does not: it accepts `=` in the middle as zero, and `-`
/// as the end of the text.
bool is_well_formed(std::string_view packed, size_t padding) {
  auto digits = packed.substr(0, packed.size() - padding);
  return packed.size() % 4 == 0 && padding <= 2 &&
         std::all_of(digits.begin(), digits.end(), is_digit);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

} // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::string packed;
  packed.reserve(text.size());
  std::copy_if(text.begin(), text.end(), std::back_inserter(packed),
               [](char c) { return !is_space(c); });
  auto padding = packed.size() - (packed.find_last_not_of('=') + 1);
  if (!is_well_formed(packed, padding))
    return std::nullopt;
  std::string decoded(packed.size() / 4 * 3, '\0');
  auto n =
      EVP_DecodeBlock(bytes_of(decoded), bytes_of(std::string_view(packed)),
                      static_cast<int>(packed.size()));
  if (n < 0)
    return std::nullopt;
  decoded.resize(static_cast<size_t>(n) - padding);
  return decoded;
}

std::string encode_base64(std::string_view bytes) {
  // OpenSSL appends a NUL byte.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  auto n = EVP_EncodeBlock(bytes_of(text), bytes_of(bytes),
                           static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(n));
  return text;
}

} // namespace locust
