#include "versions.hpp"

// What v1 cannot express: kept in an annotation and merged back
// (docs/behaviour/conversion.md#nothing-is-lost).

using namespace locust;

namespace {

constexpr std::string_view least =
    R"({"image":"i","master":{"command":"m"},
        "worker":{"command":"w","replicas":1}})";

/// The v2 spec after a client of v1 has read `v2_spec`, merged `v1_patch`
/// (members of the spec; null removes one) and written it back.
std::string edited(std::string_view v2_spec, std::string_view v1_patch) {
  auto seen = json::parse(converted(object_with(test_version::v2, v2_spec),
                                    test_version::v1)
                              .value())
                  .value();
  auto& spec = seen["spec"];
  auto patch = json::parse(v1_patch).value();
  for (auto& m : patch.GetObject()) {
    spec.RemoveMember(m.name);
    if (!m.value.IsNull())
      spec.AddMember(json::value(m.name, seen.GetAllocator()),
                     json::value(m.value, seen.GetAllocator()),
                     seen.GetAllocator());
  }
  return part(converted(seen, test_version::v2).value(), {"spec"});
}

/// A v2 spec with only this in `scheduling`.
std::string scheduled(std::string_view scheduling) {
  return canonical(R"({"master":{},"worker":{},"scheduling":)" +
                   std::string(scheduling) + "}");
}

std::string node_affinity(std::string_view terms, std::string_view rest = {}) {
  return R"({"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":
            {"nodeSelectorTerms":)" +
         std::string(terms) + "}}" + std::string(rest) + "}";
}

std::string v1_affinity(std::string_view labels) {
  return R"({"affinity":{"nodeAffinity":
            {"requiredDuringSchedulingIgnoredDuringExecution":)" +
         std::string(labels) + "}}}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(what_v1_cannot_show)

BOOST_AUTO_TEST_CASE(nothing_is_kept_of_an_object_that_came_from_v1) {
  for (std::string_view spec :
       {R"({"image":"i"})",
        R"({"imagePullSecrets":["a","b"],"imagePullPolicy":"Always"})",
        R"({"labels":{"master":{"a":"b"},"worker":{"c":"d"}},
            "annotations":{"master":{"a":"b"}}})",
        R"({"configMap":"c","libConfigMap":"d"})",
        R"({"affinity":{"nodeAffinity":
            {"requiredDuringSchedulingIgnoredDuringExecution":
             {"b":"2","a":"1"}}},
            "tolerations":[{"key":"k","operator":"Equal","value":"v",
                            "effect":"NoExecute"}]})"})
    BOOST_TEST(kept_of(v2_of(spec)) == "nothing", spec);
}

BOOST_AUTO_TEST_CASE(defaults_that_the_crd_adds_are_not_kept) {
  auto spec = v2_of(R"({"configMap":"c"})");
  auto with_defaults = json::parse(spec).value();
  auto& files = with_defaults["testFiles"];
  files.AddMember("srcMountPath", "/lotest/src", with_defaults.GetAllocator());
  files.AddMember("libMountPath", "/opt/locust/lib",
                  with_defaults.GetAllocator());
  with_defaults.AddMember("imagePullPolicy", "IfNotPresent",
                          with_defaults.GetAllocator());
  BOOST_TEST(kept_of(json::dump(with_defaults)) == "nothing");
  BOOST_TEST(kept_of(R"({"testFiles":{"srcMountPath":"/lotest/src"}})") ==
             R"({"testFiles":{"srcMountPath":"/lotest/src"}})");
}

