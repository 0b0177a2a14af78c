#include "judged.hpp"

// Warnings about what is legal but hardly intended.

using namespace locust;

namespace {

void check_warnings(std::initializer_list<row> rows) {
  for (auto [patch, expected] : rows) {
    std::string line(expected);
    BOOST_TEST(warnings(patch) == (line.empty() ? line : line + '\n'), patch);
    BOOST_TEST(refusal(patch) == "", patch);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(warnings_of_admission)

BOOST_AUTO_TEST_CASE(autoquit_needs_autostart) {
  auto text = "spec.master.autoquit is ignored: without autostart Locust "
              "refuses --autoquit";
  check_warnings({{R"({"master":{"autostart":false}})", text},
                  {R"({"master":{"autostart":false,
                       "autoquit":{"enabled":true,"timeout":5}}})",
                   text},
                  {R"({"master":{"autostart":false,
                       "autoquit":{"enabled":false}}})",
                   ""},
                  {R"({"master":{"autostart":true}})", ""}});
}

BOOST_AUTO_TEST_CASE(the_exporter_needs_the_web_ui) {
  auto headless = "with --headless the master has no web UI, from which the "
                  "exporter reads the metrics, so there will be no metrics";
  auto elsewhere =
      "the metrics exporter reads http://localhost:8089, but the arguments "
      "move the web UI of the master, so there will be no metrics";
  check_warnings(
      {{R"({"master":{"command":"--headless -t 1m"}})", headless},
       {R"({"master":{"extraArgs":["--headless"]}})", headless},
       {R"({"master":{"command":"--headless --headful -t 1m"}})", ""},
       {R"({"master":{"command":"-P 80 -t 1m"}})", elsewhere},
       {R"({"master":{"command":"--web-base-path /x -t 1m"}})", elsewhere},
       {R"({"master":{"command":"--tls-cert c --tls-key k -t 1m"}})",
        elsewhere},
       {R"({"env":{"variables":[{"name":"LOCUST_WEB_PORT","value":"1"}]}})",
        elsewhere},
       {R"({"worker":{"command":"--headless"}})", ""},
       {R"({"master":{"command":"--headless -P 80 -t 1m"},
            "observability":{"openTelemetry":{"enabled":true,
                                              "endpoint":"e"}}})",
        ""}});
  operator_settings without;
  without.exporter.enabled = false;
  BOOST_TEST(warnings(R"({"master":{"command":"-P 80 -t 1m"}})", without) ==
             "");
}

BOOST_AUTO_TEST_CASE(flags_of_the_operator_are_named) {
  check_warnings(
      {{R"({"master":{"extraArgs":["--master-port=9","--autoquit","1",
                                   "--master-port","2"]}})",
        "spec.master.extraArgs overrides flags that the operator sets: "
        "--master-port, --autoquit"},
       {R"({"worker":{"extraArgs":["--master-host=x"]}})",
        "spec.worker.extraArgs overrides flags that the operator sets: "
        "--master-host"},
       {R"({"master":{"command":"-f a.py --expect-workers=1 --otel -t 1m"}})",
        "spec.master.command has flags that the operator overrides: "
        "--expect-workers, --otel"},
       {R"({"master":{"extraArgs":["--tags","x"]}})", ""}});
}

BOOST_AUTO_TEST_CASE(the_word_locust_is_the_image_s_own) {
  for (std::string role : {"master", "worker"}) {
    auto text = "spec." + role +
                ".command begins with the word \"locust\": the image already "
                "runs locust, which takes the word as the name of a user class";
    auto patch = "{\"" + role + R"(":{"command":" locust -f a.py -t 1m"}})";
    check_warnings({{patch, text}});
  }
  check_warnings({{R"({"master":{"command":"-f locust -t 1m"}})", ""}});
}

