#pragma once

#include "actors/api_client/find_access.hpp"

#include <optional>
#include <string>

namespace locust {

/// What the command line says.
struct operator_options {
  std::string kubeconfig;
  std::string context;
  std::string journal;
  /// spdlog's names: trace, debug, info, warning, error, critical, off.
  std::string log_level = "info";
};

/// What reading the command line came to: options, or the exit code of a
/// process that is finished (0 after `--help` and `--version`, 2 for words that
/// make no sense; the reason has been printed).
struct parsed_options {
  operator_options options;
  std::optional<int> exit_code;
};

parsed_options parse_options(int argc, const char* const* argv);

} // namespace locust