BOOST_AUTO_TEST_CASE(only_what_v1_does_not_show_is_kept) {
  for (auto [spec, kept] : std::initializer_list<row>{
           {least, R"({"master":{},"worker":{}})"},
           {R"({"image":"i","master":{"command":"m","autostart":true,
                "extraArgs":["-x"],"labels":{"a":"b"}},
                "worker":{"command":"w","replicas":2,
                          "resources":{"limits":{"cpu":1}}}})",
            R"({"master":{"autostart":true,"extraArgs":["-x"]},
                "worker":{"resources":{"limits":{"cpu":1}}}})"},
           {R"({"testFiles":{"configMapRef":"c","srcMountPath":"/s"},
                "volumes":[{"name":"v"}],"new":{"field":null}})",
            R"({"testFiles":{"srcMountPath":"/s"},
                "volumes":[{"name":"v"}],"new":{"field":null}})"},
           {R"({"scheduling":{"nodeSelector":{"a":"b"},"tolerations":[
                {"key":"k","operator":"Exists","effect":"NoExecute"}]}})",
            R"({"scheduling":{"nodeSelector":{"a":"b"}}})"},
           {R"({"scheduling":{"tolerations":[
                {"key":"k","operator":"Exists","effect":"NoExecute",
                 "tolerationSeconds":5}]}})",
            R"({"scheduling":{"tolerations":[
                {"key":"k","operator":"Exists","effect":"NoExecute",
                 "tolerationSeconds":5}]}})"},
           {R"({"scheduling":{"runtimeClassName":""}})",
            R"({"scheduling":{"runtimeClassName":""}})"},
           {R"({"imagePullSecrets":[{"name":"a","new":1}]})",
            R"({"imagePullSecrets":[{"name":"a","new":1}]})"},
           {R"({"image":null,"imagePullPolicy":"","labels":1})",
            R"({"image":null,"imagePullPolicy":"","labels":1})"},
           {R"({"master":{"labels":{"a":null}},"scheduling":{}})",
            R"({"master":{"labels":{"a":null}},"scheduling":{}})"}})
    BOOST_TEST(kept_of(spec) == canonical(kept), spec);
}

BOOST_AUTO_TEST_CASE(an_unedited_spec_comes_back_unchanged) {
  for (std::string_view spec :
       {least, std::string_view(R"({})"),
        std::string_view(R"({"master":null,"worker":{"replicas":null}})"),
        std::string_view(R"({"imagePullSecrets":[],"testFiles":{},
                             "scheduling":{"affinity":{},"tolerations":[]}})"),
        std::string_view(R"({"image":"","master":{"command":"",
                             "autoquit":{"enabled":false,"timeout":0}},
                             "testFiles":{"configMapRef":""}})")})
    BOOST_TEST(edited(spec, "{}") == canonical(spec), spec);
}

BOOST_AUTO_TEST_CASE(an_edit_of_what_v1_shows_wins_and_the_rest_stays) {
  auto spec = [](std::string_view image, std::string_view master,
                 std::string_view worker, std::string_view files) {
    return canonical(R"({"image":")" + std::string(image) +
                     R"(","volumes":[{"name":"v"}],"master":{)" +
                     std::string(master) + R"(},"worker":{)" +
                     std::string(worker) + R"(},"testFiles":{)" +
                     std::string(files) + "}}");
  };
  auto before = spec("i", R"("command":"m","extraArgs":["-x"])",
                     R"("command":"w","replicas":2,"labels":{"a":"1"})",
                     R"("configMapRef":"c","srcMountPath":"/s")");
  auto after = spec("j", R"("command":"n","extraArgs":["-x"],
                            "annotations":{"b":"2"})",
                    R"("command":"w","replicas":5)",
                    R"("libConfigMapRef":"l","srcMountPath":"/s")");
  BOOST_TEST(edited(before, R"({"image":"j","masterCommandSeed":"n",
                                "workerReplicas":5,"labels":null,
                                "annotations":{"master":{"b":"2"}},
                                "configMap":null,"libConfigMap":"l"})") ==
             after);
}

BOOST_AUTO_TEST_CASE(of_lists_the_items_stay_that_v1_still_shows) {
  auto before = scheduled(R"({"tolerations":[
    {"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":1},
    {"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":2},
    {"key":"b","effect":"NoExecute","tolerationSeconds":3}]})");
  BOOST_TEST(edited(before, R"({"tolerations":[
      {"key":"b","operator":"","effect":"NoExecute"},
      {"key":"c","operator":"Exists","effect":"NoSchedule"},
      {"key":"a","operator":"Exists","effect":"NoExecute"}]})") ==
             scheduled(R"({"tolerations":[
    {"key":"b","effect":"NoExecute","tolerationSeconds":3},
    {"key":"c","operator":"Exists","effect":"NoSchedule"},
    {"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":1}
    ]})"));
  BOOST_TEST(edited(before, R"({"tolerations":null})") ==
             R"({"master":{},"worker":{}})");
  BOOST_TEST(edited(R"({"imagePullSecrets":[{"name":"a","new":1},
                                            {"name":"b"}]})",
                    R"({"imagePullSecrets":["c","a"]})") ==
             R"({"imagePullSecrets":[{"name":"c"},{"name":"a","new":1}]})");
}

