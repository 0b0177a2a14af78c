#include "actors/resource_builder/manifests.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <initializer_list>

// What golden files cannot show: faults, and single rules with one line per
// case. Specs are the minimal one with some members merged over it.

using namespace locust;

namespace {

constexpr std::array all_children = {
    child_kind::master_service, child_kind::master_job, child_kind::worker_job};

void merge_into(json::value& base, const json::value& patch,
                json::document& owner) {
  for (const auto& member : patch.GetObject()) {
    json::value name(member.name, owner.GetAllocator());
    auto at = base.FindMember(name);
    if (at != base.MemberEnd() && at->value.IsObject() &&
        member.value.IsObject()) {
      merge_into(at->value, member.value, owner);
      continue;
    }
    base.RemoveMember(name);
    json::value copy(member.value, owner.GetAllocator());
    base.AddMember(name, copy, owner.GetAllocator());
  }
}

/// The minimal spec with `patch` merged over it.
json::document spec_with(std::string_view patch) {
  auto spec = json::parse(R"({"image":"i","master":{"command":"-f a.py"},
                              "worker":{"command":"-f a.py","replicas":2}})")
                  .value();
  merge_into(spec, json::parse(patch).value(), spec);
  return spec;
}

result<std::string> build(child_kind child, const json::value& spec,
                          const operator_settings& settings = {}) {
  return build_child_manifest(child, {"ns", "t"}, "u", spec, settings);
}

json::document built(child_kind child, std::string_view patch,
                     const operator_settings& settings = {}) {
  return json::parse(build(child, spec_with(patch), settings).value()).value();
}

/// Returns the pod spec as text at `path`, or "absent".
std::string pod_part(const json::value& job,
                     std::initializer_list<std::string_view> path) {
  const auto* pod = json::find(job, {"spec", "template", "spec"});
  const auto* part = json::find(*pod, path);
  return part == nullptr ? "absent" : json::dump(*part);
}

std::string container_part(const json::value& job, std::string_view name) {
  const auto* list =
      json::find(job, {"spec", "template", "spec", "containers"});
  const auto* part = json::find((*list)[0], {name});
  return part == nullptr ? "absent" : json::dump(*part);
}

