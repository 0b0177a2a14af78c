#include "judged.hpp"

// The rules of docs/behaviour/admission.md up to #pod-rules: every row, with
// the text fragments that users search for.

using namespace locust;

namespace {

constexpr std::string_view reason = ", which the operator uses for test files";

std::string secret_at(std::string_view path) {
  return R"({"env":{"secretMounts":[{"name":"s","mountPath":")" +
         std::string(path) + R"("}]}})";
}

std::string mount_at(std::string_view path) {
  return R"({"volumes":[{"name":"v","emptyDir":{}}],
             "volumeMounts":[{"name":"v","mountPath":")" +
         std::string(path) + R"("}]})";
}

std::string conflict(std::string_view what, std::string_view path,
                     std::string_view place, std::string_view reserved) {
  return std::string(what) + " \"" + std::string(path) + "\" (" +
         std::string(place) + ") conflicts with reserved path \"" +
         std::string(reserved) + '"' + std::string(reason);
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_of_the_contract)

BOOST_AUTO_TEST_CASE(the_least_test_breaks_none) {
  BOOST_TEST(refusal("{}") == "");
  BOOST_TEST(warnings("{}") == "");
}

BOOST_AUTO_TEST_CASE(a1_a_name_has_at_most_56_characters) {
  BOOST_TEST(refusal("{}", std::string(56, 'n')) == "");
  BOOST_TEST(refusal("{}", std::string(57, 'n')) ==
             "name \"" + std::string(57, 'n') +
                 "\" (metadata.name) is too long: the names of its Jobs would "
                 "exceed 63 characters; the limit is 56");
}

BOOST_AUTO_TEST_CASE(a2_secrets_stay_off_the_paths_of_test_files) {
  for (auto [path, reserved] :
       std::initializer_list<row>{{"/lotest/src", "/lotest/src"},
                                  {"/lotest/src/", "/lotest/src"},
                                  {"/lotest/src/keys", "/lotest/src"},
                                  {"/lotest", "/lotest/src"},
                                  {"/opt/locust/lib/x", "/opt/locust/lib"},
                                  {"/opt", "/opt/locust/lib"},
                                  // The Go operator accepts these.
                                  {"/lotest//src", "/lotest/src"},
                                  {"/lotest/./src", "/lotest/src"},
                                  {"/x/../lotest/src", "/lotest/src"},
                                  {"lotest/src", "/lotest/src"}})
    BOOST_TEST(refusal(secret_at(path)) ==
               conflict("secretMount path", path,
                        "spec.env.secretMounts[0].mountPath", reserved));
  BOOST_TEST(
      refusal(secret_at("/lotest/src/keys")).starts_with("secretMount path"));
  for (std::string_view path : {"/lotest/src2", "/lotest/sr",
                                "/opt/locust/lib2", "/keys", "/x/lotest/src"})
    BOOST_TEST(refusal(secret_at(path)) == "", path);
}

BOOST_AUTO_TEST_CASE(a2_the_root_conflicts_with_both) {
  auto at = "spec.env.secretMounts[0].mountPath";
  BOOST_TEST(refusal(secret_at("/")) ==
             conflict("secretMount path", "/", at, "/lotest/src") + "; " +
                 conflict("secretMount path", "/", at, "/opt/locust/lib"));
}

BOOST_AUTO_TEST_CASE(what_is_reserved_follows_from_the_test_files) {
  struct reserved_row {
    std::string_view files;
    std::string_view path;
    std::string_view reserved;
  };
  for (auto [files, path, reserved] : std::initializer_list<reserved_row>{
           {R"({})", "/lotest/src", "/lotest/src"},
           {R"({})", "/opt/locust/lib", "/opt/locust/lib"},
           {R"({"srcMountPath":"/s","libMountPath":"/l"})", "/s", "/s"},
           {R"({"srcMountPath":"/s","libMountPath":"/l"})", "/l", "/l"},
           {R"({"srcMountPath":"","libMountPath":""})", "/lotest/src",
            "/lotest/src"},
           {R"({"configMapRef":"t"})", "/lotest/src", "/lotest/src"},
           {R"({"configMapRef":"t"})", "/opt/locust/lib", ""},
           {R"({"configMapRef":"t","srcMountPath":"/t"})", "/lotest/src", ""},
           {R"({"configMapRef":"t","srcMountPath":"/t"})", "/opt/locust/lib",
            ""},
           {R"({"configMapRef":"t","srcMountPath":"/t"})", "/t/x", "/t"},
           {R"({"configMapRef":"t","srcMountPath":"//t/."})", "/t/x", "//t/."},
           {R"({"libConfigMapRef":"l"})", "/opt/locust/lib", "/opt/locust/lib"},
           {R"({"libConfigMapRef":"l"})", "/lotest/src", ""},
           {R"({"configMapRef":"t","libConfigMapRef":"l"})", "/lotest/src",
            "/lotest/src"},
           {R"({"configMapRef":"t","libConfigMapRef":"l"})", "/opt/locust/lib",
            "/opt/locust/lib"}}) {
    auto spec = secret_at(path);
    spec.insert(spec.size() - 1, R"(,"testFiles":)" + std::string(files));
    BOOST_TEST(
        refusal(spec) ==
            (reserved.empty()
                 ? ""
                 : conflict("secretMount path", path,
                            "spec.env.secretMounts[0].mountPath", reserved)),
        spec);
  }
}

BOOST_AUTO_TEST_CASE(a3_volumes_have_names_that_the_operator_does_not_use) {
  auto named = [](std::string_view name) {
    return R"({"volumes":[{"name":"ok"},{"name":")" + std::string(name) +
           R"("}]})";
  };
  for (auto [name, rule] : std::initializer_list<row>{
           {"secret-cache", "uses reserved prefix \"secret-\""},
           {"secret-", "uses reserved prefix \"secret-\""},
           {"locust-lib", "is reserved by the operator"},
           {"a-b-master", "conflicts with operator-generated name"},
           {"a-b-worker", "conflicts with operator-generated name"}})
    BOOST_TEST(refusal(named(name), "a.b") ==
               "volume name \"" + std::string(name) +
                   "\" (spec.volumes[1].name) " + std::string(rule));
  for (auto* name : {"secrets", "secret", "locust-libs", "b-master",
                     "a-b-master-2", "a.b-master", "a.b-worker"})
    BOOST_TEST(refusal(named(name), "a.b") == "", name);
}

