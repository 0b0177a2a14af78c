#pragma once

#include "actors/configuration/environment.hpp"
#include "actors/configuration/operator_options.hpp"
#include "actors/configuration/setting.hpp"
#include "protocol/error.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// The combined result of flags and environment.
struct configuration {
  /// These two are only usable without errors.
  operator_options options;
  operator_settings settings;
  /// Messages for the log.
  std::vector<std::string> warnings;
  /// All errors that prevent the start
  /// (docs/behaviour/process.md#startup-errors).
  std::vector<error> errors;
  /// Every flag, in the order of its table, then every variable.
  std::vector<setting> report;
};

/// Completes the flags that were `given` (names without dashes, values in
/// `options`) with their environment variables, reads all other variables, and
/// checks the combination.
configuration read_configuration(operator_options options,
                                 const std::set<std::string_view>& given,
                                 const environment_lookup& look_up);

} // namespace locust
