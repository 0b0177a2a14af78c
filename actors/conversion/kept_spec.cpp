#include "actors/conversion/kept_spec.hpp"

#include "actors/conversion/nested_spec.hpp"
#include "actors/resource_builder/spec_values.hpp"
#include "protocol/json/edit.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace locust {

namespace {

/// Whether a map of v2 equals `texts`.
bool is_plain(const json::value* map, const sorted_texts& texts) {
  return map != nullptr && !texts.empty() &&
         map->MemberCount() == texts.size() &&
         std::all_of(map->MemberBegin(), map->MemberEnd(),
                     [](const auto& m) { return m.value.IsString(); });
}

/// Removes the parts of a v2 spec that need not be kept.
class spec_filter {
public:
  spec_filter(const json::value& spec, const flat_spec& shown)
      : spec_(spec), shown_(shown), fresh_(nested_spec(shown, nullptr)) {
    kept_.CopyFrom(spec, kept_.GetAllocator());
  }

  json::document filter() {
    drop_if_same({"image"});
    drop_if_same({"imagePullPolicy"});
    drop_if_same({"imagePullSecrets"});
    drop_role("master", shown_.master);
    drop_role("worker", shown_.worker);
    drop_if_same({"worker", "replicas"});
    drop_test_files();
    drop_scheduling();
    if (kept_ == v1_defaults())
      kept_.SetNull();
    return std::move(kept_);
  }

private:
  /// Drops a value that a new object would have, too.
  void drop_if_same(json::path where) {
    const auto* is = json::find(spec_, where);
    const auto* would_be = json::find(fresh_, where);
    if (is != nullptr && would_be != nullptr && *is == *would_be)
      json::erase(kept_, where);
  }

  /// As above, because comparing JSON objects takes quadratic time.
  void drop_if_plain(json::path where, const sorted_texts& texts) {
    if (is_plain(json::find(spec_, where), texts))
      json::erase(kept_, where);
  }

  void drop_role(std::string_view name, const flat_role& role) {
    drop_if_same({name, "command"});
    drop_if_plain({name, "labels"}, role.labels);
    drop_if_plain({name, "annotations"}, role.annotations);
  }

  void drop_test_files() {
    drop_if_same({"testFiles", "configMapRef"});
    drop_if_same({"testFiles", "libConfigMapRef"});
    if (json::find(fresh_, {"testFiles"}) == nullptr)
      return;
    // The CRD adds these defaults to all test files.
    drop_default({"testFiles", "srcMountPath"}, "/lotest/src");
    drop_default({"testFiles", "libMountPath"}, "/opt/locust/lib");
    json::erase_if_empty(kept_, {"testFiles"});
  }

  void drop_default(json::path where, std::string_view text) {
    if (json::string_at(kept_, where) == text)
      json::erase(kept_, where);
  }

  void drop_scheduling() {
    drop_if_same({"scheduling", "affinity"});
    drop_if_same({"scheduling", "tolerations"});
    if (json::find(fresh_, {"scheduling"}) != nullptr)
      json::erase_if_empty(kept_, {"scheduling"});
  }

  const json::value& spec_;
  const flat_spec& shown_;
  json::document fresh_;
  json::document kept_;
};

/// A member of the spec, or of its `master` or `worker`.
struct spec_part {
  std::string parent; ///< empty for the spec itself
  std::string name;
  size_t size = 0; ///< bytes as JSON text
};

/// The CRD accepts no spec with more parts than this.
constexpr size_t part_limit = 100;

constexpr std::array<std::string_view, 2> roles = {"master", "worker"};

std::string name_of(const json::value::Member& m) {
  return {m.name.GetString(), m.name.GetStringLength()};
}

void add_parts(std::vector<spec_part>& parts, std::string_view parent,
               const json::value& object) {
  if (!object.IsObject() || object.MemberCount() > part_limit)
    return;
  for (const auto& m : object.GetObject()) {
    auto name = name_of(m);
    auto is_role = std::find(roles.begin(), roles.end(), name) != roles.end();
    if (parent.empty() && is_role)
      add_parts(parts, name, m.value);
    else
      parts.push_back({std::string(parent), name, json::dump(m.value).size()});
  }
}

void erase_part(json::document& spec, const spec_part& part) {
  if (!part.parent.empty())
    return json::erase(spec, {part.parent, part.name});
  json::erase(spec, {part.name});
  // A mount without its volume would make the test invalid.
  if (part.name == "volumes")
    json::erase(spec, {"volumeMounts"});
}

/// Returns the parts of `spec`, the largest first.
std::vector<spec_part> parts_of(const json::value& spec) {
  std::vector<spec_part> parts;
  add_parts(parts, {}, spec);
  std::stable_sort(
      parts.begin(), parts.end(),
      [](const auto& a, const auto& b) { return a.size > b.size; });
  return parts;
}

} // namespace

std::optional<std::string> kept_spec_text(const json::value& spec,
                                          const flat_spec& shown, size_t room) {
  auto kept = spec_filter(spec, shown).filter();
  if (kept.IsNull())
    return std::nullopt;
  auto text = json::dump(kept);
  if (text.size() <= room)
    return text;
  auto left = text.size();
  for (const auto& part : parts_of(kept)) {
    erase_part(kept, part);
    left -= std::min(left, part.size);
    if (left > room)
      continue;
    text = json::dump(kept);
    if (text.size() <= room)
      return text;
  }
  return std::nullopt;
}

std::optional<json::document> read_kept_spec(std::string_view text) {
  auto spec = json::parse(text);
  if (!spec || !spec->IsObject())
    return std::nullopt;
  // Values that v1 expresses may be missing, and are ignored if present.
  json::document whole;
  whole.CopyFrom(*spec, whole.GetAllocator());
  json::set(whole, {"image"}, json::own_text("image", whole));
  json::set(whole, {"master", "command"}, json::own_text("", whole));
  json::set(whole, {"worker", "command"}, json::own_text("", whole));
  json::set(whole, {"worker", "replicas"}, json::value(1));
  spec_faults faults;
  read_spec_values(whole, faults);
  read_v2_spec(*spec, faults);
  if (!faults.empty())
    return std::nullopt;
  return std::move(*spec);
}

} // namespace locust
