#include "versions.hpp"

// Every row of the tables of docs/behaviour/conversion.md, for objects of one
// version only; kept_spec_test.cpp covers what is kept of the other version.

using namespace locust;

namespace {

/// The members that the conversion from v1 to v2 always writes, and others of
/// `spec` in between.
std::string with_constants(std::string_view rest, std::string_view master = {},
                           std::string_view worker = {}) {
  return canonical(R"({"master":{"autostart":true,
                        "autoquit":{"enabled":true,"timeout":60},
                        "resources":{})" +
                   std::string(master) + R"(},"worker":{"resources":{})" +
                   std::string(worker) + "}" + std::string(rest) + "}");
}

void check_v1_to_v2(std::initializer_list<row> rows) {
  for (auto [from, to] : rows)
    BOOST_TEST(v2_of(from) == with_constants(to), from);
}

void check_v2_to_v1(std::initializer_list<row> rows) {
  for (auto [from, to] : rows)
    BOOST_TEST(v1_of(from) == canonical(to), from);
}

std::string affinity_of(std::string_view expressions) {
  return R"({"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":
            {"nodeSelectorTerms":[{"matchExpressions":[)" +
         std::string(expressions) + "]}]}}}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(tables_of_the_contract)

BOOST_AUTO_TEST_CASE(a_v1_object_becomes_a_whole_v2_object) {
  auto object = converted(R"({
    "apiVersion": "locust.io/v1", "kind": "LocustTest",
    "metadata": {"name": "t", "namespace": "n", "uid": "u", "generation": 3,
                 "labels": {"a": "b"}, "annotations": {"c": "d"}},
    "spec": {"masterCommandSeed": "-f m.py", "workerCommandSeed": "-f w.py",
             "workerReplicas": 3, "image": "i"},
    "status": {}})",
                          test_version::v2);
  BOOST_TEST(object.value() == canonical(R"({
    "apiVersion": "locust.io/v2", "kind": "LocustTest",
    "metadata": {"name": "t", "namespace": "n", "uid": "u", "generation": 3,
                 "labels": {"a": "b"}, "annotations": {"c": "d"}},
    "spec": {
      "image": "i",
      "master": {"command": "-f m.py", "autostart": true,
                 "autoquit": {"enabled": true, "timeout": 60},
                 "resources": {}},
      "worker": {"command": "-f w.py", "replicas": 3, "resources": {}}},
    "status": {}})"));
}

BOOST_AUTO_TEST_CASE(a_v2_object_becomes_a_whole_v1_object) {
  auto object = converted(R"({
    "apiVersion": "locust.io/v2", "kind": "LocustTest",
    "metadata": {"name": "t", "namespace": "n", "uid": "u",
                 "finalizers": ["x"]},
    "spec": {
      "image": "i", "imagePullPolicy": "Always",
      "master": {"command": "-f m.py", "autostart": true,
                 "autoquit": {"enabled": true, "timeout": 60},
                 "resources": {}},
      "worker": {"command": "-f w.py", "replicas": 3, "resources": {}}}})",
                          test_version::v1);
  BOOST_TEST(object.value() == canonical(R"({
    "apiVersion": "locust.io/v1", "kind": "LocustTest",
    "metadata": {"name": "t", "namespace": "n", "uid": "u",
                 "finalizers": ["x"]},
    "spec": {"masterCommandSeed": "-f m.py", "workerCommandSeed": "-f w.py",
             "workerReplicas": 3, "image": "i", "imagePullPolicy": "Always"},
    "status": {}})"));
}

BOOST_AUTO_TEST_CASE(v1_to_v2_texts_and_lists) {
  check_v1_to_v2(
      {{R"({"image":""})", R"(,"image":"")"},
       {R"({"imagePullPolicy":"Never"})", R"(,"imagePullPolicy":"Never")"},
       {R"({"imagePullPolicy":""})", ""},
       {R"({"imagePullSecrets":["b","a"]})",
        R"(,"imagePullSecrets":[{"name":"b"},{"name":"a"}])"},
       {R"({"imagePullSecrets":[]})", ""},
       {R"({"imagePullSecrets":null,"image":null,"labels":null})", ""},
       {R"({"unknown":1})", ""}});
}

