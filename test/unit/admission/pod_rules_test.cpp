#include "judged.hpp"

// docs/behaviour/admission.md#pod-rules: what would be rejected, or would
// conflict, once pods are created from it.

using namespace locust;

namespace {

std::string spec_of(std::string_view member, std::string_view value) {
  return "{\"" + std::string(member) + "\":" + std::string(value) + "}";
}

std::string secrets(std::string_view items) {
  return R"({"env":{"secretMounts":[)" + std::string(items) + "]}}";
}

constexpr std::string_view bad_secret =
    " must be 1 to 56 lower case letters, digits or '-', beginning and ending "
    "with a letter or digit, because a volume is named after it; use "
    "spec.volumes and spec.volumeMounts for other names";
constexpr std::string_view bad_key =
    " must be 1 to 63 letters, digits, '-', '_' or '.', beginning and ending "
    "with a letter or digit, after an optional prefix (a DNS name) and '/'";
constexpr std::string_view bad_value =
    " must be at most 63 letters, digits, '-', '_' or '.', beginning and "
    "ending with a letter or digit";
constexpr std::string_view of_job =
    " is set by the Job controller, which rejects any other value";
constexpr std::string_view bad_variable =
    " must consist of printable ASCII characters other than '='";
constexpr std::string_view bad_object =
    " must be a DNS-1123 subdomain: lower case letters, digits, '-' and '.', "
    "beginning and ending with a letter or digit";

/// A violation: everything up to the rule, then the rule.
std::string with(std::string_view subject, std::string_view rule) {
  return std::string(subject) + std::string(rule);
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_for_pods)

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_refused_in_all_places) {
  check_refusals(
      {{R"({"master":{"command":"-f \"a.py"},"worker":{"command":"it's"}})",
        "spec.master.command cannot be split: the double quote at column 4 "
        "(byte 3) is not closed; spec.worker.command cannot be split: the "
        "single quote at column 3 (byte 2) is not closed"},
       {R"({"master":{"command":"a \\"}})",
        "spec.master.command cannot be split: the backslash at column 3 (byte "
        "2) has nothing after it"},
       {R"({"image":null})", "spec.image is missing"},
       {R"({"worker":{"replicas":0},"volumes":{}})",
        "spec.volumes must be a list, but it is an object; "
        "spec.worker.replicas must be at least 1, but it is 0"}});
  BOOST_TEST(judge_test("t", json::value(), {}).refusal() == "spec is missing");
  BOOST_TEST(judge_test("t", json::value(7), {}).refusal() ==
             "spec must be an object, but it is 7");
}

BOOST_AUTO_TEST_CASE(an_image_name_has_no_spaces_around_it) {
  auto text = [](std::string_view image) {
    return "image \"" + std::string(image) +
           "\" (spec.image) must be an image name without leading or trailing "
           "spaces";
  };
  BOOST_TEST(refusal(R"({"image":""})") == text(""));
  BOOST_TEST(refusal(R"({"image":" i"})") == text(" i"));
  BOOST_TEST(refusal(R"({"image":"i\n"})") == text("i?"));
  BOOST_TEST(refusal(R"({"image":"reg.example/a b:1"})") == "");
}

BOOST_AUTO_TEST_CASE(secrets_have_names_that_make_names_of_volumes) {
  auto named = [](std::string_view name) {
    return secrets(R"({"name":")" + std::string(name) +
                   R"(","mountPath":"/k"})");
  };
  for (auto* name : {"", "a.b", "A", "a_b", "-a", "a-"})
    BOOST_TEST(refusal(named(name)) ==
               with("Secret \"" + std::string(name) +
                        "\" (spec.env.secretMounts[0].name)",
                    bad_secret));
  BOOST_TEST(refusal(named(std::string(56, 's'))) == "");
  BOOST_TEST(refusal(named(std::string(57, 's'))) ==
             with("Secret \"" + std::string(57, 's') +
                      "\" (spec.env.secretMounts[0].name)",
                  bad_secret));
}

