#include "actors/certificates/host_names.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace locust {

namespace {

constexpr size_t longest_name = 253; // RFC 1123
constexpr size_t v4_size = 4;
constexpr size_t v6_size = 16;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && text.front() != '.' &&
         text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

} // namespace

std::optional<std::string> address_bytes(const std::string& text) {
  std::string bytes(v6_size, '\0');
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1)
    return bytes;
  bytes.resize(v4_size);
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
    return bytes;
  return std::nullopt;
}

std::optional<std::string> address_text(std::string_view bytes) {
  if (bytes.size() != v4_size && bytes.size() != v6_size)
    return std::nullopt;
  auto family = bytes.size() == v4_size ? AF_INET : AF_INET6;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr)
    return std::nullopt;
  return text.data();
}

std::optional<std::string> canonical_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  std::string host(text);
  std::transform(host.begin(), host.end(), host.begin(), lower);
  if (auto bytes = address_bytes(host))
    return address_text(*bytes);
  if (!is_name(host))
    return std::nullopt;
  return host;
}

bool is_address(const std::string& host) {
  return address_bytes(host).has_value();
}

host_names service_hosts(const std::string& service, const std::string& ns) {
  auto in_cluster = service + '.' + ns + ".svc";
  return {service, service + '.' + ns, in_cluster,
          in_cluster + ".cluster.local"};
}

std::string in_words(const host_names& hosts) {
  std::string result;
  for (const auto& host : hosts)
    (result += result.empty() ? "" : ", ") += host;
  return result;
}

} // namespace locust
