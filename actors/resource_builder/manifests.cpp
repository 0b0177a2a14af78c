#include "actors/resource_builder/manifests.hpp"

#include "actors/resource_builder/pod_template.hpp"
#include "actors/resource_builder/spec_values.hpp"
#include "protocol/json/members.hpp"
#include "protocol/kubernetes/object_metadata.hpp"

namespace locust {

namespace {

void put_port(json::writer& out, std::string_view name, int32_t port) {
  json::put_item(out, [&] {
    json::put(out, "name", name);
    json::put(out, "protocol", "TCP");
    json::put_number(out, "port", port);
  });
}

void put_service_spec(json::writer& out, std::string_view master_name,
                      bool with_metrics, const operator_settings& settings) {
  if (settings.master_service == service_mode::headless) {
    json::put(out, "clusterIP", "None");
    // A worker that finds no address waits until the negative answer has left
    // the DNS caches, so the address is published before the pod is ready.
    json::put_flag(out, "publishNotReadyAddresses", true);
  }
  json::put_object(out, "selector",
                   [&] { json::put(out, role_label, master_name); });
  json::put_list(out, "ports", [&] {
    put_port(out, "port5557", 5557);
    put_port(out, "port5558", 5558);
    if (with_metrics)
      put_port(out, "prometheus-metrics", settings.exporter.port);
  });
}

void put_job_spec(json::writer& out, const pod_input& pod) {
  if (auto ttl = pod.settings.job_ttl_seconds)
    json::put_number(out, "ttlSecondsAfterFinished", *ttl);
  json::put_number(out, "parallelism",
                   pod.of == role::master ? 1 : pod.spec.run.replicas);
  json::put_number(out, "backoffLimit", 0);
  put_pod_template(out, pod);
}

/// The input from which the `spec` of a child is built.
struct child_source {
  const std::string& name;
  const std::string& test_name;
  const spec_values& spec;
  const operator_settings& settings;
};

void put_master_service(json::writer& out, const child_source& from) {
  put_service_spec(out, from.name, has_exporter(from.spec, from.settings),
                   from.settings);
}

void put_master_job(json::writer& out, const child_source& from) {
  put_job_spec(out, {role::master, from.test_name, from.spec, from.settings});
}

void put_worker_job(json::writer& out, const child_source& from) {
  put_job_spec(out, {role::worker, from.test_name, from.spec, from.settings});
}

constexpr per_child<void (*)(json::writer&, const child_source&)> builders = {
    {put_master_service, put_master_job, put_worker_job}};

} // namespace

result<json::document> parse_spec(std::string_view spec_text) {
  if (spec_text.empty())
    return fail(errc::malformed, "spec is missing");
  auto spec = json::parse(spec_text);
  if (!spec)
    return fail(errc::malformed, "spec is " + spec.error().message);
  return spec;
}

result<std::string> build_child_manifest(child_kind child,
                                         const object_key& test,
                                         std::string_view test_uid,
                                         const json::value& spec,
                                         const operator_settings& settings) {
  auto read = read_spec_values(spec);
  if (!read)
    return tl::unexpected<error>(std::move(read.error()));
  auto name = child_name(test.name, child);
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartObject();
  json::put(out, "apiVersion", api_version_of(resource_of(child)));
  json::put(out, "kind", resource_of(child).kind);
  // No labels: the API server copies those of the pod template to a Job without
  // labels, and scripts select Jobs by them.
  json::put_object(out, "metadata", [&] {
    json::put(out, "name", name);
    json::put(out, "namespace", test.ns);
    put_controller(out, {api_version_of(resources::locust_tests),
                         std::string(resources::locust_tests.kind), test.name,
                         std::string(test_uid)});
  });
  json::put_object(out, "spec", [&] {
    builders[child](out, {name, test.name, *read, settings});
  });
  out.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

result<std::string> build_child_manifest(child_kind child,
                                         const object_key& test,
                                         std::string_view test_uid,
                                         std::string_view spec_text,
                                         const operator_settings& settings) {
  auto spec = parse_spec(spec_text);
  if (!spec)
    return tl::unexpected<error>(std::move(spec.error()));
  return build_child_manifest(child, test, test_uid, *spec, settings);
}

} // namespace locust
