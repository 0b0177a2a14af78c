#include "actors/configuration/configuration.hpp"
#include "actors/configuration/flags.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace locust;

namespace {

using variables = std::map<std::string, std::string, std::less<>>;
using values = std::map<std::string_view, std::string>;

configuration read(const values& flags, const variables& environment) {
  operator_options options;
  std::set<std::string_view> given;
  for (const auto& [name, text] : flags) {
    BOOST_REQUIRE(!store_flag(*find_flag(name), text, options));
    given.insert(name);
  }
  return read_configuration(options, given, [&](std::string_view name) {
    auto at = environment.find(name);
    return at == environment.end() ? std::nullopt : std::optional(at->second);
  });
}

const setting& row_of(const configuration& config, std::string_view name) {
  auto at = std::find_if(config.report.begin(), config.report.end(),
                         [&](const auto& row) { return row.name == name; });
  BOOST_REQUIRE(at != config.report.end());
  return *at;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(configurations)

BOOST_AUTO_TEST_CASE(nothing_given_is_all_defaults) {
  auto config = read({}, {});
  BOOST_TEST((config.options == operator_options{}));
  BOOST_TEST((config.settings == operator_settings{}));
  BOOST_TEST(config.warnings.empty());
  BOOST_TEST(config.errors.empty());
  BOOST_TEST(config.report.size() ==
             operator_flags().size() + environment_variables().size());
  for (const auto& row : config.report) {
    BOOST_TEST((row.source == setting_source::built_in), row.name);
    BOOST_TEST(row.remark.empty(), row.name);
  }
}

BOOST_AUTO_TEST_CASE(a_variable_sets_a_flag_that_is_not_given) {
  auto config = read({}, {{"WATCH_NAMESPACES", "a,b"}});
  BOOST_TEST((config.options.namespaces == std::vector<std::string>{"a", "b"}));
  const auto& row = row_of(config, "--watch-namespaces");
  BOOST_TEST((row.source == setting_source::environment));
  BOOST_TEST(row.variable == "WATCH_NAMESPACES");
  BOOST_TEST(row.value == "a,b");

  config = read({{"watch-namespaces", "c"}}, {{"WATCH_NAMESPACES", "a,,b"}});
  BOOST_TEST((config.options.namespaces == std::vector<std::string>{"c"}));
  BOOST_TEST(config.errors.empty());
  BOOST_TEST(
      (row_of(config, "--watch-namespaces").source == setting_source::flag));
}

BOOST_AUTO_TEST_CASE(an_invalid_value_is_an_error_that_quotes_it) {
  auto config = read({}, {{"WATCH_NAMESPACES", "a,Team B"}});
  BOOST_REQUIRE(config.errors.size() == 1u);
  BOOST_TEST(contains(config.errors[0].message,
                      "WATCH_NAMESPACES=\"a,Team B\" has 'Team B', which is "
                      "not a namespace name"));
  const auto& row = row_of(config, "--watch-namespaces");
  BOOST_TEST(row.value == "a,Team B");
  BOOST_TEST(contains(row.remark, "'Team B'"));
}

BOOST_AUTO_TEST_CASE(the_service_mode_is_a_setting_of_the_children) {
  struct row {
    values flags;
    variables environment;
    service_mode mode;
  };
  const variables headless = {{"SERVICE_MODE", "headless"}};
  for (const auto& [flags, environment, mode] :
       {row{{}, {}, service_mode::cluster_ip},
        row{{}, {{"SERVICE_MODE", ""}}, service_mode::cluster_ip},
        row{{}, headless, service_mode::headless},
        row{{{"service-mode", "headless"}}, {}, service_mode::headless},
        row{{{"service-mode", "cluster-ip"}},
            headless,
            service_mode::cluster_ip}}) {
    auto config = read(flags, environment);
    BOOST_TEST((config.settings.master_service == mode));
    BOOST_TEST(config.errors.empty());
  }
  auto config = read({}, {{"SERVICE_MODE", "None"}});
  BOOST_REQUIRE(config.errors.size() == 1u);
  BOOST_TEST(config.errors[0].message ==
             "SERVICE_MODE=\"None\" is not cluster-ip or headless");
}

BOOST_AUTO_TEST_CASE(enable_webhooks_works_with_a_deprecation_warning) {
  struct row {
    const char* variable;
    const char* flag;
    bool enabled;
    size_t warnings;
  };
  for (auto [variable, flag, enabled, warnings] :
       {row{"", nullptr, false, 0}, row{"true", nullptr, true, 1},
        row{"1", nullptr, true, 1}, row{"false", nullptr, false, 1},
        row{"maybe", nullptr, false, 2}, row{"true", "false", false, 1},
        row{"false", "true", true, 1}, row{"maybe", "true", true, 1}}) {
    values flags{{"webhook-cert-path", "/certs"}};
    if (flag != nullptr)
      flags.emplace("enable-webhooks", flag);
    auto config = read(flags, {{"ENABLE_WEBHOOKS", variable}});
    BOOST_TEST(config.options.webhook.enabled == enabled, variable);
    BOOST_TEST(config.warnings.size() == warnings, variable);
    BOOST_TEST(config.errors.empty(), variable);
    if (warnings > 0)
      BOOST_TEST(contains(config.warnings[0],
                          "ENABLE_WEBHOOKS is deprecated; use "
                          "--enable-webhooks"));
    if (warnings > 1)
      BOOST_TEST(config.warnings[1] == "ENABLE_WEBHOOKS=\"maybe\" is neither "
                                       "true nor false; ignored");
  }
}

BOOST_AUTO_TEST_CASE(the_kubeconfig_of_the_environment_is_only_reported) {
  auto config = read({}, {{"KUBECONFIG", "/a:/b"}});
  BOOST_TEST(config.options.kubeconfig.empty());
  BOOST_TEST(row_of(config, "--kubeconfig").value == "/a:/b");
  config = read({{"kubeconfig", "/c"}}, {{"KUBECONFIG", "/a:/b"}});
  BOOST_TEST(row_of(config, "--kubeconfig").value == "/c");
}

BOOST_AUTO_TEST_CASE(webhooks_need_one_source_of_their_certificate) {
  auto config = read({{"enable-webhooks", "true"}}, {});
  BOOST_REQUIRE(config.errors.size() == 1u);
  BOOST_TEST(contains(config.errors[0].message, "--webhook-cert-path"));
  BOOST_TEST(contains(config.errors[0].message, "--webhook-self-managed"));
  BOOST_TEST(read({}, {{"ENABLE_WEBHOOKS", "true"}}).errors.size() == 1u);
  BOOST_TEST(read({{"enable-webhooks", "true"},
                   {"webhook-self-managed-certs", "true"}},
                  {})
                 .errors.empty());
  BOOST_TEST(read({{"webhook-cert-path", "/certs"}}, {}).errors.empty());
  config = read({{"enable-webhooks", "true"},
                 {"webhook-cert-path", "/certs"},
                 {"webhook-self-managed-certs", "true"}},
                {});
  BOOST_REQUIRE(config.errors.size() == 1u);
  BOOST_TEST(contains(config.errors[0].message, "set one of them"));
}

BOOST_AUTO_TEST_CASE(servers_listen_in_different_places) {
  auto errors = [](const char* probes, const char* webhooks,
                   const char* enabled = "true") {
    return read({{"health-probe-bind-address", probes},
                 {"webhook-bind-address", webhooks},
                 {"enable-webhooks", enabled},
                 {"webhook-cert-path", "/certs"}},
                {})
        .errors;
  };
  BOOST_REQUIRE(errors(":81", ":81").size() == 1u);
  BOOST_TEST(errors(":81", ":81")[0].message ==
             "--health-probe-bind-address=:81 and --webhook-bind-address=:81 "
             "are the same address; use different ports");
  BOOST_TEST(errors(":81", "127.0.0.1:81").size() == 1u);
  BOOST_TEST(errors("127.0.0.1:81", "127.0.0.1:81").size() == 1u);
  BOOST_TEST(errors("[::1]:81", "127.0.0.1:81").empty());
  BOOST_TEST(errors(":81", ":82").empty());
  BOOST_TEST(errors(":0", ":0").empty());
  BOOST_TEST(errors("0", ":81").empty());
  BOOST_TEST(errors(":81", ":81", "false").empty());
}

BOOST_AUTO_TEST_CASE(a_leader_ends_before_its_lease_does) {
  auto errors = [](const char* lease, const char* renew, const char* retry) {
    return read({{"leader-elect-lease-duration", lease},
                 {"leader-elect-renew-deadline", renew},
                 {"leader-elect-retry-period", retry}},
                {})
        .errors;
  };
  BOOST_TEST(errors("15s", "10s", "2s").empty());
  BOOST_TEST(errors("2s", "1s", "100ms").empty());
  BOOST_TEST(errors("7s", "6001ms", "5s").empty());
  BOOST_REQUIRE(errors("10s", "10s", "2s").size() == 1u);
  BOOST_TEST(errors("10s", "10s", "2s")[0].message ==
             "--leader-elect-lease-duration=10s must be greater than "
             "--leader-elect-renew-deadline=10s");
  BOOST_REQUIRE(errors("15s", "6s", "5s").size() == 1u);
  BOOST_TEST(errors("15s", "6s", "5s")[0].message ==
             "--leader-elect-renew-deadline=6s must be greater than 1.2 times "
             "--leader-elect-retry-period=5s");
  BOOST_TEST(errors("1500ms", "1s", "100ms").size() == 1u);
  BOOST_TEST(errors("15s", "10s", "0").size() == 1u);
  BOOST_TEST(errors("0", "0", "0").size() == 4u);
  BOOST_TEST(errors("15s", "2000000h", "2500000h").size() == 2u);
}

BOOST_AUTO_TEST_CASE(every_problem_is_reported_in_one_go) {
  auto config = read({{"enable-webhooks", "true"}, {"enable-http2", "true"}},
                     {{"WATCH_NAMESPACES", "a,a"},
                      {"POD_CPU_REQUEST", "abc"},
                      {"METRICS_EXPORTER_PORT", "abc"},
                      {"DEFAULT_RUNTIME_CLASS_NAME", "A"}});
  BOOST_TEST(config.errors.size() == 4u);
  BOOST_TEST(config.warnings.size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_report_has_effective_values_and_faults) {
  auto config =
      read({{"context", "c"}}, {{"POD_CPU_REQUEST", "abc"},
                                {"POD_MEM_LIMIT", "2Gi"},
                                {"METRICS_EXPORTER_PORT", "abc"},
                                {"JOB_TTL_SECONDS_AFTER_FINISHED", "-1"}});
  const auto& flag = row_of(config, "--context");
  BOOST_TEST((flag.source == setting_source::flag));
  BOOST_TEST(flag.value == "c");
  const auto& good = row_of(config, "POD_MEM_LIMIT");
  BOOST_TEST((good.source == setting_source::environment));
  BOOST_TEST(good.value == "2Gi");
  const auto& fatal = row_of(config, "POD_CPU_REQUEST");
  BOOST_TEST((fatal.source == setting_source::environment));
  BOOST_TEST(fatal.value == "abc");
  BOOST_TEST(contains(fatal.remark, "is not a Kubernetes quantity"));
  const auto& ignored = row_of(config, "METRICS_EXPORTER_PORT");
  BOOST_TEST((ignored.source == setting_source::built_in));
  BOOST_TEST(ignored.value == "9646");
  BOOST_TEST(
      contains(ignored.remark, "\"abc\" is not a 32-bit decimal integer"));
  const auto& odd = row_of(config, "JOB_TTL_SECONDS_AFTER_FINISHED");
  BOOST_TEST(odd.value == "-1");
  BOOST_TEST(contains(odd.remark, "should be 0 or more"));
}

BOOST_AUTO_TEST_CASE(secrets_are_reported_without_their_value) {
  for (auto* value : {"hush", "\xff"}) {
    auto config = read(
        {}, {{"KAFKA_PASSWORD", value}, {"KAFKA_SASL_JAAS_CONFIG", value}});
    for (const auto& row : config.report) {
      BOOST_TEST(!contains(row.value, value), row.name);
      BOOST_TEST(!contains(row.remark, value), row.name);
    }
    for (const auto& warning : config.warnings)
      BOOST_TEST(!contains(warning, value));
  }
  BOOST_TEST(
      row_of(read({}, {{"KAFKA_PASSWORD", "x"}}), "KAFKA_PASSWORD").value ==
      "(not shown)");
  BOOST_TEST(row_of(read({}, {}), "KAFKA_PASSWORD").value.empty());
}

BOOST_AUTO_TEST_SUITE_END()