std::string fault_of(const json::value& spec) {
  std::string message;
  for (auto child : all_children) {
    auto text = build(child, spec);
    BOOST_REQUIRE(!text.has_value());
    BOOST_TEST((text.error().code == errc::malformed));
    BOOST_TEST((message.empty() || message == text.error().message));
    message = text.error().message;
  }
  return message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(manifests)

BOOST_AUTO_TEST_CASE(each_fault_is_named_by_its_path_for_every_child) {
  struct row {
    std::string_view patch;
    std::string_view message;
  };
  for (auto [patch, message] : std::initializer_list<row>{
           {R"({"image":null})", "spec.image is missing"},
           {R"({"image":7})", "spec.image must be a string, but it is 7"},
           {R"({"master":null})", "spec.master is missing"},
           {R"({"master":[]})", "spec.master must be an object, but it is a "
                                "list"},
           {R"({"master":{"command":null}})", "spec.master.command is missing"},
           {R"({"master":{"command":"-f 'a"}})",
            "spec.master.command cannot be split: the single quote at column 4 "
            "(byte 3) is not closed"},
           {R"({"worker":{"command":"\\"}})",
            "spec.worker.command cannot be split: the backslash at column 1 "
            "(byte 0) has nothing after it"},
           {R"({"worker":{"replicas":null}})",
            "spec.worker.replicas is missing"},
           {R"({"worker":{"replicas":"2"}})",
            "spec.worker.replicas must be a 32-bit integer, but it is a "
            "string"},
           {R"({"worker":{"replicas":2147483648}})",
            "spec.worker.replicas must be a 32-bit integer, but it is "
            "2147483648"},
           {R"({"worker":{"replicas":0}})",
            "spec.worker.replicas must be at least 1, but it is 0"},
           {R"({"master":{"autostart":"yes"}})",
            "spec.master.autostart must be true or false, but it is a string"},
           {R"({"master":{"autoquit":5}})",
            "spec.master.autoquit must be an object, but it is 5"},
           {R"({"master":{"extraArgs":["a",1]}})",
            "spec.master.extraArgs[1] must be a string, but it is 1"},
           {R"({"worker":{"labels":{"a.b/c":true}}})",
            "spec.worker.labels[\"a.b/c\"] must be a string, but it is a "
            "boolean"},
           {R"({"env":{"secretMounts":[{"readOnly":1}]}})",
            "spec.env.secretMounts[0].readOnly must be true or false, but it "
            "is 1"},
           {R"({"env":{"variables":{}}})",
            "spec.env.variables must be a list, but it is an object"},
           {R"({"volumes":[{"name":"a"},"b"]})",
            "spec.volumes[1] must be an object, but it is a string"},
           {R"({"volumeMounts":[{"name":{}}]})",
            "spec.volumeMounts[0].name must be a string, but it is an object"},
           {R"({"observability":{"openTelemetry":{"enabled":"on"}}})",
            "spec.observability.openTelemetry.enabled must be true or false, "
            "but it is a string"},
           {R"({"security":{"podSecurityContext":[]}})",
            "spec.security.podSecurityContext must be an object, but it is a "
            "list"},
           {R"({"scheduling":{"nodeSelector":"a"}})",
            "spec.scheduling.nodeSelector must be an object, but it is a "
            "string"}})
    BOOST_TEST(fault_of(spec_with(patch)) == message);
}

BOOST_AUTO_TEST_CASE(a_spec_that_is_none_is_a_fault) {
  BOOST_TEST(fault_of(json::parse("null").value()) == "spec is missing");
  BOOST_TEST(fault_of(json::parse("[]").value()) ==
             "spec must be an object, but it is a list");
  BOOST_TEST(fault_of(json::parse("{}").value()) == "spec.image is missing");
  auto text = build_child_manifest(child_kind::master_job, {"ns", "t"}, "u",
                                   std::string_view("{"), {});
  BOOST_REQUIRE(!text.has_value());
  BOOST_TEST(text.error().message.find("spec is not valid JSON at byte 1") ==
             0u);
}

BOOST_AUTO_TEST_CASE(nulls_read_as_absent) {
  auto plain = build(child_kind::master_job, spec_with("{}")).value();
  for (auto* patch :
       {R"({"env":null,"volumes":null,"volumeMounts":null,"testFiles":null})",
        R"({"env":{"variables":null,"configMapRefs":null,"secretRefs":null}})",
        R"({"scheduling":{"affinity":null,"runtimeClassName":null}})",
        R"({"security":{"podSecurityContext":null},"imagePullPolicy":null})",
        R"({"master":{"labels":null,"autoquit":null,"autostart":null}})",
        R"({"master":{"resources":{"requests":null}},"imagePullSecrets":[]})"})
    BOOST_TEST(build(child_kind::master_job, spec_with(patch)).value() == plain,
               patch);
}

BOOST_AUTO_TEST_CASE(fields_that_are_unknown_here_survive_in_core_objects) {
  operator_settings settings;
  settings.affinity_injection = true;
  settings.tolerations_injection = true;
  auto job =
      built(child_kind::worker_job,
            R"({"volumes":[{"name":"v","newSource":{"deep":[1,{"x":null}]}}],
          "volumeMounts":[{"name":"v","mountPath":"/v","target":"worker",
                           "newFlag":1.5}],
          "env":{"variables":[{"name":"N","valueFrom":{"newRef":{"k":"v"}}}]},
          "security":{"podSecurityContext":{"newContext":true},
                      "containerSecurityContext":{"newContext":false}},
          "scheduling":{"affinity":{"newAffinity":{}},
                        "tolerations":[{"newKey":"k"}]},
          "worker":{"resources":{"limits":{"example.com/gpu":1},
                                 "newClaims":[{"name":"c"}]}},
          "imagePullSecrets":[{"name":"a","newKey":1}]})",
            settings);
  BOOST_TEST(pod_part(job, {"volumes"}) ==
             R"([{"name":"v","newSource":{"deep":[1,{"x":null}]}}])");
  BOOST_TEST(container_part(job, "volumeMounts") ==
             R"([{"name":"v","mountPath":"/v","newFlag":1.5}])");
  BOOST_TEST(container_part(job, "env")
                 .find(R"({"name":"N","valueFrom":{"newRef":{"k":"v"}}})") !=
             std::string::npos);
  BOOST_TEST(pod_part(job, {"securityContext"}) == R"({"newContext":true})");
  BOOST_TEST(container_part(job, "securityContext") ==
             R"({"newContext":false})");
  BOOST_TEST(pod_part(job, {"affinity"}) == R"({"newAffinity":{}})");
  BOOST_TEST(pod_part(job, {"tolerations"}) == R"([{"newKey":"k"}])");
  BOOST_TEST(container_part(job, "resources") ==
             R"({"limits":{"example.com/gpu":1},"newClaims":[{"name":"c"}]})");
  BOOST_TEST(pod_part(job, {"imagePullSecrets"}) ==
             R"([{"name":"a","newKey":1}])");
}

