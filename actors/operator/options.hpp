#pragma once

#include "actors/configuration/operator_options.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// The result of parsing the command line.
struct parsed_options {
  /// Valid only without problems.
  operator_options options;
  /// Names of the flags that are set, without dashes.
  std::set<std::string_view> given;
  /// All errors, one sentence each.
  std::vector<std::string> problems;
  /// The output of `--help` or `--version`, if one of them is set.
  std::optional<std::string> answer;
};

/// Parses the command line. Accepts `--name=value` and `--name value`, for
/// booleans `--name`, `--name=true` and `--name=false`, each also with a single
/// dash. The last value of a flag wins.
parsed_options parse_options(int argc, const char* const* argv);

} // namespace locust
