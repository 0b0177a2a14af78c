#pragma once

#include "actors/configuration/operator_options.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// What reading the command line came to.
struct parsed_options {
  /// Usable only when there are no problems.
  operator_options options;
  /// Names of the flags that were given, without dashes.
  std::set<std::string_view> given;
  /// Everything about the words that makes no sense, a sentence each.
  std::vector<std::string> problems;
  /// What a person wants to read instead of running anything: the answer to
  /// `--help` or `--version`.
  std::optional<std::string> answer;
};

/// Reads the command line by the table of flags, in the forms `--name=value`
/// and `--name value`, for booleans `--name` and `--name=true` or `=false`; a
/// single dash will do. The last of several wins.
parsed_options parse_options(int argc, const char* const* argv);

} // namespace locust
