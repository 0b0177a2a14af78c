#include "actors/resource_builder/spec_facts.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <optional>
#include <string>

using namespace locust;

namespace {

/// The address in one line: `port path`, with `https` at the end, or `none`.
std::string shown(const result<web_ui_address>& address) {
  if (!address)
    return "none";
  auto line = std::to_string(address->port);
  if (!address->base_path.empty())
    line += ' ' + address->base_path;
  return line + (address->https ? " https" : "");
}

std::string quoted(std::string_view text) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return buffer.GetString();
}

} // namespace

BOOST_AUTO_TEST_SUITE(facts_of_a_spec)

BOOST_AUTO_TEST_CASE(a_hash_is_the_front_of_the_sha256) {
  BOOST_TEST(spec_hash("") == "e3b0c44298fc1c14");
  BOOST_TEST(spec_hash("abc") == "ba7816bf8f01cfea");
  BOOST_TEST(spec_hash(R"({"a":1})") != spec_hash(R"({"a":2})"));
}

BOOST_AUTO_TEST_CASE(expected_workers_are_the_replicas_if_there_are_any) {
  struct row {
    std::string_view spec;
    int32_t expected;
  };
  for (auto [spec, expected] : std::initializer_list<row>{
           {R"({"worker":{"replicas":5}})", 5},
           {R"({"worker":{"replicas":0}})", 0},
           {R"({"worker":{"replicas":-3}})", 0},
           {R"({"worker":{"replicas":99999999999}})", 2147483647},
           {R"({"worker":{"replicas":"5"}})", 0},
           {R"({"worker":[]})", 0},
           {"{}", 0},
           {"null", 0},
           {"{", 0}})
    BOOST_TEST(expected_workers(spec) == expected, spec);
}

BOOST_AUTO_TEST_CASE(a_master_stays_after_the_load) {
  struct row {
    std::string_view spec;
    std::optional<int> seconds;
  };
  for (auto [spec, seconds] : std::initializer_list<row>{
           {"{}", 60},
           {R"({"master":{"autoquit":{"enabled":true}}})", 60},
           {R"({"master":{"autoquit":{"timeout":0}}})", 0},
           {R"({"master":{"autoquit":{"enabled":true,"timeout":7}}})", 7},
           {R"({"master":{"autoquit":{"timeout":-1}}})", 60},
           {R"({"master":{"autoquit":{"enabled":false,"timeout":7}}})", {}},
           {"{", {}}}) {
    auto stays = stays_after_load(spec);
    BOOST_TEST(stays.has_value() == seconds.has_value(), spec);
    BOOST_TEST((!stays || stays->count() == *seconds), spec);
  }
}

BOOST_AUTO_TEST_CASE(the_command_line_says_where_the_web_ui_is) {
  struct row {
    std::string_view command;
    std::string_view expected;
  };
  for (auto [command, expected] : std::initializer_list<row>{
           {"", "8089"},
           {"-f a.py --users 5", "8089"},
           {"-f a.py --headless", "none"},
           {"-f a.py --headless --headful", "8089"},
           {"-f a.py --headless-not", "8089"},
           {"--tags headless", "8089"},
           {"--web-login", "none"},
           {"--web-port 8090", "8090"},
           {"--web-port=8090", "8090"},
           {"-P 8090", "8090"},
           {"-P8090", "8090"},
           {"-P=8090", "8090"},
           {"-P 1 --web-port 2", "2"},
           {"--web-port 1 -P 2", "2"},
           {"--web-port", "none"},
           {"-P", "none"},
           {"--web-port 0", "none"},
           {"--web-port 65535", "65535"},
           {"--web-port 65536", "none"},
           {"--web-port $(PORT)", "none"},
           {"--web-base-path /locust", "8089 /locust"},
           {"--web-base-path=/a/b/", "8089 /a/b"},
           {"--web-base-path '/a b'", "8089 /a b"},
           {"--web-base-path /", "8089"},
           {"--web-base-path locust", "none"},
           {"--web-host 0.0.0.0", "8089"},
           {"--web-host localhost", "none"},
           {"--web-host 127.0.0.1", "none"},
           {"--web-host=::1", "none"},
           {"--tls-cert c --tls-key k", "8089 https"},
           {"--tls-cert c", "8089"},
           {"--tls-cert=c --tls-key=k -P 443 --web-base-path /x",
            "443 /x https"},
           {"--host 'unbalanced", "none"}}) {
    auto spec = R"({"master":{"command":)" + quoted(command) + "}}";
    BOOST_TEST(shown(web_ui(spec)) == expected, command);
  }
}

