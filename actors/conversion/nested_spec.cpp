#include "actors/conversion/nested_spec.hpp"

#include "protocol/json/edit.hpp"

#include <map>
#include <optional>
#include <utility>

namespace locust {

namespace {

const json::path required_path = {
    "scheduling", "affinity", "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution"};
const json::path terms_path = {"scheduling", "affinity", "nodeAffinity",
                               "requiredDuringSchedulingIgnoredDuringExecution",
                               "nodeSelectorTerms"};

/// Returns the items of the list `name`; none if it is not a list.
std::vector<const json::value*> items_of(const json::value& object,
                                         std::string_view name) {
  std::vector<const json::value*> result;
  if (const auto* list = json::find(object, {name});
      list != nullptr && list->IsArray())
    for (const auto& item : list->GetArray())
      result.push_back(&item);
  return result;
}

/// Turns a copy of the old spec into the wanted one.
class spec_builder {
public:
  spec_builder(const flat_spec& wanted, const json::value& before)
      : wanted_(wanted), before_(before) {
    spec_.CopyFrom(before, spec_.GetAllocator());
    spec_faults none;
    had_ = read_v2_spec(before, none);
  }

  json::document build() {
    text({"image"}, wanted_.image, had_.image);
    text({"imagePullPolicy"}, wanted_.image_pull_policy,
         had_.image_pull_policy);
    pull_secrets();
    role("master", wanted_.master, had_.master);
    role("worker", wanted_.worker, had_.worker);
    replicas();
    test_files();
    scheduling();
    return std::move(spec_);
  }

private:
  json::value own(std::string_view text) {
    return json::own_text(text, spec_);
  }

  void add(json::value& object, std::string_view name, json::value v) {
    object.AddMember(own(name), v, spec_.GetAllocator());
  }

  void text(json::path where, std::optional<std::string_view> wanted,
            std::optional<std::string_view> had) {
    if (wanted == had)
      return;
    if (wanted)
      json::set(spec_, where, own(*wanted));
    else
      json::erase(spec_, where);
  }

  /// As above, for values that are omitted when empty.
  void text(json::path where, std::string_view wanted, std::string_view had) {
    auto unless_empty = [](std::string_view t) {
      return t.empty() ? std::nullopt : std::optional(t);
    };
    text(where, unless_empty(wanted), unless_empty(had));
  }

  void texts(json::path where, const sorted_texts& wanted,
             const sorted_texts& had) {
    if (wanted == had)
      return;
    json::value map(rapidjson::kObjectType);
    for (const auto& [name, value] : wanted)
      add(map, name, own(value));
    put_or_erase(where, std::move(map));
  }

  /// Puts an object or a list, unless it is empty.
  void put_or_erase(json::path where, json::value v) {
    if (v.IsObject() ? v.ObjectEmpty() : v.Empty())
      json::erase(spec_, where);
    else
      json::set(spec_, where, std::move(v));
  }

  void role(std::string_view name, const flat_role& wanted,
            const flat_role& had) {
    text({name, "command"}, wanted.command, had.command);
    texts({name, "labels"}, wanted.labels, had.labels);
    texts({name, "annotations"}, wanted.annotations, had.annotations);
  }

  void replicas() {
    if (wanted_.replicas == had_.replicas)
      return;
    if (wanted_.replicas)
      json::set(spec_, {"worker", "replicas"}, json::value(*wanted_.replicas));
    else
      json::erase(spec_, {"worker", "replicas"});
  }

  void pull_secrets() {
    list({"imagePullSecrets"}, wanted_.image_pull_secrets,
         had_.image_pull_secrets, [this](std::string_view name) {
           json::value secret(rapidjson::kObjectType);
           add(secret, "name", own(name));
           return secret;
         });
  }

  /// Replaces a list with the wanted items: unchanged if they existed,
  /// otherwise created by `make`.
  template <class Item, class Make>
  void list(json::path where, const std::vector<Item>& wanted,
            const std::vector<Item>& had, Make make) {
    if (wanted == had)
      return;
    std::multimap<Item, size_t> places;
    for (size_t i = 0; i < had.size(); ++i)
      places.emplace(had[i], i);
    const auto* originals = json::find(before_, where);
    json::value items(rapidjson::kArrayType);
    for (const auto& item : wanted) {
      json::value next;
      if (auto place = places.find(item); place != places.end()) {
        auto at = static_cast<rapidjson::SizeType>(place->second);
        next.CopyFrom((*originals)[at], spec_.GetAllocator());
        places.erase(place);
      } else {
        next = make(item);
      }
      items.PushBack(next, spec_.GetAllocator());
    }
    put_or_erase(where, std::move(items));
  }

