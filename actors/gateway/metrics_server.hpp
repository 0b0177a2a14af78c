#pragma once

#include "actors/configuration/bind_address.hpp"

#include <functional>
#include <string>

namespace locust {

/// Where metrics are served, and what.
struct metrics_server {
  bind_address address;
  /// TLS, and only for those who may.
  bool secure = true;
  /// Returns the page; takes a millisecond at most.
  std::function<std::string()> text;
};

} // namespace locust