BOOST_AUTO_TEST_CASE(extra_arguments_count_after_the_seed) {
  BOOST_TEST(shown(web_ui(R"({"master":{"command":"-P 1","extraArgs":
                     ["--web-port","2","--web-base-path","/x y"]}})")) ==
             "2 /x y");
  BOOST_TEST(shown(web_ui(R"({"master":{"command":"","extraArgs":
                     ["--headless"]}})")) == "none");
}

BOOST_AUTO_TEST_CASE(literal_variables_count_where_no_argument_does) {
  struct row {
    std::string_view command;
    std::string_view variables;
    std::string_view expected;
  };
  for (auto [command, variables, expected] : std::initializer_list<row>{
           {"", R"({"name":"LOCUST_WEB_PORT","value":"90"})", "90"},
           {"-P 91", R"({"name":"LOCUST_WEB_PORT","value":"90"})", "91"},
           {"", R"({"name":"LOCUST_WEB_PORT","value":"1"},
                   {"name":"LOCUST_WEB_PORT","value":"2"})",
            "2"},
           {"", R"({"name":"LOCUST_WEB_PORT","value":"1"},
                   {"name":"LOCUST_WEB_PORT"})",
            "8089"},
           {"", R"({"name":"LOCUST_WEB_PORT","valueFrom":{"fieldRef":{}}})",
            "8089"},
           {"", R"({"name":"LOCUST_WEB_BASE_PATH","value":"/x/"})", "8089 /x"},
           {"", R"({"name":"LOCUST_TLS_CERT","value":"c"},
                   {"name":"LOCUST_TLS_KEY","value":"k"})",
            "8089 https"},
           {"", R"({"name":"LOCUST_HEADLESS","value":"true"})", "none"},
           {"", R"({"name":"LOCUST_HEADLESS","value":"YES"})", "none"},
           {"", R"({"name":"LOCUST_HEADLESS","value":"on"})", "none"},
           {"", R"({"name":"LOCUST_HEADLESS","value":"1"})", "none"},
           {"", R"({"name":"LOCUST_HEADLESS","value":"false"})", "8089"},
           {"", R"({"name":"LOCUST_HEADLESS","value":"0"})", "8089"},
           {"--headful", R"({"name":"LOCUST_HEADLESS","value":"1"})", "8089"},
           {"", R"({"name":"LOCUST_WEB_LOGIN","value":"true"})", "none"},
           {"", R"({"name":"LOCUST_WEB_HOST","value":"127.0.0.1"})", "none"},
           {"", R"("odd",{"value":"1"},7)", "8089"}}) {
    auto spec = R"({"master":{"command":)" + quoted(command) +
                R"(},"env":{"variables":[)" + std::string(variables) + "]}}";
    BOOST_TEST(shown(web_ui(spec)) == expected, variables);
  }
}

