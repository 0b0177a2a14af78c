#pragma once

#include "actors/resource_builder/spec_values.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// An option of Locust with its spellings.
struct locust_option {
  std::string_view flag;
  /// Empty for none.
  std::string_view short_flag;
  std::string_view variable;
};

/// Where a user sets an option, and to what.
struct option_given {
  std::string value;
  /// JSON path.
  std::string place;
};

/// The options that a Locust process gets from the user, as far as a spec shows
/// them: the command, `extraArgs`, and the variables that the spec lists.
/// Abbreviated flags are not recognised.
class locust_options {
public:
  /// `spec` must outlive this object.
  locust_options(const spec_values& spec, role of);

  /// Returns what Locust uses: arguments win over variables, the later over the
  /// earlier. A variable with `valueFrom` has the value `$(NAME)`.
  std::optional<option_given> value_of(const locust_option& option) const;

  /// Whether an option without a value is on. A variable is read as Locust
  /// does: `true`, `yes`, `on` or `1`.
  bool is_on(const locust_option& option) const;

  /// Whether there can be options that are not known: in a command that cannot
  /// be split, in a file given with `--config`, or from all keys of a ConfigMap
  /// or Secret as variables.
  bool may_have_others() const;

private:
  std::optional<option_given> argument(const locust_option& option,
                                       bool takes_value) const;
  std::optional<option_given> variable(std::string_view name) const;

  const spec_values& spec_;
  const role_spec& role_;
  std::string path_;
};

} // namespace locust
