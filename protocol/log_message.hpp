#pragma once

#include <cstdint>
#include <string>

namespace locust {

enum class log_level : uint8_t { info, warning, error };

/// A line for the log from a core, which does no I/O: its actor writes it.
struct log_message {
  log_level level = log_level::info;
  std::string text;

  bool operator==(const log_message&) const = default;
};

} // namespace locust