BOOST_AUTO_TEST_CASE(
    a_single_node_selector_term_keeps_what_v1_has_no_words_for) {
  auto before = scheduled(R"({"nodeSelector":{"x":"y"},"affinity":)" +
                          node_affinity(R"([{"matchExpressions":[
        {"key":"zone","operator":"In","values":["a","b"]},
        {"key":"gpu","operator":"Exists"},
        {"key":"arch","operator":"In","values":["arm64","amd64"]}],
        "matchFields":[{"key":"f"}]}])",
                                        R"(,"podAffinity":{"p":1})") +
                          "}");
  BOOST_TEST(
      edited(before, v1_affinity(R"({"arch":"arm64","zone":"c","os":"x"})")) ==
      scheduled(R"({"nodeSelector":{"x":"y"},"affinity":)" +
                node_affinity(R"([{"matchExpressions":[
        {"key":"gpu","operator":"Exists"},
        {"key":"arch","operator":"In","values":["arm64","amd64"]},
        {"key":"os","operator":"In","values":["x"]},
        {"key":"zone","operator":"In","values":["c"]}],
        "matchFields":[{"key":"f"}]}])",
                              R"(,"podAffinity":{"p":1})") +
                "}"));
  BOOST_TEST(edited(before, R"({"affinity":null})") ==
             scheduled(R"({"nodeSelector":{"x":"y"},"affinity":)" +
                       node_affinity(R"([{"matchExpressions":[
        {"key":"gpu","operator":"Exists"}],"matchFields":[{"key":"f"}]}])",
                                     R"(,"podAffinity":{"p":1})") +
                       "}"));
}

BOOST_AUTO_TEST_CASE(several_node_selector_terms_are_replaced_by_one) {
  auto before = scheduled(R"({"affinity":)" +
                          node_affinity(R"([{"matchExpressions":[
        {"key":"zone","operator":"In","values":["a"]}]},
        {"matchExpressions":[{"key":"gpu","operator":"Exists"}]}])",
                                        R"(,"podAntiAffinity":{"p":1})") +
                          "}");
  BOOST_TEST(edited(before, v1_affinity(R"({"zone":"b"})")) ==
             scheduled(R"({"affinity":)" +
                       node_affinity(R"([{"matchExpressions":[
        {"key":"zone","operator":"In","values":["b"]}]}])",
                                     R"(,"podAntiAffinity":{"p":1})") +
                       "}"));
  BOOST_TEST(edited(before, R"({"affinity":null})") ==
             scheduled(R"({"affinity":{"podAntiAffinity":{"p":1}}})"));
}

BOOST_AUTO_TEST_CASE(an_empty_affinity_is_removed) {
  auto before =
      scheduled(R"({"affinity":)" + node_affinity(R"([{"matchExpressions":[
        {"key":"zone","operator":"In","values":["a"]}]}])") +
                "}");
  BOOST_TEST(edited(before, R"({"affinity":null})") ==
             R"({"master":{},"worker":{}})");
  BOOST_TEST(edited(before, R"({"affinity":{}})") == scheduled("{}"));
}

BOOST_AUTO_TEST_CASE(without_the_annotation_the_object_is_a_new_one) {
  BOOST_TEST(v2_of(R"({"image":"i"})") ==
             canonical(R"({"image":"i","master":{"autostart":true,
                        "autoquit":{"enabled":true,"timeout":60},
                        "resources":{}},"worker":{"resources":{}}})"));
}

