#pragma once

#include "protocol/json.hpp"
#include "protocol/json/edit.hpp"

#include <array>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

// Random LocustTests of both versions, with all known members, all kinds of
// strings, and unknown members. They live as long as their generator.

namespace locust {

class random_objects {
public:
  explicit random_objects(uint64_t seed) : random_(seed) {
    // nop
  }

  /// A v2 object, also with values that the API server does not allow: nulls
  /// and empty lists and maps.
  json::value v2_object() {
    auto object = frame("locust.io/v2");
    if (one_in(3)) {
      json::value status(rapidjson::kObjectType);
      add(status, "phase", text());
      add(status, "unknown", anything(3));
      add(object, "status", std::move(status));
    } else {
      add(object, "status", json::value(rapidjson::kObjectType));
    }
    if (!one_in(20))
      add(object, "spec", v2_spec());
    return object;
  }

  /// A v1 object without empty values, which v2 would not keep.
  json::value v1_object() {
    auto object = frame("locust.io/v1");
    add(object, "status", json::value(rapidjson::kObjectType));
    add(object, "spec", v1_spec());
    return object;
  }

  /// Any JSON value.
  json::value anything(int depth) {
    switch (number(depth > 0 ? 8 : 6)) {
    case 0:
      return json::value();
    case 1:
      return json::value(one_in(2));
    case 2:
      return json::value(static_cast<int>(random_()));
    case 3:
      return json::value(static_cast<uint64_t>(random_()));
    case 4:
      return json::value(static_cast<double>(number(1000)) / 7);
    case 5:
      return text();
    case 6: {
      json::value list(rapidjson::kArrayType);
      for (auto left = number(4); left > 0; --left)
        list.PushBack(anything(depth - 1), owner_.GetAllocator());
      return list;
    }
    default: {
      json::value object(rapidjson::kObjectType);
      for (int i = 0; i < number(4); ++i)
        add(object, "k" + std::to_string(i), anything(depth - 1));
      return object;
    }
    }
  }

  /// Replaces a random value in `at`.
  void damage(json::value& at) {
    auto stop = one_in(3);
    if (!stop && at.IsObject() && at.MemberCount() > 0)
      return damage(
          (at.MemberBegin() + number(static_cast<int>(at.MemberCount())))
              ->value);
    if (!stop && at.IsArray() && !at.Empty())
      return damage(at.Begin()[number(static_cast<int>(at.Size()))]);
    at = anything(2);
  }

  int number(int below) {
    return static_cast<int>(random_() % static_cast<uint64_t>(below));
  }

  bool one_in(int n) {
    return number(n) == 0;
  }

private:
  json::value frame(std::string_view version) {
    json::value object(rapidjson::kObjectType);
    add(object, "apiVersion", own(version));
    add(object, "kind", own("LocustTest"));
    json::value metadata(rapidjson::kObjectType);
    add(metadata, "name", own("t"));
    if (one_in(2))
      add(metadata, "annotations", some_texts());
    if (one_in(2))
      add(metadata, "managedFields", anything(2));
    add(object, "metadata", std::move(metadata));
    return object;
  }

  json::value v2_spec() {
    json::value spec(rapidjson::kObjectType);
    maybe(spec, "image", [this] { return text(); });
    maybe(spec, "imagePullPolicy", [this] { return text(); });
    maybe(spec, "imagePullSecrets", [this] {
      return list([this] {
        json::value item(rapidjson::kObjectType);
        maybe(item, "name", [this] { return text(); });
        if (one_in(5))
          add(item, "unknown", anything(1));
        return item;
      });
    });
    maybe(spec, "master", [this] { return v2_role(); });
    maybe(spec, "worker", [this] {
      auto role = v2_role();
      maybe(role, "replicas", [this] { return json::value(number(600)); });
      return role;
    });
    maybe(spec, "testFiles", [this] {
      json::value files(rapidjson::kObjectType);
      for (std::string_view name :
           {"configMapRef", "libConfigMapRef", "srcMountPath", "libMountPath"})
        maybe(files, name, [this] { return text(); });
      return files;
    });
    maybe(spec, "scheduling", [this] { return v2_scheduling(); });
    if (one_in(2))
      add(spec, "unknown", anything(3));
    return spec;
  }

  json::value v2_role() {
    json::value role(rapidjson::kObjectType);
    maybe(role, "command", [this] { return text(); });
    maybe(role, "labels", [this] { return texts(); });
    maybe(role, "annotations", [this] { return texts(); });
    maybe(role, "autostart", [this] { return json::value(one_in(2)); });
    maybe(role, "resources", [this] {
      json::value resources(rapidjson::kObjectType);
      if (one_in(2))
        add(resources, "limits", texts());
      return resources;
    });
    return role;
  }