BOOST_AUTO_TEST_CASE(a_secret_is_mounted_once) {
  BOOST_TEST(refusal(secrets(R"({"name":"s","mountPath":"/a"},
                                {"name":"t","mountPath":"/b"},
                                {"name":"s","mountPath":"/c"})")) ==
             "Secret \"s\" (spec.env.secretMounts[2].name) is mounted twice; "
             "use spec.volumes and spec.volumeMounts for a second path");
}

BOOST_AUTO_TEST_CASE(a_path_has_one_mount_in_each_pod) {
  auto mounts = [](std::string_view items, std::string_view secret = {}) {
    return R"({"volumes":[{"name":"v","emptyDir":{}}],"volumeMounts":[)" +
           std::string(items) + R"(],"env":{"secretMounts":[)" +
           std::string(secret) + "]}}";
  };
  auto twice = [](std::string_view what, std::string_view path,
                  std::string_view place, std::string_view other) {
    return std::string(what) + " path \"" + std::string(path) + "\" (" +
           std::string(place) + ") is already used in the same pod by " +
           std::string(other);
  };
  BOOST_TEST(refusal(secrets(R"({"name":"s","mountPath":"/a"},
                                {"name":"t","mountPath":"/a/"})")) ==
             twice("secretMount", "/a/", "spec.env.secretMounts[1].mountPath",
                   "spec.env.secretMounts[0].mountPath"));
  BOOST_TEST(refusal(mounts(R"({"name":"v","mountPath":"/x/../a"})",
                            R"({"name":"s","mountPath":"/a"})")) ==
             twice("volumeMount", "/x/../a", "spec.volumeMounts[0].mountPath",
                   "spec.env.secretMounts[0].mountPath"));
  struct target_row {
    std::string_view first;
    std::string_view second;
    bool clash;
  };
  for (auto [first, second, clash] :
       std::initializer_list<target_row>{{"both", "both", true},
                                         {"master", "both", true},
                                         {"worker", "both", true},
                                         {"both", "worker", true},
                                         {"master", "master", true},
                                         {"worker", "worker", true},
                                         {"master", "worker", false},
                                         {"nobody", "both", false}})
    BOOST_TEST(refusal(mounts(R"({"name":"v","mountPath":"/a","target":")" +
                              std::string(first) +
                              R"("},{"name":"v","mountPath":"/a","target":")" +
                              std::string(second) + "\"}")) ==
                   (clash ? twice("volumeMount", "/a",
                                  "spec.volumeMounts[1].mountPath",
                                  "spec.volumeMounts[0].mountPath")
                          : ""),
               first);
  BOOST_TEST(refusal(mounts(R"({"name":"v","mountPath":"/a"},
                               {"name":"v","mountPath":"/a/b"})")) == "");
}

BOOST_AUTO_TEST_CASE(a_mount_needs_a_path) {
  auto text = [](std::string_view what, std::string_view list) {
    return std::string(what) + " path \"\" (spec." + std::string(list) +
           "[0].mountPath) must not be empty";
  };
  BOOST_TEST(refusal(secrets(R"({"name":"s","mountPath":""})")) ==
             text("secretMount", "env.secretMounts"));
  BOOST_TEST(refusal(R"({"volumes":[{"name":"v"}],
                         "volumeMounts":[{"name":"v"},
                                         {"name":"v","mountPath":"/a"}]})") ==
             text("volumeMount", "volumeMounts"));
}

BOOST_AUTO_TEST_CASE(test_files_are_in_two_folders) {
  BOOST_TEST(refusal(R"({"testFiles":{"configMapRef":"a","libConfigMapRef":"b",
                         "srcMountPath":"/t","libMountPath":"/t/"}})") ==
             "testFiles path \"/t/\" (spec.testFiles.libMountPath) is also the "
             "mount path of the other test files");
  BOOST_TEST(refusal(R"({"testFiles":{"configMapRef":"a",
                         "srcMountPath":"/t","libMountPath":"/t"}})") == "");
}

BOOST_AUTO_TEST_CASE(volumes_that_are_mounted_have_good_names_once) {
  auto volumes = [](std::string_view items, std::string_view mounted) {
    return R"({"volumes":[)" + std::string(items) +
           R"(],"volumeMounts":[{"name":")" + std::string(mounted) +
           R"(","mountPath":"/a"}]})";
  };
  for (auto* name : {"A", "a_b", "a.b", "-a", ""})
    BOOST_TEST(
        refusal(volumes(R"({"name":")" + std::string(name) + "\"}", name)) ==
        "volume name \"" + std::string(name) +
            "\" (spec.volumes[0].name) must be 1 to 63 lower case letters, "
            "digits or '-', beginning and ending with a letter or digit");
  BOOST_TEST(refusal(volumes(R"({"name":"v"},{"name":"v"})", "v")) ==
             "volume name \"v\" (spec.volumes[1].name) is defined twice");
  // These are not mounted, so they are in no pod.
  BOOST_TEST(refusal(volumes(R"({"name":"v"},{"name":"A"},{"name":"w"},
                                {"name":"w"})",
                             "v")) == "");
}

BOOST_AUTO_TEST_CASE(a_volume_has_one_source) {
  auto volume = [](std::string_view sources) {
    return R"({"volumes":[{"name":"v")" + std::string(sources) +
           R"(}],"volumeMounts":[{"name":"v","mountPath":"/a"}]})";
  };
  BOOST_TEST(refusal(volume(R"(,"emptyDir":{},"configMap":{"name":"c"})")) ==
             "volume \"v\" (spec.volumes[0]) must have only one source");
  BOOST_TEST(refusal(volume(R"(,"emptyDir":{},"configMap":null)")) == "");
  BOOST_TEST(refusal(volume("")) == ""); // an emptyDir, to the API server
}

