#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace locust {

/// Where a value comes from.
enum class setting_source : uint8_t { built_in, environment, flag };

/// One flag or variable as it turned out.
struct setting {
  /// `--context` or `POD_CPU_LIMIT`.
  std::string name;
  /// What counts; one that keeps the operator from starting as it was given.
  /// Secrets are not shown.
  std::string value;
  setting_source source = setting_source::built_in;
  /// The variable, when it stands in for a flag.
  std::string_view variable = {};
  /// What is wrong with what was given; empty: nothing.
  std::string remark = {};
};

} // namespace locust
