#include "actors/admission/core_rules.hpp"

#include "actors/admission/rule_texts.hpp"
#include "protocol/kubernetes/quantity.hpp"

#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string>

namespace locust {

namespace {

// -- tolerations --------------------------------------------------------------

void judge_toleration(const json::value& item, const std::string& path,
                      findings& found) {
  auto key = json::text_at(item, {"key"});
  auto op = json::text_at(item, {"operator"});
  auto value = json::text_at(item, {"value"});
  auto effect = json::text_at(item, {"effect"});
  if (key.empty() && op != "Exists")
    found.violation(path +
                    " must have the operator Exists, because it has no key");
  if (op == "Exists" && !value.empty())
    found.violation({"toleration value", value, path + ".value"},
                    "must be empty, because the operator is Exists");
  if (!effect.empty() && effect != "NoSchedule" &&
      effect != "PreferNoSchedule" && effect != "NoExecute")
    found.violation({"toleration effect", effect, path + ".effect"},
                    "must be NoSchedule, PreferNoSchedule or NoExecute");
  else if (effect != "NoExecute" && json::int_at(item, {"tolerationSeconds"}))
    found.violation({"toleration effect", effect, path + ".effect"},
                    "must be NoExecute, because tolerationSeconds is set");
}

void judge_tolerations(const json::value* tolerations, findings& found) {
  if (tolerations == nullptr)
    return;
  for (rapidjson::SizeType i = 0; i < tolerations->Size(); ++i)
    judge_toleration((*tolerations)[i],
                     "spec.scheduling.tolerations[" + std::to_string(i) + ']',
                     found);
}

// -- resources ----------------------------------------------------------------

/// Returns the factor of a quantity suffix; 1 for none.
double factor_of(std::string_view suffix) {
  if (suffix.empty())
    return 1;
  if (suffix.size() == 2 && suffix[1] == 'i')
    return std::ldexp(
        1,
        10 * static_cast<int>(1 + std::string_view("KMGTPE").find(suffix[0])));
  if (suffix.size() == 1)
    return std::pow(
        10,
        3 * (static_cast<int>(std::string_view("num kMGTPE").find(suffix[0])) -
             3));
  suffix.remove_prefix(suffix[1] == '+' ? 2 : 1);
  int exponent = 0;
  std::from_chars(suffix.data(), suffix.data() + suffix.size(), exponent);
  return std::pow(10, exponent);
}

std::optional<double> value_of(std::string_view quantity) {
  if (!is_quantity(quantity))
    return std::nullopt;
  if (quantity.front() == '+')
    quantity.remove_prefix(1);
  auto digits = quantity.substr(0, quantity.find_first_not_of("-.0123456789"));
  double number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number,
                  std::chars_format::fixed);
  return number * factor_of(quantity.substr(digits.size()));
}

/// A quantity can also be a JSON number.
std::string quantity_text(const json::value& value) {
  return value.IsString()
             ? std::string(value.GetString(), value.GetStringLength())
             : json::dump(value);
}

using amounts = std::map<std::string_view, std::string>;

amounts amounts_of(const json::value& resources, std::string_view name) {
  amounts result;
  if (const auto* map = json::find(resources, {name});
      map != nullptr && map->IsObject())
    for (const auto& m : map->GetObject())
      result[{m.name.GetString(), m.name.GetStringLength()}] =
          quantity_text(m.value);
  return result;
}

/// Kubernetes computes with 64 bits; 8Ei, which is 2^63, is still read as its
/// greatest quantity (apimachinery, resource.ParseQuantity).
constexpr double greatest = 9223372036854775808.0;

void judge_quantity(const json::value& value, std::string path,
                    findings& found) {
  auto text = quantity_text(value);
  auto amount = value_of(text);
  const subject s{"quantity", text, std::move(path)};
  if (!amount)
    found.violation(s, rule_text::quantity);
  else if (*amount < 0)
    found.violation(s, rule_text::negative_quantity);
  else if (*amount > greatest)
    found.violation(s, rule_text::huge_quantity);
}

void judge_quantities(const json::value& resources, const std::string& path,
                      findings& found) {
  for (const auto* list : {"requests", "limits"})
    if (const auto* map = json::find(resources, {list});
        map != nullptr && map->IsObject())
      for (const auto& m : map->GetObject())
        judge_quantity(m.value,
                       key_path(path + '.' + list,
                                {m.name.GetString(), m.name.GetStringLength()}),
                       found);
}

void judge_volume_sizes(const std::vector<volume_spec>& volumes,
                        findings& found) {
  for (size_t i = 0; i < volumes.size(); ++i) {
    if (volumes[i].whole == nullptr)
      continue;
    auto path = "spec.volumes[" + std::to_string(i) + ']';
    const auto& whole = *volumes[i].whole;
    if (const auto* size = json::find(whole, {"emptyDir", "sizeLimit"});
        size != nullptr && !size->IsNull())
      judge_quantity(*size, path + ".emptyDir.sizeLimit", found);
    if (const auto* claim = json::find(
            whole, {"ephemeral", "volumeClaimTemplate", "spec", "resources"});
        claim != nullptr)
      judge_quantities(*claim,
                       path + ".ephemeral.volumeClaimTemplate.spec.resources",
                       found);
  }
}

void judge_resources(const json::value* resources, const std::string& path,
                     findings& found) {
  if (resources == nullptr)
    return;
  judge_quantities(*resources, path, found);
  auto limits = amounts_of(*resources, "limits");
  for (const auto& [name, request] : amounts_of(*resources, "requests"))
    if (auto limit = limits.find(name);
        limit != limits.end() && is_more(request, limit->second))
      found.violation({"request", request, key_path(path + ".requests", name)},
                      "must not exceed the limit " + in_quotes(limit->second));
}

// -- variables ----------------------------------------------------------------

void judge_variables(const json::value* variables, findings& found) {
  if (variables == nullptr)
    return;
  for (rapidjson::SizeType i = 0; i < variables->Size(); ++i) {
    const auto& variable = (*variables)[i];
    const auto* source = json::find(variable, {"valueFrom"});
    auto value = json::text_at(variable, {"value"});
    if (source != nullptr && source->IsObject() && !value.empty())
      found.violation({"variable value", value,
                       "spec.env.variables[" + std::to_string(i) + "].value"},
                      "must be empty, because valueFrom is set");
  }
}

} // namespace

bool is_more(std::string_view quantity, std::string_view than) {
  constexpr double tolerance = 1e-9;
  auto a = value_of(quantity);
  auto b = value_of(than);
  return a && b && *a - *b > std::abs(*b) * tolerance;
}

void judge_core_parts(const spec_values& spec,
                      const operator_settings& settings, findings& found) {
  judge_resources(spec.master.resources, "spec.master.resources", found);
  judge_resources(spec.worker.resources, "spec.worker.resources", found);
  judge_volume_sizes(spec.volumes, found);
  judge_variables(spec.env.variables, found);
  if (settings.tolerations_injection)
    judge_tolerations(spec.scheduling.tolerations, found);
}

} // namespace locust
