#pragma once

#include "protocol/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace locust {

/// The address on which a server of the operator listens.
struct bind_address {
  /// Name or address, an IPv6 address without brackets; empty for all
  /// interfaces, IPv4 and IPv6.
  std::string host;
  /// 0: any free port.
  uint16_t port = 0;

  bool operator==(const bind_address&) const = default;
};

/// Returns `host:port`, an IPv6 address in brackets.
std::string to_string(const bind_address& address);

/// Reads `:8081`, `127.0.0.1:8081`, `localhost:8081` or `[::1]:8081`. On
/// failure says what is wrong, to be appended to the text and a colon.
result<bind_address> parse_bind_address(std::string_view text);

} // namespace locust
