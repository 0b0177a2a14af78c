#pragma once

#include <cstdint>
#include <string>

namespace locust {

enum class log_level : uint8_t { info, warning, error };

/// What a core has to say to the log; its shell writes the line.
struct log_message {
  log_level level = log_level::info;
  std::string text;

  bool operator==(const log_message&) const = default;
};

} // namespace locust