  void test_files() {
    text({"testFiles", "configMapRef"}, wanted_.config_map, had_.config_map);
    text({"testFiles", "libConfigMapRef"}, wanted_.lib_config_map,
         had_.lib_config_map);
    auto none = [](const flat_spec& s) {
      return s.config_map.empty() && s.lib_config_map.empty();
    };
    if (none(wanted_) && !none(had_))
      json::erase_if_empty(spec_, {"testFiles"});
  }

  void scheduling() {
    list({"scheduling", "tolerations"}, wanted_.tolerations, had_.tolerations,
         [this](const flat_toleration& t) { return toleration(t); });
    if (wanted_.node_labels != had_.node_labels) {
      node_labels();
      json::erase_if_empty(spec_, {"scheduling", "affinity", "nodeAffinity"});
      json::erase_if_empty(spec_, {"scheduling", "affinity"});
    }
    auto present = json::find(spec_, {"scheduling"}) != nullptr;
    if (wanted_.has_affinity && !present)
      json::set(spec_, {"scheduling"}, json::value(rapidjson::kObjectType));
    auto none = [](const flat_spec& s) {
      return !s.has_affinity && s.tolerations.empty();
    };
    if (none(wanted_) && !none(had_))
      json::erase_if_empty(spec_, {"scheduling"});
  }

  json::value toleration(const flat_toleration& t) {
    json::value item(rapidjson::kObjectType);
    for (auto [name, text] : {std::pair("key", t.key),
                              {"operator", t.op},
                              {"value", t.value},
                              {"effect", t.effect}})
      if (!text.empty())
        add(item, name, own(text));
    return item;
  }

  void node_labels() {
    json::value term(rapidjson::kObjectType);
    if (const auto* single = single_term())
      term.CopyFrom(*single, spec_.GetAllocator());
    auto expressions = node_expressions(term);
    term.RemoveMember("matchExpressions");
    if (!expressions.Empty())
      add(term, "matchExpressions", std::move(expressions));
    if (term.ObjectEmpty())
      return json::erase(spec_, required_path);
    json::value terms(rapidjson::kArrayType);
    terms.PushBack(term, spec_.GetAllocator());
    json::set(spec_, terms_path, std::move(terms));
  }

  const json::value* single_term() const {
    const auto* terms = json::find(before_, terms_path);
    return terms != nullptr && terms->IsArray() && terms->Size() == 1 &&
                   (*terms)[0].IsObject()
               ? &(*terms)[0]
               : nullptr;
  }

  /// Returns the expressions of `term` that v1 cannot express or still
  /// contains, then the new ones.
  json::value node_expressions(const json::value& term) {
    json::value result(rapidjson::kArrayType);
    auto missing = wanted_.node_labels;
    spec_faults none;
    for (const auto* expression : items_of(term, "matchExpressions")) {
      if (auto said = read_node_label({expression, {}, none})) {
        auto label = wanted_.node_labels.find(said->first);
        if (label == wanted_.node_labels.end() || label->second != said->second)
          continue;
        missing.erase(said->first);
      }
      result.PushBack(json::value(*expression, spec_.GetAllocator()),
                      spec_.GetAllocator());
    }
    for (const auto& [key, value] : missing)
      result.PushBack(node_expression(key, value), spec_.GetAllocator());
    return result;
  }

  json::value node_expression(std::string_view key, std::string_view value) {
    json::value item(rapidjson::kObjectType);
    add(item, "key", own(key));
    add(item, "operator", own("In"));
    json::value values(rapidjson::kArrayType);
    values.PushBack(own(value), spec_.GetAllocator());
    add(item, "values", std::move(values));
    return item;
  }

  json::document spec_;
  const flat_spec& wanted_;
  const json::value& before_;
  flat_spec had_;
};

} // namespace

const json::value& v1_defaults() {
  static const auto spec = json::parse(R"({"master": {"autostart": true,
                                 "autoquit": {"enabled": true, "timeout": 60},
                                 "resources": {}},
                      "worker": {"resources": {}}})")
                               .value();
  return spec;
}

json::document nested_spec(const flat_spec& wanted, const json::value* kept) {
  return spec_builder(wanted, kept != nullptr ? *kept : v1_defaults()).build();
}

} // namespace locust