BOOST_AUTO_TEST_CASE(a4_volumes_stay_off_the_paths_of_test_files) {
  BOOST_TEST(refusal(mount_at("/opt/locust/lib")) ==
             conflict("volumeMount path", "/opt/locust/lib",
                      "spec.volumeMounts[0].mountPath", "/opt/locust/lib"));
  BOOST_TEST(refusal(mount_at("/lotest//src")) ==
             conflict("volumeMount path", "/lotest//src",
                      "spec.volumeMounts[0].mountPath", "/lotest/src"));
  BOOST_TEST(refusal(mount_at("/data")) == "");
}

BOOST_AUTO_TEST_CASE(a5_mounts_name_volumes_that_there_are) {
  auto text = "volumeMount \"x\" (spec.volumeMounts[0].name) references "
              "undefined volume: spec.volumes does not contain it";
  BOOST_TEST(refusal(R"({"volumes":[],
                         "volumeMounts":[{"name":"x","mountPath":"/x"}]})") ==
             text);
  BOOST_TEST(refusal(R"({"volumeMounts":[{"name":"x","mountPath":"/x"}]})") ==
             text);
}

BOOST_AUTO_TEST_CASE(a6_open_telemetry_needs_an_endpoint) {
  auto text = "spec.observability.openTelemetry.endpoint is required when "
              "OpenTelemetry is enabled";
  check_refusals(
      {{R"({"observability":{"openTelemetry":{"enabled":true}}})", text},
       {R"({"observability":{"openTelemetry":{"enabled":true,
            "endpoint":""}}})",
        text},
       {R"({"observability":{"openTelemetry":{"enabled":true,
            "endpoint":"e:4317"}}})",
        ""},
       {R"({"observability":{"openTelemetry":{"enabled":false}}})", ""},
       {R"({"observability":{"openTelemetry":{}}})", ""}});
}

BOOST_AUTO_TEST_CASE(all_violations_come_at_once_in_the_order_of_the_rules) {
  auto name = std::string(57, 'n');
  BOOST_TEST(
      refusal(R"({"env":{"secretMounts":[{"name":"s","mountPath":"/lotest"}]},
                  "volumes":[{"name":"locust-lib"},{"name":"secret-x"}],
                  "volumeMounts":[{"name":"y","mountPath":"/opt/locust"},
                                  {"name":"z","mountPath":"/z"}],
                  "observability":{"openTelemetry":{"enabled":true}}})",
              name) ==
      "name \"" + name +
          "\" (metadata.name) is too long: the names of its Jobs would exceed "
          "63 characters; the limit is 56; "
          "secretMount path \"/lotest\" (spec.env.secretMounts[0].mountPath) "
          "conflicts with reserved path \"/lotest/src\", which the operator "
          "uses for test files; "
          "volume name \"locust-lib\" (spec.volumes[0].name) is reserved by "
          "the operator; "
          "volume name \"secret-x\" (spec.volumes[1].name) uses reserved "
          "prefix \"secret-\"; "
          "volumeMount path \"/opt/locust\" (spec.volumeMounts[0].mountPath) "
          "conflicts with reserved path \"/opt/locust/lib\", which the "
          "operator uses for test files; "
          "volumeMount \"y\" (spec.volumeMounts[0].name) references undefined "
          "volume: spec.volumes does not contain it; "
          "volumeMount \"z\" (spec.volumeMounts[1].name) references undefined "
          "volume: spec.volumes does not contain it; "
          "spec.observability.openTelemetry.endpoint is required when "
          "OpenTelemetry is enabled");
}

BOOST_AUTO_TEST_SUITE_END()
