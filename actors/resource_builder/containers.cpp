#include "actors/resource_builder/containers.hpp"

#include "actors/resource_builder/environment_variables.hpp"
#include "actors/resource_builder/volumes.hpp"
#include "protocol/children.hpp"
#include "protocol/json/members.hpp"

#include <initializer_list>
#include <string>

namespace locust {

namespace {

void put_amounts(json::writer& out, std::string_view key, std::string_view cpu,
                 std::string_view memory, std::string_view ephemeral) {
  if (cpu.empty() && memory.empty() && ephemeral.empty())
    return;
  json::put_object(out, key, [&] {
    json::put_unless_empty(out, "cpu", cpu);
    json::put_unless_empty(out, "memory", memory);
    json::put_unless_empty(out, "ephemeral-storage", ephemeral);
  });
}

void put_resources(json::writer& out, const compute_resources& r) {
  if (r == compute_resources{})
    return;
  json::put_object(out, "resources", [&] {
    put_amounts(out, "requests", r.cpu_request, r.memory_request,
                r.ephemeral_request);
    put_amounts(out, "limits", r.cpu_limit, r.memory_limit, r.ephemeral_limit);
  });
}

/// Each quantity of `own` that is not empty overrides that of `base`.
compute_resources merged(const compute_resources& own,
                         const compute_resources& base) {
  auto pick = [](const std::string& a, const std::string& b) {
    return a.empty() ? b : a;
  };
  return {.cpu_request = pick(own.cpu_request, base.cpu_request),
          .memory_request = pick(own.memory_request, base.memory_request),
          .ephemeral_request =
              pick(own.ephemeral_request, base.ephemeral_request),
          .cpu_limit = pick(own.cpu_limit, base.cpu_limit),
          .memory_limit = pick(own.memory_limit, base.memory_limit),
          .ephemeral_limit = pick(own.ephemeral_limit, base.ephemeral_limit)};
}

void put_locust_resources(json::writer& out, const pod_input& pod) {
  if (const auto* whole = pod.spec.of(pod.of).resources)
    return json::put_whole(out, "resources", whole);
  const auto& settings = pod.settings;
  const auto& own =
      pod.of == role::master ? settings.master_pod : settings.worker_pod;
  put_resources(out, merged(own, settings.pod));
}

words arguments(const pod_input& pod) {
  const auto& spec = pod.spec;
  const auto& own = spec.of(pod.of);
  if (pod.of == role::master)
    return master_arguments(own.seed, spec.run, own.extra_args);
  return worker_arguments(own.seed, spec.run.open_telemetry,
                          child_name(pod.test_name, child_kind::master_service),
                          own.extra_args);
}

void put_ports(json::writer& out, std::initializer_list<int> ports) {
  json::put_list(out, "ports", [&] {
    for (auto port : ports)
      json::put_item(out,
                     [&] { json::put_number(out, "containerPort", port); });
  });
}

} // namespace

std::string role_name(const pod_input& pod) {
  return child_name(pod.test_name, pod.of == role::master
                                       ? child_kind::master_job
                                       : child_kind::worker_job);
}

void put_locust_container(json::writer& out, const pod_input& pod) {
  const auto& spec = pod.spec;
  auto name = role_name(pod);
  json::put_item(out, [&] {
    json::put(out, "name", name);
    json::put(out, "image", spec.image);
    json::put(out, "imagePullPolicy", spec.image_pull_policy);
    json::put_list(out, "args", [&] {
      for (const auto& argument : arguments(pod))
        json::put(out, argument);
    });
    if (pod.of == role::master)
      put_ports(out, {5557, 5558, 8089});
    else
      put_ports(out, {8080});
    put_env(out, spec, pod.settings.kafka);
    put_env_from(out, spec.env);
    put_locust_resources(out, pod);
    put_volume_mounts(out, spec, pod.of, name);
    // Why Locust failed then stands in the status of the pod, not only in a log
    // that goes with it.
    json::put(out, "terminationMessagePolicy", "FallbackToLogsOnError");
    json::put_whole(out, "securityContext", spec.container_security);
  });
}

void put_exporter(json::writer& out, const exporter_settings& exporter) {
  auto put_variable = [&](std::string_view name, std::string_view value) {
    json::put_item(out, [&] {
      json::put(out, "name", name);
      json::put(out, "value", value);
    });
  };
  json::put_item(out, [&] {
    json::put(out, "name", "locust-metrics-exporter");
    json::put(out, "image", exporter.image);
    json::put(out, "imagePullPolicy", exporter.pull_policy);
    json::put(out, "restartPolicy", "Always");
    put_ports(out, {exporter.port});
    json::put_list(out, "env", [&] {
      put_variable("LOCUST_EXPORTER_URI", "http://localhost:8089");
      put_variable("LOCUST_EXPORTER_WEB_LISTEN_ADDRESS",
                   ":" + std::to_string(exporter.port));
    });
    put_resources(out, exporter.resources);
    json::put_object(out, "securityContext", [&] {
      json::put_flag(out, "allowPrivilegeEscalation", false);
      json::put_object(out, "capabilities", [&] {
        json::put_list(out, "drop", [&] { json::put(out, "ALL"); });
      });
      json::put_flag(out, "readOnlyRootFilesystem", true);
    });
  });
}

} // namespace locust