BOOST_AUTO_TEST_CASE(labels_are_those_of_kubernetes) {
  check_refusals(
      {{R"({"master":{"labels":{"a b":"x"}}})",
        with("label key \"a b\" (spec.master.labels)", bad_key)},
       {R"({"worker":{"labels":{"a":"x y"}}})",
        with("label value \"x y\" (spec.worker.labels[\"a\"])", bad_value)},
       {R"({"worker":{"labels":{"/":"-"}}})",
        with("label key \"/\" (spec.worker.labels)", bad_key) + "; " +
            with("label value \"-\" (spec.worker.labels[\"/\"])", bad_value)},
       {R"({"master":{"labels":{"example.com/tier":"lead","app":""}}})", ""},
       {R"({"scheduling":{"nodeSelector":{"a b":"x","c":"-"}}})",
        with("label key \"a b\" (spec.scheduling.nodeSelector)", bad_key) +
            "; " +
            with("label value \"-\" (spec.scheduling.nodeSelector[\"c\"])",
                 bad_value)},
       {R"({"master":{"annotations":{"a b":"any value"}}})",
        with("annotation key \"a b\" (spec.master.annotations)", bad_key)},
       {R"({"worker":{"annotations":{"Example.com/A":"any \n value"}}})", ""}});
}

BOOST_AUTO_TEST_CASE(labels_of_the_job_controller_are_its_own) {
  for (std::string key :
       {"controller-uid", "batch.kubernetes.io/controller-uid", "job-name",
        "batch.kubernetes.io/job-name"})
    for (std::string role : {"master", "worker"})
      BOOST_TEST(
          refusal("{\"" + role + R"(":{"labels":{")" + key + R"(":"x"}}})") ==
          with("label key \"" + key + "\" (spec." + role + ".labels)", of_job));
  BOOST_TEST(refusal(R"({"master":{"labels":{"job-name":"a-b-master",
                           "batch.kubernetes.io/job-name":"a-b-master"}},
                         "worker":{"labels":{"job-name":"a-b-worker"}}})",
                     "a.b") == "");
  BOOST_TEST(
      refusal(R"({"worker":{"labels":{"job-name":"a-b-master"}}})", "a.b") ==
      with("label key \"job-name\" (spec.worker.labels)", of_job));
}

BOOST_AUTO_TEST_CASE(labels_that_are_dropped_are_not_judged) {
  BOOST_TEST(refusal(R"({"master":{"labels":{"managed-by":"not a value",
                         "performance-test-pod-name":"-"}}})") == "");
}

BOOST_AUTO_TEST_CASE(variables_have_names_that_some_api_server_takes) {
  auto variable = [](std::string_view name) {
    return R"({"env":{"variables":[{"name":"A"},{"name":")" +
           std::string(name) + R"("}]}})";
  };
  for (auto* name : {"", "A=B"})
    BOOST_TEST(refusal(variable(name)) ==
               with("variable name \"" + std::string(name) +
                        "\" (spec.env.variables[1].name)",
                    bad_variable));
  BOOST_TEST(refusal(variable("a.b-C 1")) == "");
  BOOST_TEST(
      refusal(R"({"env":{"variables":[7]}})") ==
      with("variable name \"\" (spec.env.variables[0].name)", bad_variable));
  auto otel = [](std::string_view enabled) {
    return R"({"observability":{"openTelemetry":{"endpoint":"e","enabled":)" +
           std::string(enabled) + R"(,"extraEnvVars":{"A=":"x"}}}})";
  };
  BOOST_TEST(refusal(otel("true")) ==
             with("variable name \"A=\" (spec.observability.openTelemetry."
                  "extraEnvVars)",
                  bad_variable));
  BOOST_TEST(refusal(otel("false")) == "");
}

BOOST_AUTO_TEST_CASE(config_maps_and_secrets_have_names_that_can_exist) {
  check_refusals(
      {{R"({"env":{"configMapRefs":[{"name":"a"},{"name":"B"}],
                   "secretRefs":[{"name":"","prefix":"="}]}})",
        with("ConfigMap name \"B\" (spec.env.configMapRefs[1].name)",
             bad_object) +
            "; " +
            with("Secret name \"\" (spec.env.secretRefs[0].name)", bad_object) +
            "; " +
            with("variable prefix \"=\" (spec.env.secretRefs[0].prefix)",
                 bad_variable)},
       {R"({"testFiles":{"configMapRef":"a_b","libConfigMapRef":"c/d"}})",
        with("ConfigMap name \"a_b\" (spec.testFiles.configMapRef)",
             bad_object) +
            "; " +
            with("ConfigMap name \"c/d\" (spec.testFiles.libConfigMapRef)",
                 bad_object)},
       {R"({"env":{"configMapRefs":[{"name":"a.b","prefix":"P_"}]},
            "testFiles":{"configMapRef":"x.y","libConfigMapRef":""}})",
        ""}});
}

