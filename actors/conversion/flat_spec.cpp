#include "actors/conversion/flat_spec.hpp"

#include "protocol/json/members.hpp"

namespace locust {

namespace {

std::optional<std::string_view> optional_text(const spec_cursor& at) {
  if (!at.present())
    return std::nullopt;
  return at.text();
}

sorted_texts read_texts(const spec_cursor& at) {
  sorted_texts result;
  for (const auto& [name, value] : at.texts())
    result[name] = value;
  return result;
}

std::vector<flat_toleration> read_tolerations(const spec_cursor& list) {
  std::vector<flat_toleration> result;
  for (const auto& item : list.items())
    result.push_back({.key = item["key"].text(),
                      .op = item["operator"].text(),
                      .value = item["value"].text(),
                      .effect = item["effect"].text()});
  return result;
}

/// Among expressions with the same key the last one counts, even in another
/// term.
sorted_texts read_node_labels(const spec_cursor& required) {
  sorted_texts result;
  for (const auto& term : required["nodeSelectorTerms"].items())
    for (const auto& expression : term["matchExpressions"].items())
      if (auto label = read_node_label(expression))
        result[label->first] = label->second;
  return result;
}

spec_cursor required_node_affinity(const spec_cursor& affinity) {
  return affinity["nodeAffinity"]
                 ["requiredDuringSchedulingIgnoredDuringExecution"];
}

void put_unless_absent(json::writer& out, std::string_view key,
                       std::optional<std::string_view> text) {
  if (text)
    json::put(out, key, *text);
}

void put_texts(json::writer& out, std::string_view key,
               const sorted_texts& texts) {
  if (texts.empty())
    return;
  json::put_object(out, key, [&] {
    for (const auto& [name, value] : texts)
      json::put(out, name, value);
  });
}

/// Writes the maps of both roles under one key.
void put_per_role(json::writer& out, std::string_view key,
                  const sorted_texts& master, const sorted_texts& worker) {
  if (master.empty() && worker.empty())
    return;
  json::put_object(out, key, [&] {
    put_texts(out, "master", master);
    put_texts(out, "worker", worker);
  });
}

void put_affinity(json::writer& out, const sorted_texts& node_labels) {
  if (node_labels.empty())
    return;
  json::put_object(out, "affinity", [&] {
    json::put_object(out, "nodeAffinity", [&] {
      put_texts(out, "requiredDuringSchedulingIgnoredDuringExecution",
                node_labels);
    });
  });
}

void put_tolerations(json::writer& out,
                     const std::vector<flat_toleration>& tolerations) {
  if (tolerations.empty())
    return;
  json::put_list(out, "tolerations", [&] {
    for (const auto& toleration : tolerations)
      json::put_item(out, [&] {
        json::put(out, "key", toleration.key);
        json::put(out, "operator", toleration.op);
        json::put_unless_empty(out, "value", toleration.value);
        json::put(out, "effect", toleration.effect);
      });
  });
}

} // namespace

flat_spec read_v1_spec(const json::value& spec, spec_faults& faults) {
  spec_cursor at(&spec, "spec", faults);
  flat_spec s;
  s.image = optional_text(at["image"]);
  s.image_pull_policy = at["imagePullPolicy"].text();
  for (const auto& item : at["imagePullSecrets"].items())
    s.image_pull_secrets.push_back(item.text());
  auto labels = at["labels"];
  auto annotations = at["annotations"];
  s.master = {.command = optional_text(at["masterCommandSeed"]),
              .labels = read_texts(labels["master"]),
              .annotations = read_texts(annotations["master"])};
  s.worker = {.command = optional_text(at["workerCommandSeed"]),
              .labels = read_texts(labels["worker"]),
              .annotations = read_texts(annotations["worker"])};
  s.replicas = at["workerReplicas"].integer();
  s.config_map = at["configMap"].text();
  s.lib_config_map = at["libConfigMap"].text();
  s.has_affinity = at["affinity"].present();
  s.node_labels = read_texts(required_node_affinity(at["affinity"]));
  s.tolerations = read_tolerations(at["tolerations"]);
  return s;
}

flat_spec read_v2_spec(const json::value& spec, spec_faults& faults) {
  spec_cursor at(&spec, "spec", faults);
  auto read_role = [](const spec_cursor& role) {
    return flat_role{.command = optional_text(role["command"]),
                     .labels = read_texts(role["labels"]),
                     .annotations = read_texts(role["annotations"])};
  };
  flat_spec s;
  s.image = optional_text(at["image"]);
  s.image_pull_policy = at["imagePullPolicy"].text();
  for (const auto& item : at["imagePullSecrets"].items())
    s.image_pull_secrets.push_back(item["name"].text());
  s.master = read_role(at["master"]);
  s.worker = read_role(at["worker"]);
  s.replicas = at["worker"]["replicas"].integer();
  s.config_map = at["testFiles"]["configMapRef"].text();
  s.lib_config_map = at["testFiles"]["libConfigMapRef"].text();
  auto scheduling = at["scheduling"];
  s.node_labels =
      read_node_labels(required_node_affinity(scheduling["affinity"]));
  s.has_affinity = !s.node_labels.empty();
  s.tolerations = read_tolerations(scheduling["tolerations"]);
  return s;
}

std::optional<std::pair<std::string_view, std::string_view>>
read_node_label(const spec_cursor& expression) {
  auto key = expression["key"].text();
  auto values = expression["values"].items();
  if (expression["operator"].text() != "In" || values.empty())
    return std::nullopt;
  return std::pair(key, values.front().text());
}

void put_v1_spec(json::writer& out, const flat_spec& spec) {
  json::put_item(out, [&] {
    put_unless_absent(out, "masterCommandSeed", spec.master.command);
    put_unless_absent(out, "workerCommandSeed", spec.worker.command);
    if (spec.replicas)
      json::put_number(out, "workerReplicas", *spec.replicas);
    put_unless_absent(out, "image", spec.image);
    json::put_unless_empty(out, "imagePullPolicy", spec.image_pull_policy);
    if (!spec.image_pull_secrets.empty())
      json::put_list(out, "imagePullSecrets", [&] {
        for (auto name : spec.image_pull_secrets)
          json::put(out, name);
      });
    json::put_unless_empty(out, "configMap", spec.config_map);
    json::put_unless_empty(out, "libConfigMap", spec.lib_config_map);
    put_per_role(out, "labels", spec.master.labels, spec.worker.labels);
    put_per_role(out, "annotations", spec.master.annotations,
                 spec.worker.annotations);
    put_affinity(out, spec.node_labels);
    put_tolerations(out, spec.tolerations);
  });
}

} // namespace locust