BOOST_AUTO_TEST_CASE(why_a_web_ui_cannot_be_asked_is_told) {
  struct row {
    std::string_view command;
    std::string_view why;
  };
  for (auto [command, why] : std::initializer_list<row>{
           {"--headless", "it is headless"},
           {"--web-login", "--web-login makes its web UI ask for a log-in"},
           {"--web-auth a:b", "--web-auth makes its web UI ask for a password"},
           {"--web-host 127.0.0.1",
            "its web UI listens only on --web-host=127.0.0.1"},
           {"-P $(PORT)", "--web-port=$(PORT) is not a port"},
           {"--web-base-path x",
            "--web-base-path=x does not begin with a slash"},
           {"'", "its command cannot be split into words"}}) {
    auto found = web_ui(R"({"master":{"command":)" + quoted(command) + "}}");
    BOOST_TEST_REQUIRE(!found.has_value(), command);
    BOOST_TEST(found.error().message == why);
  }
}

BOOST_AUTO_TEST_CASE(the_wanted_users_are_found) {
  struct row {
    std::string_view command;
    std::string_view variables;
    int64_t users; ///< 0 for none
  };
  for (auto [command, variables, users] : std::initializer_list<row>{
           {"", "", 0},
           {"-f a --users 30", "", 30},
           {"--users=30 -r 1", "", 30},
           {"-u 7", "", 7},
           {"-u7", "", 7},
           {"", R"({"name":"LOCUST_USERS","value":"5"})", 5},
           {"-u 7", R"({"name":"LOCUST_USERS","value":"5"})", 7},
           {"--users many", "", 0},
           {"--users -3", "", 0},
           {"--users 1.5", "", 0},
           {"--users", "", 0},
           {"'", "", 0}}) {
    auto spec = R"({"master":{"command":)" + quoted(command) +
                R"(},"env":{"variables":[)" + std::string(variables) + "]}}";
    BOOST_TEST(target_users(spec).value_or(0) == users, command);
  }
}

BOOST_AUTO_TEST_CASE(odd_specs_have_a_web_ui_at_its_default) {
  for (auto* spec : {"null", "[]", "{}", R"({"master":7,"env":[]})",
                     R"({"master":{"command":{},"extraArgs":"x"}})"})
    BOOST_TEST(shown(web_ui(spec)) == "8089", spec);
  BOOST_TEST(shown(web_ui("{")) == "none");
}

BOOST_AUTO_TEST_CASE(a_master_that_needs_no_click_starts_by_itself) {
  struct row {
    std::string_view master;
    std::string_view variables;
    bool expected;
  };
  for (auto [master, variables, expected] : std::initializer_list<row>{
           {R"("command":"-f a")", "", true},
           {R"("autostart":true)", "", true},
           {R"("autostart":false)", "", false},
           {R"("autostart":false,"command":"--headless")", "", true},
           {R"("autostart":false,"command":"--headless --headful")", "", false},
           {R"("autostart":false,"extraArgs":["--autostart"])", "", true},
           {R"("autostart":false)",
            R"({"name":"LOCUST_AUTOSTART","value":"true"})", true},
           {R"("autostart":false)", R"({"name":"LOCUST_HEADLESS","value":"1"})",
            true},
           {R"("autostart":false)", R"({"name":"LOCUST_HEADLESS","value":"0"})",
            false},
           {R"("autostart":false,"command":"'")", "", false}}) {
    auto spec = R"({"master":{)" + std::string(master) +
                R"(},"env":{"variables":[)" + std::string(variables) + "]}}";
    BOOST_TEST(starts_by_itself(spec) == expected, spec);
  }
  BOOST_TEST(!starts_by_itself("{"));
}

BOOST_AUTO_TEST_CASE(overridden_flags_are_those_of_the_role) {
  auto spec = json::parse(R"({"master":{"extraArgs":["--master-port=1",5]},
                              "worker":{"extraArgs":["--otel"]}})")
                  .value();
  BOOST_TEST((overridden_flags(spec, "master") == words{"--master-port"}));
  BOOST_TEST((overridden_flags(spec, "worker") == words{"--otel"}));
  BOOST_TEST(overridden_flags(json::parse("{}").value(), "master").empty());
}

BOOST_AUTO_TEST_SUITE_END()
