#include "actors/api_client/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace locust {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
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
  if (packed.empty())
    return std::string{};
  if (packed.size() % 4 != 0)
    return std::nullopt;
  auto padding = packed.size() - packed.find_last_not_of('=') - 1;
  // OpenSSL takes '=' in the middle for a zero.
  if (padding > 2 || packed.find('=') < packed.size() - padding)
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
  // OpenSSL writes a zero behind the text.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  auto n = EVP_EncodeBlock(bytes_of(text), bytes_of(bytes),
                           static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(n));
  return text;
}

} // namespace locust
