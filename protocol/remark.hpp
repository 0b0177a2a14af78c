#pragma once

#include <cstdint>
#include <string>

namespace locust {

enum class remark_level : uint8_t { info, warning, error };

/// A log message of a core; its actor writes it.
struct remark {
  remark_level level = remark_level::info;
  std::string text;

  bool operator==(const remark&) const = default;
};

} // namespace locust
