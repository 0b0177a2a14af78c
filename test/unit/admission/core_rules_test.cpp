#include "actors/admission/core_rules.hpp"
#include "judged.hpp"

using namespace locust;

BOOST_AUTO_TEST_SUITE(rules_of_the_core_api)

BOOST_AUTO_TEST_CASE(quantities_are_compared_by_value) {
  struct pair_row {
    std::string_view more;
    std::string_view less;
  };
  for (auto [more, less] : std::initializer_list<pair_row>{{"2", "1"},
                                                           {"1001m", "1"},
                                                           {"1", "999m"},
                                                           {"1.5", "1"},
                                                           {"1Gi", "1G"},
                                                           {"1G", "1023Ki"},
                                                           {"1Ki", "1k"},
                                                           {"1E", "1P"},
                                                           {"1Ei", "1E"},
                                                           {"2u", "1999n"},
                                                           {"1e3", "999"},
                                                           {"2E3", "1e+3"},
                                                           {"1e-2", "9m"},
                                                           {".5", "400m"},
                                                           {"+2", "1."},
                                                           {"0", "-1"},
                                                           {"-1", "-2"}}) {
    BOOST_TEST(is_more(more, less), more);
    BOOST_TEST(!is_more(less, more), less);
  }
  for (auto [a, b] : std::initializer_list<pair_row>{{"1", "1000m"},
                                                     {"1Gi", "1024Mi"},
                                                     {"1024", "1Ki"},
                                                     {"0.1", "100m"},
                                                     {"1e3", "1k"},
                                                     {"1000000n", "1m"},
                                                     {"0", "0m"}}) {
    BOOST_TEST(!is_more(a, b), a);
    BOOST_TEST(!is_more(b, a), b);
  }
  for (auto* none : {"", "x", "1 Gi", "1e99999999999", "{}", "true"}) {
    BOOST_TEST(!is_more(none, "1"), none);
    BOOST_TEST(!is_more("1", none), none);
  }
}

BOOST_AUTO_TEST_CASE(a_request_is_within_its_limit) {
  auto resources = [](std::string_view requests, std::string_view limits) {
    return R"({"worker":{"resources":{"requests":)" + std::string(requests) +
           R"(,"limits":)" + std::string(limits) + "}}}";
  };
  BOOST_TEST(refusal(resources(R"({"cpu":2,"memory":"2Gi"})",
                               R"({"cpu":"1500m","memory":"1Gi"})")) ==
             "request \"2\" (spec.worker.resources.requests[\"cpu\"]) must not "
             "exceed the limit \"1500m\"; request \"2Gi\" "
             "(spec.worker.resources.requests[\"memory\"]) must not exceed the "
             "limit \"1Gi\"");
  BOOST_TEST(refusal(resources(R"({"cpu":1,"memory":"9Gi"})",
                               R"({"cpu":"1000m"})")) == "");
}

BOOST_AUTO_TEST_CASE(quantities_that_cannot_be_are_refused) {
  auto amount = [](std::string_view quantity) {
    return R"({"master":{"resources":{"limits":{"cpu":)" +
           std::string(quantity) + "}}}}";
  };
  for (auto* good : {"1", "0", "\"250m\"", "\"1e3\"", "\"8Ei\"", "\"-0\"",
                     "\"0e400\"", "\"1e-400\""})
    BOOST_TEST(refusal(amount(good)) == "", good);
  auto at = [](std::string_view value, std::string_view rule) {
    return "quantity \"" + std::string(value) +
           "\" (spec.master.resources.limits[\"cpu\"]) " + std::string(rule);
  };
  auto wrong = "must be a Kubernetes quantity, such as 250m, 1.5Gi or 1e3";
  auto below = "must not be negative";
  auto above = "is more than Kubernetes can count (2^63)";
  BOOST_TEST(refusal(amount("\"1e1.5\"")) == at("1e1.5", wrong));
  BOOST_TEST(refusal(amount("\"\"")) == at("", wrong));
  BOOST_TEST(refusal(amount("\"1 Gi\"")) == at("1 Gi", wrong));
  BOOST_TEST(refusal(amount("[]")) == at("[]", wrong));
  BOOST_TEST(refusal(amount("\"-1\"")) == at("-1", below));
  BOOST_TEST(refusal(amount("-1")) == at("-1", below));
  BOOST_TEST(refusal(amount("\"-1e400\"")) == at("-1e400", below));
  BOOST_TEST(refusal(amount("\"1e400\"")) == at("1e400", above));
  BOOST_TEST(refusal(amount("\"9Ei\"")) == at("9Ei", above));
}

