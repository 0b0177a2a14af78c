#include "actors/configuration/environment.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace locust;

namespace {

using variables = std::map<std::string, std::string, std::less<>>;

environment_outcome read(const variables& all) {
  return read_environment([&](std::string_view name) {
    auto at = all.find(name);
    return at == all.end() ? std::nullopt : std::optional(at->second);
  });
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(environment)

BOOST_AUTO_TEST_CASE(nothing_set_gives_the_built_in_defaults) {
  auto outcome = read({});
  BOOST_TEST((outcome.settings == operator_settings{}));
  BOOST_TEST(outcome.warnings.empty());
  BOOST_TEST(outcome.errors.empty());

  const auto& s = outcome.settings;
  BOOST_TEST(!s.job_ttl_seconds.has_value());
  BOOST_TEST(s.pod.cpu_request == "250m");
  BOOST_TEST(s.pod.memory_request == "128Mi");
  BOOST_TEST(s.pod.ephemeral_request == "30M");
  BOOST_TEST(s.pod.cpu_limit == "1000m");
  BOOST_TEST(s.pod.memory_limit == "1024Mi");
  BOOST_TEST(s.pod.ephemeral_limit == "50M");
  BOOST_TEST((s.exporter.resources == s.pod));
  BOOST_TEST((s.master_pod == compute_resources{}));
  BOOST_TEST((s.worker_pod == compute_resources{}));
  BOOST_TEST(s.exporter.enabled);
  BOOST_TEST(s.exporter.image == "containersol/locust_exporter:v0.5.0");
  BOOST_TEST(s.exporter.port == 9646);
  BOOST_TEST(s.exporter.pull_policy == "Always");
  BOOST_TEST(s.kafka.bootstrap_servers == "localhost:9092");
  BOOST_TEST(!s.kafka.security_enabled);
  BOOST_TEST(s.kafka.security_protocol == "SASL_PLAINTEXT");
  BOOST_TEST(s.kafka.sasl_mechanism == "SCRAM-SHA-512");
  BOOST_TEST(s.kafka.password.empty());
  BOOST_TEST(!s.affinity_injection);
  BOOST_TEST(!s.tolerations_injection);
  BOOST_TEST(s.default_runtime_class.empty());
  BOOST_TEST(s.pod_health_grace.count() == 120);
}

BOOST_AUTO_TEST_CASE(empty_means_default_for_every_variable) {
  variables all;
  for (const auto& row : environment_variables())
    all[std::string(row.name)] = "";
  auto outcome = read(all);
  BOOST_TEST((outcome.settings == operator_settings{}));
  BOOST_TEST(outcome.warnings.empty());
  BOOST_TEST(outcome.errors.empty());
}

BOOST_AUTO_TEST_CASE(every_variable_reaches_a_member_of_its_own) {
  std::set<std::string_view> names;
  std::vector<operator_settings> results;
  for (const auto& row : environment_variables()) {
    BOOST_TEST(names.insert(row.name).second, row.name);
    auto text = row.kind == variable_kind::boolean                 ? "true"
                : row.kind == variable_kind::dns_subdomain         ? "gvisor"
                : row.name == "METRICS_EXPORTER_IMAGE_PULL_POLICY" ? "Never"
                                                                   : "17";
    auto outcome = read({{std::string(row.name), text}});
    BOOST_TEST(outcome.warnings.empty(), row.name);
    BOOST_TEST(outcome.errors.empty(), row.name);
    BOOST_TEST(value_text(row, outcome.settings) == text, row.name);
    for (const auto& other : results)
      BOOST_TEST((other != outcome.settings), row.name);
    results.push_back(outcome.settings);
  }
  BOOST_TEST(names.size() == 40u);
}

BOOST_AUTO_TEST_CASE(rows_can_be_documented) {
  for (const auto& row : environment_variables()) {
    BOOST_TEST(!row.meaning.empty(), row.name);
    BOOST_TEST(!to_string(row.kind).empty(), row.name);
    BOOST_TEST(row.check.empty() == (row.plausible == nullptr), row.name);
  }
}

BOOST_AUTO_TEST_CASE(bools_are_exactly_these_words) {
  auto security = [](const char* text) {
    return read({{"KAFKA_SECURITY_ENABLED", text},
                 {"ENABLE_AFFINITY_CR_INJECTION", text}});
  };
  for (auto* text : {"1", "t", "T", "TRUE", "true", "True"}) {
    auto outcome = security(text);
    BOOST_TEST(outcome.settings.kafka.security_enabled, text);
    BOOST_TEST(outcome.settings.affinity_injection, text);
    BOOST_TEST(outcome.warnings.empty(), text);
  }
  for (auto* text : {"0", "f", "F", "FALSE", "false", "False"}) {
    auto outcome = security(text);
    BOOST_TEST(!outcome.settings.kafka.security_enabled, text);
    BOOST_TEST(outcome.warnings.empty(), text);
  }
  for (auto* text : {"yes", "on", "tRUE", " true", "true ", "2", "-1"}) {
    auto outcome = security(text);
    BOOST_TEST(!outcome.settings.kafka.security_enabled, text);
    BOOST_TEST(outcome.warnings.size() == 2u, text);
    BOOST_TEST(outcome.errors.empty(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_warning_names_variable_value_and_default) {
  auto outcome = read({{"METRICS_EXPORTER_PORT", "abc"},
                       {"KAFKA_SECURITY_ENABLED", "yes"},
                       {"JOB_TTL_SECONDS_AFTER_FINISHED", "1h"}});
  BOOST_REQUIRE(outcome.warnings.size() == 3u);
  BOOST_TEST(outcome.warnings[0] ==
             "JOB_TTL_SECONDS_AFTER_FINISHED=\"1h\" is not a 32-bit decimal "
             "integer; ignoring it");
  BOOST_TEST(outcome.warnings[1] ==
             "METRICS_EXPORTER_PORT=\"abc\" is not a 32-bit decimal integer; "
             "using the default 9646");
  BOOST_TEST(contains(outcome.warnings[2], "KAFKA_SECURITY_ENABLED=\"yes\""));
  BOOST_TEST(contains(outcome.warnings[2], "using the default false"));
  BOOST_TEST(outcome.settings.exporter.port == 9646);
  BOOST_TEST(!outcome.settings.job_ttl_seconds.has_value());
}

BOOST_AUTO_TEST_CASE(integers_are_decimal_with_a_sign_and_32_bits) {
  struct row {
    const char* text;
    std::optional<int32_t> value;
  };
  for (auto [text, value] :
       std::initializer_list<row>{{"0", 0},
                                  {"600", 600},
                                  {"+600", 600},
                                  {"-1", -1},
                                  {"007", 7},
                                  {"2147483647", 2147483647},
                                  {"-2147483648", -2147483647 - 1},
                                  {"2147483648", {}},
                                  {"-2147483649", {}},
                                  {"1.0", {}},
                                  {"1e3", {}},
                                  {"0x10", {}},
                                  {" 1", {}},
                                  {"1 ", {}},
                                  {"+", {}},
                                  {"-", {}},
                                  {"+-1", {}},
                                  {"--1", {}},
                                  {"1_000", {}}}) {
    auto outcome = read({{"JOB_TTL_SECONDS_AFTER_FINISHED", text}});
    BOOST_TEST((outcome.settings.job_ttl_seconds == value), text);
    BOOST_TEST(outcome.warnings.empty() ==
                   (value.has_value() && value.value() >= 0),
               text);
  }
}

BOOST_AUTO_TEST_CASE(every_bad_quantity_and_name_is_reported_in_one_go) {
  auto outcome = read({{"POD_CPU_REQUEST", "abc"},
                       {"POD_MEM_LIMIT", "1GG"},
                       {"WORKER_POD_CPU_LIMIT", "2 "},
                       {"METRICS_EXPORTER_MEM_REQUEST", "64Mi"},
                       {"DEFAULT_RUNTIME_CLASS_NAME", "gVisor_Sandbox"}});
  BOOST_REQUIRE(outcome.errors.size() == 4u);
  for (const auto& problem : outcome.errors)
    BOOST_TEST((problem.code == errc::bad_setting));
  BOOST_TEST(outcome.errors[0].message ==
             "POD_CPU_REQUEST=\"abc\" is not a Kubernetes quantity such as "
             "250m, 1.5Gi or 2");
  BOOST_TEST(contains(outcome.errors[1].message, "POD_MEM_LIMIT=\"1GG\""));
  BOOST_TEST(
      contains(outcome.errors[2].message, "WORKER_POD_CPU_LIMIT=\"2 \""));
  BOOST_TEST(contains(outcome.errors[3].message,
                      "DEFAULT_RUNTIME_CLASS_NAME=\"gVisor_Sandbox\" is not a "
                      "DNS-1123 subdomain"));
  BOOST_TEST(outcome.settings.exporter.resources.memory_request == "64Mi");
}

BOOST_AUTO_TEST_CASE(the_text_of_a_quantity_is_kept_as_it_was_written) {
  auto outcome = read({{"MASTER_POD_CPU_LIMIT", "0.50"}});
  BOOST_TEST(outcome.settings.master_pod.cpu_limit == "0.50");
}

BOOST_AUTO_TEST_CASE(
    values_that_will_be_refused_later_are_used_with_a_warning) {
  struct row {
    const char* name;
    const char* text;
    bool warns;
  };
  for (auto [name, text, warns] : std::initializer_list<row>{
           {"METRICS_EXPORTER_PORT", "0", true},
           {"METRICS_EXPORTER_PORT", "70000", true},
           {"METRICS_EXPORTER_PORT", "5557", true},
           {"METRICS_EXPORTER_PORT", "8089", true},
           {"METRICS_EXPORTER_PORT", "65535", false},
           {"METRICS_EXPORTER_IMAGE_PULL_POLICY", "always", true},
           {"METRICS_EXPORTER_IMAGE_PULL_POLICY", "IfNotPresent", false},
           {"JOB_TTL_SECONDS_AFTER_FINISHED", "-1", true},
           {"JOB_TTL_SECONDS_AFTER_FINISHED", "0", false}}) {
    auto outcome = read({{name, text}});
    BOOST_TEST(outcome.warnings.size() == (warns ? 1u : 0u), text);
    BOOST_TEST(outcome.errors.empty());
    for (const auto& row : environment_variables())
      if (row.name == name)
        BOOST_TEST(value_text(row, outcome.settings) == text);
  }
}

BOOST_AUTO_TEST_CASE(the_grace_period_is_not_negative) {
  BOOST_TEST(read({{"POD_HEALTH_GRACE_SECONDS", "0"}})
                 .settings.pod_health_grace.count() == 0);
  auto outcome = read({{"POD_HEALTH_GRACE_SECONDS", "-5"}});
  BOOST_TEST(outcome.settings.pod_health_grace.count() == 120);
  BOOST_REQUIRE(outcome.warnings.size() == 1u);
  BOOST_TEST(contains(outcome.warnings[0], "using the default 120"));
}

BOOST_AUTO_TEST_CASE(a_long_or_broken_value_is_truncated_and_repaired) {
  auto outcome = read({{"POD_CPU_LIMIT", "\xff" + std::string(5000, 'x')}});
  BOOST_REQUIRE(outcome.errors.size() == 1u);
  BOOST_TEST(outcome.errors[0].message.size() < 300u);
  BOOST_TEST(contains(outcome.errors[0].message, "=\"?xxx"));
}

BOOST_AUTO_TEST_CASE(a_text_that_no_manifest_could_carry_is_left_out) {
  auto outcome = read({{"KAFKA_USERNAME", "p\xc3\xa4"},
                       {"KAFKA_BOOTSTRAP_SERVERS", "a\xe4"},
                       {"KAFKA_PASSWORD", "hunter2\xff"}});
  BOOST_TEST(outcome.settings.kafka.username == "p\xc3\xa4");
  BOOST_TEST(outcome.settings.kafka.bootstrap_servers == "localhost:9092");
  BOOST_TEST(outcome.settings.kafka.password.empty());
  BOOST_REQUIRE(outcome.warnings.size() == 2u);
  BOOST_TEST(outcome.warnings[0] ==
             "KAFKA_BOOTSTRAP_SERVERS=\"a?\" is not text in UTF-8; using the "
             "default localhost:9092");
  BOOST_TEST(outcome.warnings[1] ==
             "KAFKA_PASSWORD (its value is not shown) is not text in UTF-8; "
             "ignoring it");
}

BOOST_AUTO_TEST_CASE(secrets_are_marked) {
  std::set<std::string_view> secrets;
  for (const auto& row : environment_variables())
    if (row.secret)
      secrets.insert(row.name);
  BOOST_TEST((secrets == std::set<std::string_view>{"KAFKA_PASSWORD",
                                                    "KAFKA_SASL_JAAS_CONFIG"}));
}

BOOST_AUTO_TEST_CASE(the_environment_of_the_process_is_looked_up) {
  BOOST_TEST(!process_environment("PATH").value().empty());
  BOOST_TEST(!process_environment("LOCUST_OPERATOR_NOT_SET").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
