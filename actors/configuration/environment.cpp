#include "actors/configuration/environment.hpp"

#include "actors/configuration/scalar_text.hpp"
#include "protocol/json.hpp"
#include "protocol/kubernetes/dns_name.hpp"
#include "protocol/kubernetes/quantity.hpp"

#include <cstdlib>
#include <type_traits>

namespace locust {

namespace {

/// Maximum length of a value in a message, in bytes: enough to recognise it.
constexpr size_t shown_limit = 200;

std::string assignment(const environment_variable& row, std::string_view text) {
  if (row.secret)
    return std::string(row.name) + " (its value is not shown)";
  return std::string(row.name) + "=\"" + json::clean_text(text, shown_limit) +
         '"';
}

/// Returns what a valid value of this kind is, to be appended to "is not".
std::string_view expectation(variable_kind kind) {
  switch (kind) {
  case variable_kind::string:
    return "text in UTF-8";
  case variable_kind::boolean:
    return "one of 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False";
  case variable_kind::integer:
  case variable_kind::optional_integer:
    return "a 32-bit decimal integer";
  case variable_kind::seconds:
    return "a decimal number of seconds from 0 to 2147483647";
  case variable_kind::quantity:
    return "a Kubernetes quantity such as 250m, 1.5Gi or 2";
  case variable_kind::dns_subdomain:
    return "a DNS-1123 subdomain: at most 253 characters; lower case letters, "
           "digits, '-' and '.'; each part between dots begins and ends with a "
           "letter or digit";
  }
  return {};
}

bool is_fatal(variable_kind kind) {
  return kind == variable_kind::quantity ||
         kind == variable_kind::dns_subdomain;
}

/// Stores `text` in the settings. Returns false, without a change, if it is not
/// valid for the kind of the row.
class store {
public:
  store(variable_kind kind, std::string_view text, operator_settings& settings)
      : kind_(kind), text_(text), settings_(settings) {
    // nop
  }

  bool operator()(std::string& (*member)(operator_settings&)) const {
    // Invalid UTF-8 would make every manifest that contains it unreadable.
    if (json::clean_text(text_, text_.size()) != text_)
      return false;
    if (kind_ == variable_kind::quantity && !is_quantity(text_))
      return false;
    if (kind_ == variable_kind::dns_subdomain && !is_dns_subdomain(text_))
      return false;
    member(settings_) = text_;
    return true;
  }

  bool operator()(bool& (*member)(operator_settings&)) const {
    return assign(member(settings_), parse_bool(text_));
  }

  bool operator()(int32_t& (*member)(operator_settings&)) const {
    return assign(member(settings_), parse_integer(text_));
  }

  bool operator()(std::optional<int32_t>& (*member)(operator_settings&)) const {
    return assign(member(settings_), parse_integer(text_));
  }

  bool operator()(std::chrono::seconds& (*member)(operator_settings&)) const {
    auto value = parse_integer(text_);
    if (!value || *value < 0)
      return false;
    member(settings_) = std::chrono::seconds(*value);
    return true;
  }

private:
  template <class Member, class Value>
  static bool assign(Member& member, const std::optional<Value>& value) {
    if (value)
      member = *value;
    return value.has_value();
  }

  variable_kind kind_;
  std::string_view text_;
  operator_settings& settings_;
};

std::string fallback_in_words(const environment_variable& row) {
  auto fallback = value_text(row, operator_settings{});
  if (fallback.empty())
    return "ignoring it";
  return "using the default " + fallback;
}

std::string shown(const environment_variable& row, std::string value) {
  return row.secret && !value.empty() ? "(not shown)" : std::move(value);
}

/// Returns the setting of the variable for the report.
setting read_variable(const environment_variable& row, std::string_view text,
                      environment_outcome& outcome) {
  setting seen{std::string(row.name), {}, setting_source::environment};
  auto stored = std::visit(store(row.kind, text, outcome.settings), row.target);
  seen.value = shown(row, value_text(row, outcome.settings));
  if (!stored && is_fatal(row.kind)) {
    seen.value = shown(row, std::string(text));
    seen.remark = "is not " + std::string(expectation(row.kind));
    outcome.errors.push_back(
        {errc::bad_setting, assignment(row, text) + ' ' + seen.remark});
  } else if (!stored) {
    seen.source = setting_source::built_in;
    seen.remark =
        assignment(row, text) + " is not " + std::string(expectation(row.kind));
    outcome.warnings.push_back(seen.remark + "; " + fallback_in_words(row));
  } else if (row.plausible != nullptr && !row.plausible(outcome.settings)) {
    seen.remark = "it should be " + std::string(row.check);
    outcome.warnings.push_back(assignment(row, text) + " is used, but " +
                               seen.remark);
  }
  return seen;
}

} // namespace

std::string_view to_string(variable_kind kind) {
  switch (kind) {
  case variable_kind::string:
    return "string";
  case variable_kind::boolean:
    return "bool";
  case variable_kind::integer:
    return "int32";
  case variable_kind::optional_integer:
    return "optional int32";
  case variable_kind::seconds:
    return "seconds";
  case variable_kind::quantity:
    return "quantity";
  case variable_kind::dns_subdomain:
    return "DNS-1123 subdomain";
  }
  return {};
}

std::string value_text(const environment_variable& variable,
                       const operator_settings& settings) {
  auto copy = settings; // targets need mutable settings
  return std::visit(
      [&](auto member) -> std::string {
        const auto& value = member(copy);
        using type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<type, std::string>)
          return value;
        else if constexpr (std::is_same_v<type, bool>)
          return value ? "true" : "false";
        else if constexpr (std::is_same_v<type, int32_t>)
          return std::to_string(value);
        else if constexpr (std::is_same_v<type, std::chrono::seconds>)
          return std::to_string(value.count());
        else
          return value ? std::to_string(*value) : std::string();
      },
      variable.target);
}

environment_outcome read_environment(const environment_lookup& look_up) {
  environment_outcome outcome;
  for (const auto& row : environment_variables()) {
    auto text = look_up(row.name);
    if (text && !text->empty())
      outcome.report.push_back(read_variable(row, *text, outcome));
    else
      outcome.report.push_back(
          {std::string(row.name), value_text(row, operator_settings{})});
  }
  return outcome;
}

std::optional<std::string> process_environment(std::string_view name) {
  // Called before threads exist; see the header.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const auto* value = std::getenv(std::string(name).c_str());
  if (value == nullptr)
    return std::nullopt;
  return std::string(value);
}

} // namespace locust