BOOST_AUTO_TEST_CASE(v1_to_v2_roles) {
  BOOST_TEST(v2_of(R"({"masterCommandSeed":"m","workerCommandSeed":"w",
                       "workerReplicas":500,
                       "labels":{"master":{"a":"1"},"worker":{"b":""}},
                       "annotations":{"master":{"c":"3"},"worker":{"d":"4"}}})") ==
             with_constants("",
                            R"(,"command":"m","labels":{"a":"1"},
                                   "annotations":{"c":"3"})",
                            R"(,"command":"w","replicas":500,
                                   "labels":{"b":""},
                                   "annotations":{"d":"4"})"));
  BOOST_TEST(v2_of(R"({"labels":{"master":{},"worker":{"b":"1"}},
                       "annotations":{}})") ==
             with_constants("", "", R"(,"labels":{"b":"1"})"));
}

BOOST_AUTO_TEST_CASE(v1_to_v2_test_files) {
  check_v1_to_v2(
      {{R"({"configMap":"c"})", R"(,"testFiles":{"configMapRef":"c"})"},
       {R"({"libConfigMap":"l"})", R"(,"testFiles":{"libConfigMapRef":"l"})"},
       {R"({"configMap":"c","libConfigMap":"l"})",
        R"(,"testFiles":{"configMapRef":"c","libConfigMapRef":"l"})"},
       {R"({"configMap":"","libConfigMap":""})", ""}});
}

BOOST_AUTO_TEST_CASE(v1_to_v2_scheduling) {
  check_v1_to_v2(
      {{R"({"affinity":{}})", R"(,"scheduling":{})"},
       {R"({"affinity":{"nodeAffinity":{}}})", R"(,"scheduling":{})"},
       {R"({"affinity":{"nodeAffinity":
            {"requiredDuringSchedulingIgnoredDuringExecution":{}}}})",
        R"(,"scheduling":{})"},
       {R"({"affinity":null})", ""},
       {R"({"tolerations":[]})", ""},
       {R"({"tolerations":[
             {"key":"k","operator":"Equal","value":"v","effect":"NoSchedule"},
             {"key":"a","operator":"Exists","effect":"NoExecute"}]})",
        R"(,"scheduling":{"tolerations":[
             {"key":"k","operator":"Equal","value":"v","effect":"NoSchedule"},
             {"key":"a","operator":"Exists","effect":"NoExecute"}]})"},
       {R"({"tolerations":[{"key":"","operator":"","effect":""}]})",
        R"(,"scheduling":{"tolerations":[{}]})"}});
}

BOOST_AUTO_TEST_CASE(v1_to_v2_node_labels_are_sorted_by_key) {
  BOOST_TEST(v2_of(R"({"affinity":{"nodeAffinity":
                {"requiredDuringSchedulingIgnoredDuringExecution":
                 {"zone":"a","arch":"amd64"}}}})") ==
             with_constants(R"(,"scheduling":{"affinity":)" +
                            affinity_of(R"({"key":"arch","operator":"In",
                                     "values":["amd64"]},
                                    {"key":"zone","operator":"In",
                                     "values":["a"]})") +
                            "}"));
}

BOOST_AUTO_TEST_CASE(v2_to_v1_texts_and_lists) {
  check_v2_to_v1(
      {{R"({"image":""})", R"({"image":""})"},
       {R"({"imagePullPolicy":""})", "{}"},
       {R"({"imagePullSecrets":[{"name":"b"},{"name":"a"},{}]})",
        R"({"imagePullSecrets":["b","a",""]})"},
       {R"({"imagePullSecrets":[]})", "{}"},
       {R"({"master":{"command":"m"},"worker":{"command":"w","replicas":7}})",
        R"({"masterCommandSeed":"m","workerCommandSeed":"w",
            "workerReplicas":7})"},
       {R"({"master":null,"worker":null,"image":null})", "{}"}});
}