BOOST_AUTO_TEST_CASE(where_the_resources_of_a_role_come_from) {
  struct row {
    std::string_view resources;
    std::string_view expected;
  };
  operator_settings settings;
  settings.pod = {};
  settings.pod.cpu_request = "1";
  settings.master_pod.memory_limit = "2Gi";
  constexpr std::string_view configured =
      R"({"requests":{"cpu":"1"},"limits":{"memory":"2Gi"}})";
  for (auto [resources, expected] : std::initializer_list<row>{
           {R"(null)", configured},
           {R"({})", configured},
           {R"({"requests":{},"limits":{}})", configured},
           {R"({"claims":[{"name":"c"}]})", configured},
           {R"({"limits":{"cpu":"3"},"claims":[{"name":"c"}]})",
            R"({"limits":{"cpu":"3"},"claims":[{"name":"c"}]})"},
           {R"({"requests":{"memory":"1Mi"},"limits":{}})",
            R"({"requests":{"memory":"1Mi"},"limits":{}})"}}) {
    auto patch = R"({"master":{"resources":)" + std::string(resources) + "}}";
    auto job = built(child_kind::master_job, patch, settings);
    BOOST_TEST(container_part(job, "resources") == expected, resources);
  }
  settings.pod = {};
  BOOST_TEST(container_part(built(child_kind::worker_job, "{}", settings),
                            "resources") == "absent");
}

BOOST_AUTO_TEST_CASE(the_runtime_class_is_inherited_unless_the_spec_says) {
  struct row {
    std::string_view fallback;
    std::string_view patch;
    std::string_view expected;
  };
  for (auto [fallback, patch, expected] : std::initializer_list<row>{
           {"", "{}", "absent"},
           {"gvisor", "{}", R"("gvisor")"},
           {"gvisor", R"({"scheduling":{}})", R"("gvisor")"},
           {"gvisor", R"({"scheduling":{"runtimeClassName":""}})", "absent"},
           {"", R"({"scheduling":{"runtimeClassName":"kata"}})", R"("kata")"},
           {"gvisor", R"({"scheduling":{"runtimeClassName":"kata"}})",
            R"("kata")"}}) {
    operator_settings settings;
    settings.default_runtime_class = fallback;
    for (auto child : {child_kind::master_job, child_kind::worker_job})
      BOOST_TEST(pod_part(built(child, patch, settings),
                          {"runtimeClassName"}) == expected,
                 patch);
  }
}

