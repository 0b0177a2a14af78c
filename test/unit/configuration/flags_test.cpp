#include "actors/configuration/flags.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace locust;

namespace {

std::string problem(std::string_view name, std::string_view text,
                    operator_options* into = nullptr) {
  operator_options options;
  auto wrong = store_flag(*find_flag(name), text, into ? *into : options);
  return wrong.value_or("");
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A value for this flag other than its default.
std::string_view another_value(const operator_flag& flag) {
  if (flag.is_boolean())
    return value_text(flag, {}) == "true" ? "false" : "true";
  if (flag.value_name == "ADDRESS")
    return ":17";
  if (flag.value_name == "DURATION")
    return "17m";
  if (flag.value_name == "A,B")
    return "a,b";
  if (flag.value_name == "LEVEL")
    return "panic";
  if (flag.name == "zap-encoder" || flag.name == "log-format")
    return "json";
  if (flag.value_name == "N")
    return "17";
  if (flag.name == "after-end")
    return "leave";
  if (flag.name == "master-access")
    return "proxy";
  if (flag.name == "reports")
    return "off";
  if (flag.name == "service-mode")
    return "headless";
  if (flag.name == "zap-time-encoding")
    return "iso8601";
  return "other";
}

} // namespace

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(the_defaults_are_those_of_the_go_operator) {
  struct row {
    const char* name;
    const char* value;
  };
  for (auto [name, value] : {row{"metrics-bind-address", "0"},
                             row{"metrics-secure", "true"},
                             row{"metrics-cert-path", ""},
                             row{"metrics-cert-name", "tls.crt"},
                             row{"metrics-cert-key", "tls.key"},
                             row{"health-probe-bind-address", ":8081"},
                             row{"leader-elect", "false"},
                             row{"leader-elect-lease-duration", "15s"},
                             row{"leader-elect-renew-deadline", "10s"},
                             row{"leader-elect-retry-period", "2s"},
                             row{"leader-elect-namespace", ""},
                             row{"enable-webhooks", "false"},
                             row{"webhook-cert-path", ""},
                             row{"webhook-cert-name", "tls.crt"},
                             row{"webhook-cert-key", "tls.key"},
                             row{"webhook-cert-wait-timeout", "2m"},
                             row{"enable-http2", "false"},
                             row{"kubeconfig", ""},
                             row{"after-end", "suspend"},
                             row{"master-access", "auto"},
                             row{"live-status-qps", "5"},
                             row{"metrics-max-tests", "500"},
                             row{"reports", "on"},
                             row{"service-mode", "cluster-ip"},
                             row{"zap-log-level", ""},
                             row{"zap-devel", "false"},
                             row{"zap-stacktrace-level", "error"},
                             row{"zap-encoder", ""},
                             row{"zap-time-encoding", ""},
                             row{"log-format", ""}}) {
    const auto* flag = find_flag(name);
    BOOST_REQUIRE_MESSAGE(flag != nullptr, name);
    BOOST_TEST(value_text(*flag, {}) == value, name);
  }
}

BOOST_AUTO_TEST_CASE(every_flag_reaches_a_member_of_its_own) {
  std::set<std::string_view> names;
  std::vector<operator_options> results;
  for (const auto& flag : operator_flags()) {
    BOOST_TEST(names.insert(flag.name).second, flag.name);
    operator_options options;
    BOOST_TEST(!store_flag(flag, another_value(flag), options), flag.name);
    BOOST_TEST(value_text(flag, options) == another_value(flag), flag.name);
    for (const auto& other : results)
      BOOST_TEST((other != options), flag.name);
    results.push_back(options);
  }
}

BOOST_AUTO_TEST_CASE(rows_can_be_documented) {
  auto group = flag_group::cluster;
  for (const auto& flag : operator_flags()) {
    BOOST_TEST(!flag.meaning.empty(), flag.name);
    BOOST_TEST(!to_string(flag.group).empty(), flag.name);
    // Otherwise a heading would appear twice.
    BOOST_TEST((group <= flag.group), flag.name);
    group = flag.group;
    BOOST_TEST(
        flag.is_boolean() ==
            std::holds_alternative<bool& (*)(operator_options&)>(flag.target),
        flag.name);
  }
}

BOOST_AUTO_TEST_CASE(an_address_can_be_none_where_a_server_can_be_missing) {
  operator_options options;
  BOOST_TEST(problem("metrics-bind-address", "", &options).empty());
  BOOST_TEST((options.metrics.address == bind_address{"", 8080}));
  BOOST_TEST(problem("metrics-bind-address", "0", &options).empty());
  BOOST_TEST(!options.metrics.address.has_value());
  BOOST_TEST(problem("health-probe-bind-address", "", &options).empty());
  BOOST_TEST(!options.probes.has_value());
  BOOST_TEST(!problem("webhook-bind-address", "").empty());
  BOOST_TEST(!problem("webhook-bind-address", "0").empty());
}

BOOST_AUTO_TEST_CASE(a_bad_value_is_explained) {
  struct row {
    const char* name;
    const char* text;
    const char* why;
  };
  for (auto [name, text, why] : {
           row{"leader-elect", "yes", "is neither true nor false"},
           row{"webhook-cert-wait-timeout", "2",
               "is not a duration such as 90s, 2m, 1h30m or 0"},
           row{"webhook-bind-address", "9443",
               "is not a bind address: the port is missing; examples are "
               ":8081, 127.0.0.1:8081 and [::1]:8081"},
           row{"health-probe-bind-address", "8081",
               "is not a bind address: the port is missing; examples are "
               ":8081, 127.0.0.1:8081 and [::1]:8081, or 0 for none"},
           row{"zap-log-level", "loud",
               "is not debug, info, error, panic or an integer greater than 0"},
           row{"zap-log-level", "0",
               "is not debug, info, error, panic or an integer greater than 0"},
           row{"zap-stacktrace-level", "debug", "is not info, error or panic"},
           row{"zap-encoder", "xml", "is not json or console"},
           row{"log-format", "console", "is not text or json"},
           row{"master-access", "Proxy", "is not auto, direct, proxy or off"},
           row{"live-status-qps", "-1", "is not a whole number of 0 or more"},
           row{"metrics-max-tests", "-1", "is not a whole number of 0 or more"},
           row{"live-status-qps", "0.5", "is not a whole number of 0 or more"},
           row{"webhook-cert-key", "a/b",
               "is not the name of a file in that directory"},
       })
    BOOST_TEST(problem(name, text) == why);
  for (auto* name : {"webhook-service-name", "webhook-secret-name",
                     "webhook-configuration-name"})
    for (auto* text : {"", "A", "a_b", "-a"})
      BOOST_TEST(contains(problem(name, text), "DNS-1123"), name);
  BOOST_TEST(contains(problem("webhook-namespace", "a.b"), "a namespace"));
}

BOOST_AUTO_TEST_CASE(namespaces_are_a_list_of_labels_without_repetition) {
  operator_options options;
  BOOST_TEST(problem("watch-namespaces", "perf", &options).empty());
  BOOST_TEST(options.namespaces.size() == 1u);
  BOOST_TEST(problem("watch-namespaces", "perf,team-2", &options).empty());
  BOOST_TEST(
      (options.namespaces == std::vector<std::string>{"perf", "team-2"}));
  for (auto* text : {",", "a,", ",a", "a,,b"})
    BOOST_TEST(contains(problem("watch-namespaces", text), "an empty entry"),
               text);
  BOOST_TEST(contains(problem("watch-namespaces", "a, b"), "has ' b', which"));
  BOOST_TEST(
      contains(problem("watch-namespaces", "a,b.c"), "has 'b.c', which"));
  BOOST_TEST(contains(problem("watch-namespaces", std::string(64, 'a')),
                      "at most 63 characters"));
  BOOST_TEST(problem("watch-namespaces", "a,b,a") == "names 'a' twice");
  problem("watch-namespaces", "a,b,a", &options);
  BOOST_TEST(options.namespaces.size() == 2u);
  BOOST_TEST(problem("watch-namespaces", "", &options).empty());
  BOOST_TEST(options.namespaces.empty());
}

BOOST_AUTO_TEST_CASE(levels_are_those_of_spdlog) {
  struct row {
    const char* level;
    bool devel;
    const char* expected;
  };
  for (auto [level, devel, expected] :
       {row{"", false, "info"}, row{"", true, "debug"},
        row{"info", true, "info"}, row{"debug", false, "debug"},
        row{"DEBUG", false, "debug"}, row{"error", false, "error"},
        row{"panic", false, "critical"}, row{"1", false, "debug"},
        row{"2", false, "trace"}, row{"+10", false, "trace"}}) {
    log_options log;
    BOOST_TEST(problem("zap-log-level", *level ? level : "info").empty());
    log.level = level;
    log.devel = devel;
    BOOST_TEST(log_level(log) == expected);
  }
}

BOOST_AUTO_TEST_CASE(the_log_format_has_a_flag_of_each_operator) {
  struct row {
    const char* format;
    const char* encoder;
    bool json;
  };
  for (auto [format, encoder, json] :
       {row{"", "", false}, row{"text", "", false}, row{"json", "", true},
        row{"JSON", "", true}, row{"", "console", false}, row{"", "json", true},
        row{"text", "json", false}, row{"json", "console", true}}) {
    log_options log;
    log.format = format;
    log.encoder = encoder;
    BOOST_TEST(logs_json(log) == json, format << "," << encoder);
  }
}

BOOST_AUTO_TEST_CASE(options_without_effect_are_logged) {
  operator_options options;
  BOOST_TEST(settings_without_effect(options).empty());
  options.http2 = true;
  auto sentences = settings_without_effect(options);
  BOOST_REQUIRE(sentences.size() == 1u);
  BOOST_TEST(contains(sentences[0], "HTTP/1.1 only"));
}

BOOST_AUTO_TEST_SUITE_END()