BOOST_AUTO_TEST_CASE(v2_to_v1_labels_and_annotations_of_the_roles) {
  check_v2_to_v1(
      {{R"({"master":{"labels":{"a":"1"},"annotations":{"b":"2"}},
            "worker":{"labels":{"c":"3"},"annotations":{"d":"4"}}})",
        R"({"labels":{"master":{"a":"1"},"worker":{"c":"3"}},
            "annotations":{"master":{"b":"2"},"worker":{"d":"4"}}})"},
       {R"({"master":{"labels":{},"annotations":{}},
            "worker":{"labels":{"c":"3"},"annotations":{}}})",
        R"({"labels":{"worker":{"c":"3"}}})"},
       {R"({"master":{"labels":{}},"worker":{"labels":{}}})", "{}"}});
}

BOOST_AUTO_TEST_CASE(v2_to_v1_test_files) {
  check_v2_to_v1(
      {{R"({"testFiles":{"configMapRef":"c","libConfigMapRef":"l",
                         "srcMountPath":"/s","libMountPath":"/l"}})",
        R"({"configMap":"c","libConfigMap":"l"})"},
       {R"({"testFiles":{"srcMountPath":"/s","configMapRef":""}})", "{}"}});
}

BOOST_AUTO_TEST_CASE(v2_to_v1_tolerations_say_the_three_words_always) {
  check_v2_to_v1({{R"({"scheduling":{"tolerations":[
             {"key":"k","operator":"Equal","value":"v","effect":"NoExecute",
              "tolerationSeconds":5},
             {"operator":"Exists"},{}]}})",
                   R"({"tolerations":[
             {"key":"k","operator":"Equal","value":"v","effect":"NoExecute"},
             {"key":"","operator":"Exists","effect":""},
             {"key":"","operator":"","effect":""}]})"},
                  {R"({"scheduling":{"tolerations":[]}})", "{}"}});
}

BOOST_AUTO_TEST_CASE(v2_to_v1_shows_of_the_node_affinity_what_it_can) {
  struct terms_row {
    std::string_view terms;
    std::string_view labels;
  };
  for (auto [terms, labels] :
       std::initializer_list<terms_row>{{R"([{"matchExpressions":[
                  {"key":"zone","operator":"In","values":["a","b"]}]},
                {"matchExpressions":[
                  {"key":"zone","operator":"In","values":["c"]},
                  {"key":"gpu","operator":"Exists"}]}])",
                                         R"({"zone":"c"})"},
                                        {R"([{"matchExpressions":[
                  {"key":"zone","operator":"NotIn","values":["a"]},
                  {"key":"arch","operator":"In","values":[]},
                  {"key":"os","operator":"In"},
                  {"key":"n","operator":"Gt","values":["1"]}],
                 "matchFields":[{"key":"metadata.name","operator":"In",
                                 "values":["node"]}]}])",
                                         ""},
                                        {R"([{}])", ""},
                                        {R"([])", ""},
                                        {R"([{"matchExpressions":[
                  {"key":"a","operator":"In","values":["1"]},
                  {"key":"b","operator":"In","values":["2"]}]}])",
                                         R"({"a":"1","b":"2"})"}}) {
    auto v1 = v1_of(R"({"scheduling":{"affinity":{
                "podAffinity":{},
                "nodeAffinity":{
                "requiredDuringSchedulingIgnoredDuringExecution":
                {"nodeSelectorTerms":)" +
                    std::string(terms) + "}}}}}");
    auto expected = labels.empty() ? "{}"
                                   : R"({"affinity":{"nodeAffinity":
                 {"requiredDuringSchedulingIgnoredDuringExecution":)" +
                                         std::string(labels) + "}}}";
    BOOST_TEST(v1 == canonical(expected), terms);
  }
}

BOOST_AUTO_TEST_CASE(an_object_without_spec_has_none_in_the_other_version) {
  for (auto version : {test_version::v1, test_version::v2}) {
    auto other =
        version == test_version::v1 ? test_version::v2 : test_version::v1;
    for (std::string_view spec : {"", R"(,"spec":null)"}) {
      auto object = converted(R"({"kind":"LocustTest","metadata":{"name":"t"},
                                  "apiVersion":")" +
                                  std::string(to_string(version)) + '"' +
                                  std::string(spec) + "}",
                              other);
      BOOST_TEST(object.value() ==
                 R"({"apiVersion":")" + std::string(to_string(other)) +
                     R"(","kind":"LocustTest","metadata":{"name":"t"},)"
                     R"("status":{}})");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