BOOST_AUTO_TEST_CASE(volumes_have_sizes_that_can_be) {
  auto volume = [](std::string_view source) {
    return R"({"volumes":[{"name":"v",)" + std::string(source) +
           R"(}],"volumeMounts":[{"name":"v","mountPath":"/v"}]})";
  };
  BOOST_TEST(refusal(volume(R"("emptyDir":{"sizeLimit":"-1Mi"})")) ==
             "quantity \"-1Mi\" (spec.volumes[0].emptyDir.sizeLimit) must not "
             "be negative");
  BOOST_TEST(refusal(volume(R"("emptyDir":{"sizeLimit":null})")) == "");
  BOOST_TEST(
      refusal(volume(R"("ephemeral":{"volumeClaimTemplate":{"spec":
                        {"resources":{"requests":{"storage":"x"}}}}})")) ==
      "quantity \"x\" (spec.volumes[0].ephemeral.volumeClaimTemplate.spec."
      "resources.requests[\"storage\"]) must be a Kubernetes quantity, such as "
      "250m, 1.5Gi or 1e3");
}

BOOST_AUTO_TEST_CASE(a_variable_has_one_value) {
  auto variable = [](std::string_view members) {
    return R"({"env":{"variables":[{"name":"A",)" + std::string(members) +
           "}]}}";
  };
  BOOST_TEST(refusal(variable(R"("value":"x","valueFrom":{"fieldRef":{}})")) ==
             "variable value \"x\" (spec.env.variables[0].value) must be "
             "empty, because valueFrom is set");
  BOOST_TEST(refusal(variable(R"("value":"","valueFrom":{"fieldRef":{}})")) ==
             "");
  BOOST_TEST(refusal(variable(R"("value":"x","valueFrom":null)")) == "");
}

BOOST_AUTO_TEST_CASE(tolerations_that_reach_the_pods_make_sense) {
  operator_settings settings;
  settings.tolerations_injection = true;
  for (auto [toleration, expected] : std::initializer_list<row>{
           {R"({"operator":"Equal","value":"x"})",
            "spec.scheduling.tolerations[0] must have the operator Exists, "
            "because it has no key"},
           {R"({"key":"k","operator":"Exists","value":"v"})",
            "toleration value \"v\" (spec.scheduling.tolerations[0].value) "
            "must be empty, because the operator is Exists"},
           {R"({"key":"k","effect":"Never"})",
            "toleration effect \"Never\" (spec.scheduling.tolerations[0]."
            "effect) must be NoSchedule, PreferNoSchedule or NoExecute"},
           {R"({"key":"k","effect":"NoSchedule","tolerationSeconds":5})",
            "toleration effect \"NoSchedule\" (spec.scheduling.tolerations[0]."
            "effect) must be NoExecute, because tolerationSeconds is set"},
           {R"({"operator":"Exists"})", ""},
           {R"({"key":"k","value":"v"})", ""},
           {R"({"key":"k","operator":"Lt","value":"5"})", ""},
           {R"({"key":"k","effect":"NoExecute","tolerationSeconds":5})", ""}}) {
    auto patch =
        R"({"scheduling":{"tolerations":[)" + std::string(toleration) + "]}}";
    BOOST_TEST(judged(patch, settings).refusal() == expected, toleration);
    // Not applied to pods, they are harmless.
    BOOST_TEST(refusal(patch) == "", toleration);
  }
}

BOOST_AUTO_TEST_SUITE_END()
