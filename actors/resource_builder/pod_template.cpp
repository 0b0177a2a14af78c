#include "actors/resource_builder/pod_template.hpp"

#include "actors/resource_builder/volumes.hpp"
#include "protocol/json/members.hpp"

#include <map>
#include <string>

namespace locust {

namespace {

using sorted_texts = std::map<std::string_view, std::string_view>;

/// The container that kubectl takes for `logs` and `exec` without `-c`.
constexpr std::string_view default_container_annotation =
    "kubectl.kubernetes.io/default-container";

void put_texts(json::writer& out, std::string_view key,
               const sorted_texts& texts) {
  if (texts.empty())
    return;
  json::put_object(out, key, [&] {
    for (const auto& [name, value] : texts)
      json::put(out, name, value);
  });
}

/// User labels take precedence, except for the two that the operator selects
/// its pods by.
void put_labels(json::writer& out, const pod_input& pod) {
  sorted_texts labels{{"app", pod.test_name}, {test_label, pod.test_name}};
  for (const auto& [name, value] : pod.spec.of(pod.of).labels)
    labels[name] = value;
  auto name = role_name(pod);
  labels[role_label] = name;
  labels[manager_label] = manager_name;
  put_texts(out, "labels", labels);
}

void put_annotations(json::writer& out, const pod_input& pod) {
  auto container = role_name(pod);
  sorted_texts annotations{{default_container_annotation, container}};
  auto port = std::to_string(pod.settings.exporter.port);
  if (pod.of == role::master && has_exporter(pod.spec, pod.settings))
    annotations.insert({{"prometheus.io/scrape", "true"},
                        {"prometheus.io/path", "/metrics"},
                        {"prometheus.io/port", port}});
  for (const auto& [name, value] : pod.spec.of(pod.of).annotations)
    annotations[name] = value;
  put_texts(out, "annotations", annotations);
}

void put_scheduling(json::writer& out, const pod_input& pod) {
  const auto& scheduling = pod.spec.scheduling;
  const auto& settings = pod.settings;
  if (settings.affinity_injection)
    json::put_whole(out, "affinity", scheduling.affinity);
  if (settings.tolerations_injection)
    json::put_whole(out, "tolerations", scheduling.tolerations);
  json::put_whole(out, "nodeSelector", scheduling.node_selector);
  json::put_unless_empty(
      out, "runtimeClassName",
      scheduling.runtime_class.value_or(settings.default_runtime_class));
}

void put_pod_security(json::writer& out, const json::value* whole) {
  if (whole != nullptr)
    return json::put_whole(out, "securityContext", whole);
  json::put_object(out, "securityContext", [&] {
    json::put_object(out, "seccompProfile",
                     [&] { json::put(out, "type", "RuntimeDefault"); });
  });
}

void put_pod_spec(json::writer& out, const pod_input& pod) {
  const auto& spec = pod.spec;
  json::put(out, "restartPolicy", "Never");
  // The variables of a Service called locust-web would be options of Locust,
  // such as LOCUST_WEB_PORT=tcp://10.0.0.1:8089.
  json::put_flag(out, "enableServiceLinks", false);
  json::put_whole(out, "imagePullSecrets", spec.image_pull_secrets);
  put_scheduling(out, pod);
  put_pod_security(out, spec.pod_security);
  if (pod.of == role::master && has_exporter(spec, pod.settings))
    json::put_list(out, "initContainers",
                   [&] { put_exporter(out, pod.settings.exporter); });
  json::put_list(out, "containers", [&] { put_locust_container(out, pod); });
  put_volumes(out, spec, pod.of, role_name(pod));
}

} // namespace

void put_pod_template(json::writer& out, const pod_input& pod) {
  json::put_object(out, "template", [&] {
    json::put_object(out, "metadata", [&] {
      put_labels(out, pod);
      put_annotations(out, pod);
    });
    json::put_object(out, "spec", [&] { put_pod_spec(out, pod); });
  });
}

} // namespace locust
