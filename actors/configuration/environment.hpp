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

// The environment variables with settings for tests. Parsing, documentation and
// the printed configuration use one table.

namespace locust {

/// How the text of a variable is read. An empty text always means "not set".
enum class variable_kind : uint8_t {
  string,
  boolean,          ///< 1 t T TRUE true True, or 0 f F FALSE false False
  integer,          ///< 32-bit decimal integer with optional sign
  optional_integer, ///< the same, absent by default
  seconds,          ///< an integer of 0 or more
  quantity,         ///< Kubernetes quantity; an error if invalid
  dns_subdomain,    ///< DNS-1123 subdomain; an error if invalid
};

/// Returns `string`, `bool`, `int32`, `optional int32`, `seconds`, `quantity`
/// or `DNS-1123 subdomain`.
std::string_view to_string(variable_kind kind);

/// The member of the settings that a variable sets.
using variable_target =
    std::variant<std::string& (*)(operator_settings&),
                 bool& (*)(operator_settings&),
                 int32_t& (*)(operator_settings&),
                 std::optional<int32_t>& (*)(operator_settings&),
                 std::chrono::seconds& (*)(operator_settings&)>;

/// A row of the table.
struct environment_variable {
  std::string_view name;
  variable_kind kind;
  /// Its description, a phrase for the documentation.
  std::string_view meaning;
  variable_target target;
  /// Further requirements on a value as text; empty for none.
  std::string_view check = {};
  /// Checks those requirements; null for none. A value that violates them is
  /// used anyway, as in the Go operator, with a warning: it may affect only
  /// some tests.
  bool (*plausible)(const operator_settings&) = nullptr;
  /// Secret: the value is never shown.
  bool secret = false;
};

/// Returns all rows in documentation order. Static data.
std::span<const environment_variable> environment_variables();

/// Returns the value of this variable in `settings`, as written in the
/// environment; empty when it is empty or absent. Does not hide secrets. For
/// default settings: the built-in default.
std::string value_text(const environment_variable& variable,
                       const operator_settings& settings);

/// Returns the value of a variable, or nothing when it is not set.
using environment_lookup =
    std::function<std::optional<std::string>(std::string_view name)>;

/// The result of reading the environment.
struct environment_outcome {
  /// Only usable without errors.
  operator_settings settings;
  /// Messages for the log: variables that were ignored because they are not a
  /// boolean or number, and values with which every test will be rejected.
  std::vector<std::string> warnings;
  /// All errors that prevent the start
  /// (docs/behaviour/process.md#startup-errors). Each names the variable, its
  /// value and a valid value.
  std::vector<error> errors;
  /// Every variable, in the order of the table.
  std::vector<setting> report;
};

/// Reads all variables of the table, each once.
environment_outcome read_environment(const environment_lookup& look_up);

/// Reads a variable of this process. Not thread-safe while another thread
/// changes the environment.
std::optional<std::string> process_environment(std::string_view name);

} // namespace locust