BOOST_AUTO_TEST_CASE(the_exporter_has_a_port_of_its_own) {
  auto with_port = [](int32_t port, std::string_view patch = "{}") {
    operator_settings settings;
    settings.exporter.port = port;
    return judged(patch, settings).refusal();
  };
  for (int32_t port : {5557, 5558, 0, -1, 65536})
    BOOST_TEST(
        with_port(port) ==
        std::to_string(port) +
            " cannot be the port of the metrics exporter, so the operator "
            "cannot create the test: change METRICS_EXPORTER_PORT of the "
            "operator, or enable OpenTelemetry, which needs no exporter");
  auto clash = [](int32_t port) {
    return "the port " + std::to_string(port) +
           " of the master's web UI is also the port of the metrics exporter: "
           "choose another --web-port, or change METRICS_EXPORTER_PORT of the "
           "operator";
  };
  BOOST_TEST(with_port(8089) == clash(8089));
  BOOST_TEST(with_port(8089, R"({"master":{"command":"--headless"}})") == "");
  BOOST_TEST(with_port(8089, R"({"master":{"command":"-P 80"}})") == "");
  operator_settings without;
  without.exporter.enabled = false;
  for (int32_t port : {5557, 8089, 0}) {
    without.exporter.port = port;
    BOOST_TEST(judged("{}", without).refusal() == "", port);
  }
  BOOST_TEST(with_port(9646, R"({"master":{"command":"-P 9646"}})") ==
             clash(9646));
  for (int32_t port : {1, 5556, 8088, 65535})
    BOOST_TEST(with_port(port) == "");
  auto otel = R"({"observability":{"openTelemetry":
                  {"enabled":true,"endpoint":"e"}}})";
  for (int32_t port : {5557, 8089, 0})
    BOOST_TEST(with_port(port, otel) == "");
}

BOOST_AUTO_TEST_CASE(texts_of_users_cannot_swamp_a_message) {
  auto image = std::string(5000, ' ');
  auto text = refusal(spec_of("image", '"' + image + '"'));
  BOOST_TEST(text.size() < 200u);
  BOOST_TEST(refusal(R"({"image":" \u001b[31m\u007f"})") ==
             "image \" ?[31m?\" (spec.image) must be an image name without "
             "leading or trailing spaces");
  std::string items;
  for (int i = 0; i < 60; ++i)
    items += (i == 0 ? "" : ",") + std::string(R"({"name":"x"})");
  text = refusal(spec_of("volumeMounts", '[' + items + ']'));
  BOOST_TEST(text.ends_with("; and 70 more"));
}

BOOST_AUTO_TEST_CASE(countless_items_take_no_time) {
  std::string mounts;
  std::string volumes;
  std::string labels;
  for (int i = 0; i < 50'000; ++i) {
    auto n = std::to_string(i);
    auto comma = i == 0 ? "" : ",";
    mounts +=
        comma + (R"({"name":"v)" + n + R"(","mountPath":"/m)" + n + "\"}");
    volumes += comma + (R"({"name":"v)" + n + "\"}");
    labels += comma + ("\"l" + n + "\":\"-\"");
  }
  auto text = refusal(R"({"volumes":[)" + volumes + R"(],"volumeMounts":[)" +
                      mounts + R"(],"master":{"labels":{)" + labels + "}}}");
  // Its size is one more.
  BOOST_TEST(text.ends_with("; and 49951 more"));
}

BOOST_AUTO_TEST_CASE(a_spec_that_cannot_be_stored_is_refused) {
  auto spec = [](size_t size) {
    auto with = [](size_t fill) {
      return R"({"image":"i","master":{"command":")" + std::string(fill, 'x') +
             R"("},"worker":{"command":"","replicas":1}})";
    };
    return json::parse(with(size - with(0).size())).value();
  };
  constexpr size_t limit = 1024 * 1024;
  BOOST_TEST(judge_test("t", spec(limit), {}).refusal() == "");
  BOOST_TEST(
      judge_test("t", spec(limit + 1), {}).refusal() ==
      "spec has 1048577 bytes as JSON, but the limit is 1048576 (1 MiB): "
      "etcd stores at most 1.5 MiB of an object with its metadata and "
      "its status; move data into ConfigMaps");
}

BOOST_AUTO_TEST_SUITE_END()
