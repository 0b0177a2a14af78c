#pragma once

#include <cstdint>
#include <string>

namespace locust {

enum class message_level : uint8_t { info, warning, error };

/// A line for the log from a core, which does no I/O: its actor writes it.
struct log_message {
  message_level level = message_level::info;
  std::string text;

  bool operator==(const log_message&) const = default;
};

} // namespace locust
