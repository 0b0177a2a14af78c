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

// The command-line flags. One table says it all: the command line is read by
// it, and documentation and the printed configuration are made from it.

namespace locust {

/// What a flag is about; the order of `--help` and the documentation.
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

/// Returns a heading: `Webhooks`, say.
std::string_view to_string(flag_group group);

/// Where in the options the value of a flag is kept; its type decides how text
/// is read. An absent `bind_address` is written `0`.
using flag_target =
    std::variant<bool& (*)(operator_options&),
                 std::string& (*)(operator_options&),
                 std::chrono::nanoseconds& (*)(operator_options&),
                 bind_address& (*)(operator_options&),
                 std::optional<bind_address>& (*)(operator_options&),
                 std::vector<std::string>& (*)(operator_options&)>;

/// What a text has to be.
struct text_rule {
  /// In words, to go after "is not".
  std::string_view expectation;
  bool (*holds)(std::string_view text);
};

/// How an environment variable stands in for a flag that is not given. An empty
/// one counts as not set.
enum class stand_in : uint8_t {
  equal,      ///< its value is read like the flag's; a bad one is fatal
  deprecated, ///< the same with a warning; a bad one is ignored
  elsewhere,  ///< it is read by whoever needs it, in another form
};

/// One row of the table.
struct operator_flag {
  /// Without dashes.
  std::string_view name;
  flag_group group;
  /// What its value is called: `FILE`, say; empty for a boolean.
  std::string_view value_name;
  /// What it decides, a phrase for the documentation.
  std::string_view meaning;
  flag_target target;
  /// For texts that are not free.
  const text_rule* rule = nullptr;
  /// What an empty text stands for, where an address is expected; empty: it is
  /// an error.
  std::string_view when_empty = {};
  /// Environment variable that stands in for it; empty: there is none.
  std::string_view variable = {};
  stand_in role = stand_in::equal;

  bool is_boolean() const {
    return value_name.empty();
  }
};

/// Returns all rows in the order in which they are documented. Static data.
std::span<const operator_flag> operator_flags();

/// Returns the row of this name (without dashes), or null.
const operator_flag* find_flag(std::string_view name);

/// Stores the value that `text` stands for. Returns nothing, or, having changed
/// nothing, why it is none: `is not a duration such as 90s, 2m or 0`.
std::optional<std::string> store_flag(const operator_flag& flag,
                                      std::string_view text,
                                      operator_options& options);

/// Returns the value that `options` hold for this flag, as one would write it.
/// On default options: the default.
std::string value_text(const operator_flag& flag,
                       const operator_options& options);

/// Returns a sentence for each thing that the options ask for and that this
/// version does not do, to be logged at the start.
std::vector<std::string> unmet_wishes(const operator_options& options);

} // namespace locust
