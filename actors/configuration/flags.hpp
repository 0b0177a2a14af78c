#pragma once

#include "actors/configuration/operator_options.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The command-line flags. Parsing, documentation and the printed configuration
// use one table.

namespace locust {

/// Topic of a flag; determines the order in `--help` and the documentation.
enum class flag_group : uint8_t {
  cluster,
  tests,
  webhooks,
  certificates,
  probes,
  metrics,
  replicas,
  log,
  other,
};

/// Returns a heading, for example `Webhooks`.
std::string_view to_string(flag_group group);

/// The member of the options that a flag sets; its type determines how text is
/// read. An absent `bind_address` is written `0`.
using flag_target =
    std::variant<bool& (*)(operator_options&),
                 std::string& (*)(operator_options&),
                 uint32_t& (*)(operator_options&),
                 std::chrono::nanoseconds& (*)(operator_options&),
                 bind_address& (*)(operator_options&),
                 std::optional<bind_address>& (*)(operator_options&),
                 std::vector<std::string>& (*)(operator_options&)>;

/// A requirement on a text.
struct text_rule {
  /// As text, to be appended to "is not".
  std::string_view expectation;
  bool (*holds)(std::string_view text);
};

/// How an environment variable sets a flag that is not given. An empty variable
/// counts as not set.
enum class stand_in : uint8_t {
  equal,      ///< read like the flag; an error if invalid
  deprecated, ///< the same with a warning; ignored if invalid
  elsewhere,  ///< read by other code, in another format
};

/// A row of the table.
struct operator_flag {
  /// Without dashes.
  std::string_view name;
  flag_group group;
  /// Placeholder of its value, for example `FILE`; empty for a boolean.
  std::string_view value_name;
  /// Its description, a phrase for the documentation.
  std::string_view meaning;
  flag_target target;
  /// For texts with requirements.
  const text_rule* rule = nullptr;
  /// Meaning of an empty text where an address is expected; empty: an error.
  std::string_view when_empty = {};
  /// Environment variable that sets it; empty for none.
  std::string_view variable = {};
  stand_in role = stand_in::equal;

  bool is_boolean() const {
    return value_name.empty();
  }
};

/// Returns all rows in documentation order. Static data.
std::span<const operator_flag> operator_flags();

/// Returns the row of this name (without dashes), or null.
const operator_flag* find_flag(std::string_view name);

/// Stores the value of `text`. On failure changes nothing and returns the
/// reason: `is not a duration such as 90s, 2m or 0`.
std::optional<std::string> store_flag(const operator_flag& flag,
                                      std::string_view text,
                                      operator_options& options);

/// Returns the value of this flag in `options`, as written on the command line.
/// For default options: the default.
std::string value_text(const operator_flag& flag,
                       const operator_options& options);

/// Returns a log message for each given option that has no effect in this
/// version.
std::vector<std::string>
settings_without_effect(const operator_options& options);

} // namespace locust
