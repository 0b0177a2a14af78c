#pragma once

#include "actors/configuration/setting.hpp"
#include "protocol/error.hpp"
#include "protocol/operator_settings.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The environment variables that shape what a test gets. One table says it all;
// parsing, documentation and the printed configuration are made from it.

namespace locust {

/// How the text of a variable is read. An empty text always means "not set".
enum class variable_kind : uint8_t {
  string,
  boolean,          ///< 1 t T TRUE true True, or 0 f F FALSE false False
  integer,          ///< decimal, optional sign, 32 bits
  optional_integer, ///< the same, absent by default
  seconds,          ///< an integer that is not negative
  quantity,         ///< Kubernetes quantity; a bad one is fatal
  dns_subdomain,    ///< DNS-1123 subdomain; a bad one is fatal
};

/// Returns `string`, `bool`, `int32`, `optional int32`, `seconds`, `quantity`
/// or `DNS-1123 subdomain`.
std::string_view to_string(variable_kind kind);

/// Where in the settings the value of a variable is kept.
using variable_target =
    std::variant<std::string& (*)(operator_settings&),
                 bool& (*)(operator_settings&),
                 int32_t& (*)(operator_settings&),
                 std::optional<int32_t>& (*)(operator_settings&),
                 std::chrono::seconds& (*)(operator_settings&)>;

/// One row of the table.
struct environment_variable {
  std::string_view name;
  variable_kind kind;
  /// What it decides, a phrase for the documentation.
  std::string_view meaning;
  variable_target target;
  /// What a value has to be beside readable, in words; empty for nothing.
  std::string_view check = {};
  /// Whether that holds; null when there is nothing to check. A value for which
  /// it does not is used all the same, as the Go operator does, with a
  /// warning: it may matter to some tests only.
  bool (*plausible)(const operator_settings&) = nullptr;
  /// Its value must not be shown.
  bool secret = false;
};

/// Returns all rows in the order in which they are documented. Static data.
std::span<const environment_variable> environment_variables();

/// Returns the value that `settings` hold for this variable, as one would write
/// it into the environment; empty when it is empty or absent. Secrets come out
/// as they are. On default settings: the built-in default.
std::string value_text(const environment_variable& variable,
                       const operator_settings& settings);

/// Returns the value of a variable, or nothing when it is not set.
using environment_lookup =
    std::function<std::optional<std::string>(std::string_view name)>;

/// What reading the environment came to.
struct environment_outcome {
  /// Usable only when there are no errors.
  operator_settings settings;
  /// Sentences for the log: variables that were ignored because they are no
  /// bool or number, and values that are going to have every test refused.
  std::vector<std::string> warnings;
  /// Every reason not to start (docs/behaviour/process.md#startup-errors). Each
  /// names the variable, its value and what would be right.
  std::vector<error> errors;
  /// Every variable, in the order of the table.
  std::vector<setting> report;
};

/// Reads all variables of the table. Asks for each once.
environment_outcome read_environment(const environment_lookup& look_up);

/// Looks a variable up in the environment of this process. Not safe while
/// another thread changes the environment.
std::optional<std::string> process_environment(std::string_view name);

} // namespace locust