BOOST_AUTO_TEST_CASE(each_scheduling_flag_opens_one_member) {
  constexpr std::string_view patch =
      R"({"scheduling":{"affinity":{},"tolerations":[{"key":"k"}]}})";
  for (auto affinity : {false, true})
    for (auto tolerations : {false, true}) {
      operator_settings settings;
      settings.affinity_injection = affinity;
      settings.tolerations_injection = tolerations;
      auto job = built(child_kind::worker_job, patch, settings);
      BOOST_TEST(pod_part(job, {"affinity"}) == (affinity ? "{}" : "absent"));
      BOOST_TEST(pod_part(job, {"tolerations"}) ==
                 (tolerations ? R"([{"key":"k"}])" : "absent"));
    }
}

BOOST_AUTO_TEST_CASE(a_mount_goes_where_its_target_says) {
  struct row {
    std::string_view target;
    bool master;
    bool worker;
  };
  for (auto [target, master, worker] :
       std::initializer_list<row>{{R"("both")", true, true},
                                  {R"("")", true, true},
                                  {R"(null)", true, true},
                                  {R"("master")", true, false},
                                  {R"("worker")", false, true},
                                  {R"("Master")", false, false}}) {
    auto patch = R"({"volumes":[{"name":"v"}],"volumeMounts":[{"name":"v",
                     "mountPath":"/v","target":)" +
                 std::string(target) + "}]}";
    for (auto child : {child_kind::master_job, child_kind::worker_job}) {
      auto job = built(child, patch);
      auto here = child == child_kind::master_job ? master : worker;
      BOOST_TEST(pod_part(job, {"volumes"}) ==
                     (here ? R"([{"name":"v"}])" : "absent"),
                 target);
      BOOST_TEST(container_part(job, "volumeMounts") ==
                     (here ? R"([{"name":"v","mountPath":"/v"}])" : "absent"),
                 target);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mount_without_its_volume_is_left_to_the_server) {
  auto job = built(child_kind::worker_job,
                   R"({"volumeMounts":[{"name":"v","mountPath":"/v"}]})");
  BOOST_TEST(pod_part(job, {"volumes"}) == "absent");
  BOOST_TEST(container_part(job, "volumeMounts") ==
             R"([{"name":"v","mountPath":"/v"}])");
}

BOOST_AUTO_TEST_CASE(autoquit_falls_back_to_a_minute) {
  struct row {
    std::string_view autoquit;
    std::string_view expected;
  };
  for (auto [autoquit, expected] : std::initializer_list<row>{
           {"null", R"("--autoquit","60")"},
           {"{}", R"("--autoquit","60")"},
           {R"({"enabled":true})", R"("--autoquit","60")"},
           {R"({"timeout":5})", R"("--autoquit","5")"},
           {R"({"timeout":0})", R"("--autoquit","0")"},
           {R"({"timeout":-1})", R"("--autoquit","60")"},
           {R"({"enabled":false,"timeout":5})",
            R"("--autostart","--enable)"}}) {
    auto patch = R"({"master":{"autoquit":)" + std::string(autoquit) + "}}";
    auto args = container_part(built(child_kind::master_job, patch), "args");
    BOOST_TEST(args.find(expected) != std::string::npos, autoquit);
  }
}

BOOST_AUTO_TEST_CASE(the_otlp_protocol_is_grpc_unless_the_spec_says) {
  for (auto* protocol : {"null", R"("")", R"("grpc")"}) {
    auto patch = R"({"observability":{"openTelemetry":{"enabled":true,
                     "protocol":)" +
                 std::string(protocol) + "}}}";
    auto env = container_part(built(child_kind::worker_job, patch), "env");
    BOOST_TEST(env.find(R"({"name":"OTEL_EXPORTER_OTLP_PROTOCOL",)"
                        R"("value":"grpc"})") != std::string::npos,
               protocol);
    BOOST_TEST(env.find("OTEL_EXPORTER_OTLP_ENDPOINT") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_service_and_two_jobs_are_made) {
  BOOST_TEST((resource_of(child_kind::master_service) == resources::services));
  BOOST_TEST((resource_of(child_kind::master_job) == resources::jobs));
  BOOST_TEST((resource_of(child_kind::worker_job) == resources::jobs));
}

BOOST_AUTO_TEST_SUITE_END()
