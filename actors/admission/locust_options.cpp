#include "actors/admission/locust_options.hpp"

#include <algorithm>
#include <array>

namespace locust {

namespace {

constexpr locust_option config_file = {"--config", "", ""};

/// Returns the value of `option` in `all[at]`: `--flag V`, `--flag=V`, `-f V`,
/// `-f=V` or `-fV`. Nothing for any other word.
std::optional<std::string> value_at(const words& all, size_t at,
                                    const locust_option& option) {
  std::string_view word = all[at];
  auto next = [&] {
    return at + 1 < all.size() ? all[at + 1] : std::string();
  };
  if (word.starts_with(option.flag)) {
    word.remove_prefix(option.flag.size());
    if (word.empty())
      return next();
    if (word.front() == '=')
      return std::string(word.substr(1));
    return std::nullopt;
  }
  if (option.short_flag.empty() || !word.starts_with(option.short_flag))
    return std::nullopt;
  word.remove_prefix(option.short_flag.size());
  if (word.empty())
    return next();
  return std::string(word.substr(word.front() == '=' ? 1 : 0));
}

bool is_true_word(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  constexpr std::array<std::string_view, 4> yes = {"true", "yes", "on", "1"};
  return std::find(yes.begin(), yes.end(), text) != yes.end();
}

} // namespace

locust_options::locust_options(const spec_values& spec, role of)
    : spec_(spec), role_(spec.of(of)),
      path_(of == role::master ? "spec.master" : "spec.worker") {
  // nop
}

std::optional<option_given>
locust_options::argument(const locust_option& option, bool takes_value) const {
  std::optional<option_given> found;
  auto search = [&](const words& all, std::string_view list) {
    for (size_t i = 0; i < all.size(); ++i) {
      auto value = takes_value             ? value_at(all, i, option)
                   : all[i] == option.flag ? std::optional<std::string>("")
                                           : std::nullopt;
      if (value)
        found = {std::move(*value), path_ + std::string(list)};
    }
  };
  search(role_.seed, ".command");
  search(role_.extra_args, ".extraArgs");
  return found;
}

/// `spec.env.variables` follow those of OpenTelemetry in the container.
std::optional<option_given>
locust_options::variable(std::string_view name) const {
  std::optional<option_given> found;
  if (spec_.open_telemetry.enabled)
    for (const auto& [key, value] : spec_.open_telemetry.extra_env)
      if (key == name)
        found = {std::string(value),
                 "spec.observability.openTelemetry.extraEnvVars"};
  if (spec_.env.variables == nullptr)
    return found;
  const auto& list = *spec_.env.variables;
  for (rapidjson::SizeType i = 0; i < list.Size(); ++i) {
    if (json::string_at(list[i], {"name"}) != name)
      continue;
    const auto* source = json::find(list[i], {"valueFrom"});
    bool elsewhere = source != nullptr && source->IsObject();
    found = {elsewhere ? "$(" + std::string(name) + ')'
                       : json::text_at(list[i], {"value"}),
             "spec.env.variables[" + std::to_string(i) + ']'};
  }
  return found;
}

std::optional<option_given>
locust_options::value_of(const locust_option& option) const {
  if (auto found = argument(option, true))
    return found;
  auto found = variable(option.variable);
  // Locust takes an empty variable for none.
  return found && !found->value.empty() ? found : std::nullopt;
}

bool locust_options::is_on(const locust_option& option) const {
  if (argument(option, false))
    return true;
  auto found = variable(option.variable);
  return found && is_true_word(std::move(found->value));
}

bool locust_options::may_have_others() const {
  return !split_words(role_.command) || argument(config_file, true) ||
         !spec_.env.config_maps.empty() || !spec_.env.secrets.empty();
}

} // namespace locust
