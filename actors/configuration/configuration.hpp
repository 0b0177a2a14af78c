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

/// All that flags and environment come to.
struct configuration {
  /// These two are usable only when there are no errors.
  operator_options options;
  operator_settings settings;
  /// Sentences for the log.
  std::vector<std::string> warnings;
  /// Every reason not to start (docs/behaviour/process.md#startup-errors).
  std::vector<error> errors;
  /// Every flag, in the order of its table, then every variable.
  std::vector<setting> report;
};

/// Completes the flags that were `given` (names without dashes), whose values
/// `options` has, by the variables that stand in for others, reads all other
/// variables, and checks what only shows when all is known.
configuration read_configuration(operator_options options,
                                 const std::set<std::string_view>& given,
                                 const environment_lookup& look_up);

} // namespace locust