BOOST_AUTO_TEST_CASE(an_annotation_that_cannot_be_read_counts_as_none) {
  auto without = v2_of(R"({"image":"i"})");
  for (std::string_view kept :
       {"no JSON",
        "[]",
        "null",
        "7",
        "\"{}\"",
        "{",
        "{}x",
        R"({"master":5})",
        R"({"master":{"labels":{"a":1}}})",
        R"({"master":{"autostart":"no"}})",
        R"({"master":{"autoquit":{"timeout":"1"}}})",
        R"({"master":{"extraArgs":[5]}})",
        R"({"worker":{"replicas":"x"}})",
        R"({"imagePullSecrets":[5]})",
        R"({"volumes":5})",
        R"({"volumes":["v"]})",
        R"({"volumeMounts":{"name":"x"}})",
        R"({"env":[]})",
        R"({"env":{"secretMounts":[{"name":1}]}})",
        R"({"scheduling":[]})",
        R"({"scheduling":{"nodeSelector":7}})",
        R"({"scheduling":{"affinity":{"nodeAffinity":
            {"requiredDuringSchedulingIgnoredDuringExecution":
             {"nodeSelectorTerms":[{"matchExpressions":[7]}]}}}}})",
        R"({"observability":{"openTelemetry":{"enabled":"yes"}}})",
        R"({"security":{"podSecurityContext":[]}})",
        R"({"testFiles":{"srcMountPath":{}}})"})
    BOOST_TEST(v2_of(R"({"image":"i"})", kept) == without, kept);
  BOOST_TEST(v2_of(R"({"image":"i"})", std::string(100'000, '[')) == without);
}

BOOST_AUTO_TEST_CASE(the_annotation_cannot_say_what_v1_says_otherwise) {
  BOOST_TEST(v2_of(R"({"image":"i","masterCommandSeed":"m"})",
                   R"({"image":"evil","imagePullPolicy":"Never",
                       "master":{"command":"evil","labels":{"a":"b"},
                                 "extraArgs":["-x"]},
                       "worker":{"command":"evil","replicas":500},
                       "imagePullSecrets":[{"name":"evil"}],
                       "testFiles":{"configMapRef":"evil"},
                       "scheduling":{"tolerations":[{"key":"evil"}]}})") ==
             canonical(R"({"image":"i","master":{"command":"m",
                           "extraArgs":["-x"]},"worker":{}})"));
}

BOOST_AUTO_TEST_CASE(v2_never_shows_the_annotation) {
  for (auto [annotations, left] : std::initializer_list<row>{
           {R"({"locust.io/v2-spec":"{}"})", "absent"},
           {R"({"locust.io/v2-spec":"junk","a":"b"})", R"({"a":"b"})"},
           {R"({"a":"b"})", R"({"a":"b"})"}}) {
    auto object = converted(object_with(test_version::v1, "{}", annotations),
                            test_version::v2);
    BOOST_TEST(part(object.value(), {"metadata", "annotations"}) == left);
  }
}

BOOST_AUTO_TEST_CASE(an_annotation_written_to_v2_is_not_read) {
  auto v1 = [](std::string_view spec) {
    auto object = converted(object_with(test_version::v2, spec,
                                        R"({"locust.io/v2-spec":"{\"x\":1}",
                                            "a":"b"})"),
                            test_version::v1);
    return part(object.value(), {"metadata", "annotations"});
  };
  BOOST_TEST(v1(v2_of(R"({"image":"i"})")) == R"({"a":"b"})");
  BOOST_TEST(v1(R"({"y":2})") ==
             R"({"a":"b","locust.io/v2-spec":"{\"y\":2}"})");
}

BOOST_AUTO_TEST_CASE(what_kubectl_apply_remembers_survives) {
  auto applied = R"({"kubectl.kubernetes.io/last-applied-configuration":)" +
                 quoted(object_with(test_version::v1, R"({"image":"i"})")) +
                 '}';
  auto v2 =
      converted(object_with(test_version::v1, R"({"image":"i"})", applied),
                test_version::v2)
          .value();
  BOOST_TEST(part(v2, {"metadata", "annotations"}) == canonical(applied));
  BOOST_TEST(part(converted(v2, test_version::v1).value(),
                  {"metadata", "annotations"}) == canonical(applied));
}

BOOST_AUTO_TEST_CASE(the_status_is_the_same_in_both_versions) {
  auto status =
      R"({"phase":"Running","connectedWorkers":0,"history":[{"a":null}]})";
  for (auto version : {test_version::v1, test_version::v2}) {
    auto other =
        version == test_version::v1 ? test_version::v2 : test_version::v1;
    auto text = object_with(version, "{}");
    text.insert(text.size() - 1, R"(,"status":)" + std::string(status));
    BOOST_TEST(part(converted(text, other).value(), {"status"}) ==
               canonical(status));
  }
}

BOOST_AUTO_TEST_SUITE_END()