BOOST_AUTO_TEST_CASE(labels_of_the_operator_are_dropped) {
  check_warnings(
      {{R"({"master":{"labels":{"managed-by":"me","tier":"lead"}}})",
        "spec.master.labels[\"managed-by\"] is ignored: the operator sets it"},
       {R"({"worker":{"labels":{"performance-test-pod-name":"x"}}})",
        "spec.worker.labels[\"performance-test-pod-name\"] is ignored: the "
        "operator sets it"},
       {R"({"worker":{"labels":{"app":"x","performance-test-name":"y"}}})",
        ""}});
}

BOOST_AUTO_TEST_CASE(scheduling_that_the_settings_ignore_is_named) {
  auto patch = R"({"scheduling":{"affinity":{"podAffinity":{}},
                                 "tolerations":[{"operator":"Exists"}],
                                 "nodeSelector":{"a":"b"}}})";
  auto affinity = "spec.scheduling.affinity is ignored: the operator runs "
                  "without ENABLE_AFFINITY_CR_INJECTION\n";
  auto tolerations =
      "spec.scheduling.tolerations is ignored: the operator runs without "
      "ENABLE_TAINT_TOLERATIONS_CR_INJECTION\n";
  operator_settings settings;
  BOOST_TEST(warnings(patch) == std::string(affinity) + tolerations);
  settings.affinity_injection = true;
  BOOST_TEST(warnings(patch, settings) == tolerations);
  settings.tolerations_injection = true;
  BOOST_TEST(warnings(patch, settings) == "");
  check_warnings({{R"({"scheduling":{"affinity":{},"tolerations":[]}})", ""}});
}

BOOST_AUTO_TEST_CASE(open_telemetry_that_is_off_is_ignored) {
  auto text =
      "spec.observability.openTelemetry is ignored: enabled is not true";
  auto otel = [](std::string_view members) {
    return R"({"observability":{"openTelemetry":{)" + std::string(members) +
           "}}}";
  };
  check_warnings({{otel(R"("extraEnvVars":{"A":"b"})"), text},
                  {otel(R"("endpoint":"e","enabled":false)"), text},
                  {otel(R"("enabled":false,"extraEnvVars":{})"), ""},
                  {otel(R"("enabled":true,"endpoint":"e",
                           "extraEnvVars":{"A":"b"})"),
                   ""}});
}

BOOST_AUTO_TEST_CASE(a_volume_without_mount_is_in_no_pod) {
  check_warnings({{R"({"volumes":[{"name":"a"},{"name":"b"}],
            "volumeMounts":[{"name":"a","mountPath":"/a"}]})",
                   "volume \"b\" (spec.volumes[1]) is not used: no entry of "
                   "spec.volumeMounts references it"}});
}

BOOST_AUTO_TEST_CASE(names_that_begin_with_a_digit_need_a_new_api_server) {
  BOOST_TEST(warnings("{}", {}, "1a") ==
             "metadata.name begins with a digit: Kubernetes before 1.36 "
             "rejects a Service with that name\n");
  BOOST_TEST(warnings("{}", {}, "a1") == "");
}

BOOST_AUTO_TEST_CASE(warnings_are_as_long_as_the_api_server_passes_on) {
  std::string flags;
  for (int i = 0; i < 100; ++i)
    flags += (i == 0 ? "" : ",") + (R"({"name":")" + std::string(300, 'v') +
                                    std::to_string(i) + "\"}");
  auto found = judged(R"({"volumes":[)" + flags + "]}");
  size_t total = 0;
  for (const auto& text : found.warnings()) {
    BOOST_TEST(text.size() <= 256u);
    total += text.size();
  }
  BOOST_TEST(found.warnings().size() > 10u);
  BOOST_TEST(total <= 4096u);
  findings one;
  one.warning(std::string(1000, 'w') + "\n");
  BOOST_TEST(one.warnings().front() == std::string(250, 'w') + "...");
}

BOOST_AUTO_TEST_SUITE_END()
