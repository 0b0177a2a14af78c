#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace locust {

/// The source of a value.
enum class setting_source : uint8_t { built_in, environment, flag };

/// The effective value of a flag or variable.
struct setting {
  /// `--context` or `POD_CPU_LIMIT`.
  std::string name;
  /// The effective value; an invalid one that prevents the start, as given.
  /// Secrets are not shown.
  std::string value;
  setting_source source = setting_source::built_in;
  /// The variable, if it sets the flag.
  std::string_view variable = {};
  /// What is wrong with the given value; empty: nothing.
  std::string remark = {};
};

} // namespace locust
