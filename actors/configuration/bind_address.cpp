#include "actors/configuration/bind_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace locust {

namespace {

bool is_ipv6(const std::string& host) {
  in6_addr ignored{};
  return inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

bool is_ipv4(const std::string& host) {
  in_addr ignored{};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// A name; or an IPv4 address if it consists of digits and dots.
bool is_name_or_ipv4(const std::string& host) {
  if (host.find_first_not_of("0123456789.") == std::string::npos)
    return is_ipv4(host);
  return std::all_of(host.begin(), host.end(), is_host_character);
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto* end = text.data() + text.size();
  auto [rest, fault] = std::from_chars(text.data(), end, port);
  if (fault != std::errc{} || rest != end)
    return std::nullopt;
  return port;
}

} // namespace

std::string to_string(const bind_address& address) {
  auto host = address.host.find(':') == std::string::npos
                  ? address.host
                  : "[" + address.host + "]";
  return host + ":" + std::to_string(address.port);
}

result<bind_address> parse_bind_address(std::string_view text) {
  auto bad = [](std::string why) {
    return fail(errc::bad_setting, std::move(why));
  };
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.back() == ']')
    return bad("the port is missing");
  auto port = parse_port(text.substr(colon + 1));
  if (!port)
    return bad("the port is not a number from 0 to 65535");
  std::string host(text.substr(0, colon));
  if (host.empty())
    return bind_address{{}, *port};
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (!is_ipv6(host))
      return bad("there is no IPv6 address in the brackets");
    return bind_address{std::move(host), *port};
  }
  if (host.find(':') != std::string::npos)
    return bad("an IPv6 address must be in brackets");
  if (!is_name_or_ipv4(host))
    return bad("the host is neither a name nor an IP address");
  return bind_address{std::move(host), *port};
}

} // namespace locust