  json::value v2_scheduling() {
    json::value scheduling(rapidjson::kObjectType);
    maybe(scheduling, "nodeSelector", [this] { return texts(); });
    maybe(scheduling, "runtimeClassName", [this] { return text(); });
    maybe(scheduling, "tolerations", [this] {
      return list([this] {
        json::value item(rapidjson::kObjectType);
        for (std::string_view name : {"key", "operator", "value", "effect"})
          maybe(item, name, [this] { return text(); });
        if (one_in(3))
          add(item, "tolerationSeconds", json::value(number(100)));
        return item;
      });
    });
    maybe(scheduling, "affinity", [this] {
      json::value affinity(rapidjson::kObjectType);
      if (one_in(2))
        add(affinity, "podAffinity", anything(2));
      maybe(affinity, "nodeAffinity", [this] { return node_affinity(); });
      return affinity;
    });
    return scheduling;
  }

  json::value node_affinity() {
    json::value node(rapidjson::kObjectType);
    if (one_in(3))
      add(node, "preferredDuringSchedulingIgnoredDuringExecution", anything(2));
    maybe(node, "requiredDuringSchedulingIgnoredDuringExecution", [this] {
      json::value required(rapidjson::kObjectType);
      add(required, "nodeSelectorTerms", list([this] {
            json::value term(rapidjson::kObjectType);
            maybe(term, "matchExpressions",
                  [this] { return list([this] { return expression(); }); });
            if (one_in(4))
              add(term, "matchFields", anything(2));
            return term;
          }));
      return required;
    });
    return node;
  }

  json::value expression() {
    json::value item(rapidjson::kObjectType);
    maybe(item, "key", [this] { return text(); });
    add(item, "operator", own(one_in(3) ? "Exists" : "In"));
    maybe(item, "values", [this] { return list([this] { return text(); }); });
    return item;
  }

  json::value v1_spec() {
    json::value spec(rapidjson::kObjectType);
    for (std::string_view name :
         {"image", "masterCommandSeed", "workerCommandSeed"})
      if (!one_in(5))
        add(spec, name, text());
    for (std::string_view name :
         {"imagePullPolicy", "configMap", "libConfigMap"})
      if (one_in(2))
        add(spec, name, some_text());
    if (one_in(2))
      add(spec, "workerReplicas", json::value(1 + number(500)));
    if (one_in(2))
      add(spec, "imagePullSecrets", some([this] { return text(); }));
    for (std::string_view name : {"labels", "annotations"})
      if (one_in(2)) {
        json::value roles(rapidjson::kObjectType);
        add(roles, "master", some_texts());
        if (one_in(2))
          add(roles, "worker", some_texts());
        add(spec, name, std::move(roles));
      }
    if (one_in(2)) {
      json::value node(rapidjson::kObjectType);
      add(node, "requiredDuringSchedulingIgnoredDuringExecution", some_texts());
      json::value affinity(rapidjson::kObjectType);
      add(affinity, "nodeAffinity", std::move(node));
      add(spec, "affinity", std::move(affinity));
    }
    if (one_in(2))
      add(spec, "tolerations", some([this] {
            json::value item(rapidjson::kObjectType);
            for (std::string_view name : {"key", "operator", "effect"})
              add(item, name, text());
            if (one_in(2))
              add(item, "value", some_text());
            return item;
          }));
    return spec;
  }

  /// Adds a member, a null, or nothing.
  template <class Make>
  void maybe(json::value& object, std::string_view name, Make make) {
    auto choice = number(8);
    if (choice == 0)
      add(object, name, json::value());
    else if (choice > 2)
      add(object, name, make());
  }

  template <class Make>
  json::value list(Make make, int at_least = 0) {
    json::value items(rapidjson::kArrayType);
    for (auto left = at_least + number(4); left > 0; --left)
      items.PushBack(make(), owner_.GetAllocator());
    return items;
  }

  template <class Make>
  json::value some(Make make) {
    return list(make, 1);
  }

  json::value texts(int at_least = 0) {
    json::value map(rapidjson::kObjectType);
    for (auto left = at_least + number(4); left > 0; --left)
      if (auto name = word(); json::find(map, {name}) == nullptr)
        add(map, name, text());
    return map;
  }

  json::value some_texts() {
    return texts(1);
  }

  json::value text() {
    return own(word());
  }

  json::value some_text() {
    auto t = word();
    return own(t.empty() ? "x" : t);
  }

  std::string_view word() {
    return words_[static_cast<size_t>(number(static_cast<int>(words_.size())))];
  }

  json::value own(std::string_view text) {
    return json::own_text(text, owner_);
  }

  void add(json::value& object, std::string_view name, json::value v) {
    object.AddMember(own(name), v, owner_.GetAllocator());
  }

  static constexpr std::array<std::string_view, 16> words_ = {
      "",
      "a",
      "In",
      "IfNotPresent",
      "key",
      "/lotest/srcs",
      "\"quoted\" \\ and {\"json\": [1]}",
      "null",
      "locust.io/v2-spec ",
      "\u00e4\u20ac\U0001f41d",
      "\x01\x1f\x7f\u2028\u2029\ufeff",
      std::string_view("a\0b", 3),
      "__proto__",
      "a text that is longer than what RapidJSON keeps within a value",
      "../../etc/passwd",
      "'; DROP TABLE tests; --"};

  std::mt19937_64 random_;
  json::document owner_;
};

} // namespace locust
