#include "actors/api_client/credentials.hpp"
#include "protocol/json.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

const std::string v1 = "client.authentication.k8s.io/v1";

std::string printed(const std::string& status) {
  return R"({"apiVersion":"client.authentication.k8s.io/v1",)"
         R"("kind":"ExecCredential","status":)" +
         status + "}";
}

fresh_credential token(const std::string& text,
                       std::optional<std::chrono::seconds> usable_for = {}) {
  return {{text, {}, {}}, usable_for};
}

struct fixture {
  credentials file{token_file{"/t"}};
  credentials plugin{exec_plugin{}};
  monotonic_time now = monotonic_time{} + 1h;

  void load(credentials& c, result<fresh_credential> fresh) {
    BOOST_TEST(c.due(now));
    c.loading(now);
    BOOST_TEST(!c.due(now));
    c.loaded(std::move(fresh), now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeping_credentials, fixture)

BOOST_AUTO_TEST_CASE(a_static_token_is_never_loaded) {
  credentials fixed{static_token{"abc"}};
  BOOST_TEST(fixed.usable(now));
  BOOST_TEST(!fixed.due(now));
  BOOST_TEST(fixed.current()->token == "abc");
  BOOST_TEST(!fixed.reject(0, now));
  credentials none{no_token{}};
  BOOST_TEST(none.usable(now));
  BOOST_TEST(none.current()->token == "");
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_before_the_first_load) {
  BOOST_TEST(!file.usable(now));
  load(file, token("a"));
  BOOST_TEST(file.usable(now));
  BOOST_TEST(file.current()->token == "a");
}

BOOST_AUTO_TEST_CASE(a_file_is_read_again_each_minute) {
  load(file, token("a"));
  now += 59s;
  BOOST_TEST(!file.due(now));
  now += 1s;
  load(file, token("b"));
  BOOST_TEST(file.current()->token == "b");
  BOOST_TEST(file.generation() == 2u);
}

BOOST_AUTO_TEST_CASE(the_old_token_is_used_while_the_file_is_unreadable) {
  load(file, token("a"));
  now += 1min;
  load(file, fail(errc::not_found, "gone"));
  BOOST_TEST(file.usable(now));
  BOOST_TEST(file.current()->token == "a");
  BOOST_TEST(file.problem() == "gone");
  BOOST_TEST(!file.due(now));
  now += 1min;
  load(file, token("b"));
  BOOST_TEST(file.problem() == "");
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_replaced_at_once) {
  load(file, token("a"));
  now += 2s;
  BOOST_TEST(file.reject(1, now));
  BOOST_TEST(!file.usable(now));
  // Other answers at the same time change nothing.
  BOOST_TEST(file.reject(1, now));
  load(file, token("b"));
  BOOST_TEST(file.usable(now));
  // A request with the old token can be retried at once.
  BOOST_TEST(file.reject(1, now));
  BOOST_TEST(file.usable(now));
}

BOOST_AUTO_TEST_CASE(reloads_are_limited) {
  load(plugin, token("a"));
  now += 4s;
  BOOST_TEST(!plugin.reject(1, now));
  BOOST_TEST(plugin.usable(now));
  now += 1s;
  BOOST_TEST(plugin.reject(1, now));
  BOOST_TEST(plugin.due(now));
}

BOOST_AUTO_TEST_CASE(a_token_is_replaced_before_it_expires) {
  load(plugin, token("a", 60s));
  now += 49s;
  BOOST_TEST(!plugin.due(now));
  now += 1s;
  // The old one is used in the meantime.
  BOOST_TEST(plugin.due(now));
  BOOST_TEST(plugin.usable(now));
  load(plugin, fail(errc::refused, "no cloud"));
  BOOST_TEST(plugin.usable(now));
  now += 10s;
  BOOST_TEST(!plugin.usable(now));
  load(plugin, token("b"));
  BOOST_TEST(plugin.usable(now + 24h));
  BOOST_TEST(!plugin.due(now + 24h));
}

BOOST_AUTO_TEST_CASE(a_failed_first_load_is_retried) {
  load(plugin, fail(errc::refused, "no cloud"));
  BOOST_TEST(!plugin.usable(now));
  BOOST_TEST(!plugin.is_loading());
  BOOST_TEST(!plugin.due(now + 4s));
  BOOST_TEST(plugin.due(now + 5s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(exec_credentials)

BOOST_AUTO_TEST_CASE(a_token_with_its_expiry_is_read) {
  auto read = parse_exec_credential(
      printed(
          R"({"token":"abc","expirationTimestamp":"2026-11-23T18:28:50Z"})"),
      v1);
  BOOST_REQUIRE(read);
  BOOST_TEST(read->value.token == "abc");
  BOOST_REQUIRE(read->expires);
  BOOST_TEST(to_rfc3339(*read->expires) == "2026-11-23T18:28:50Z");
}

BOOST_AUTO_TEST_CASE(a_client_certificate_is_read) {
  auto read = parse_exec_credential(
      printed(R"({"clientCertificateData":"c","clientKeyData":"k"})"), v1);
  BOOST_REQUIRE(read);
  BOOST_TEST(read->value.client_certificate == "c");
  BOOST_TEST(read->value.client_key == "k");
  BOOST_TEST(!read->expires);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_without_quoting_it) {
  struct row {
    std::string text;
    std::string expected;
  };
  auto begin = std::string("the exec plugin printed ");
  const row rows[] = {
      {"", begin + "no JSON object"},
      {"secret", begin + "no JSON object"},
      {"[]", begin + "no JSON object"},
      {R"({"kind":"Secret"})", begin + "no ExecCredential"},
      {R"({"kind":"ExecCredential","apiVersion":"v0"})",
       begin + "apiVersion v0 instead of " + v1},
      {printed("{}"), begin + "neither a token nor a client certificate"},
      {printed("null"), begin + "neither a token nor a client certificate"},
      {printed(R"({"clientKeyData":"secret"})"),
       begin + "a client certificate or a key without the other"},
      {printed(R"({"token":"secret\r\nX-Evil: y"})"),
       begin + "a token of several lines"},
      {printed(R"({"token":"secret","expirationTimestamp":"soon"})"),
       begin + "an expirationTimestamp that is no time"},
  };
  for (const auto& r : rows)
    BOOST_TEST_CONTEXT(r.text) {
      auto read = parse_exec_credential(r.text, v1);
      BOOST_REQUIRE(!read);
      BOOST_TEST(read.error().message == r.expected);
    }
}

BOOST_AUTO_TEST_CASE(the_plugin_gets_the_cluster_only_on_request) {
  exec_plugin plugin;
  plugin.api_version = v1;
  cluster_access access;
  access.server = "https://h:443";
  access.tls_server_name = "k";
  BOOST_TEST(exec_info(plugin, access, "PEM") ==
             R"({"apiVersion":"client.authentication.k8s.io/v1",)"
             R"("kind":"ExecCredential","spec":{"interactive":false}})");
  plugin.provide_cluster_info = true;
  BOOST_TEST(exec_info(plugin, access, "PEM") ==
             R"({"apiVersion":"client.authentication.k8s.io/v1",)"
             R"("kind":"ExecCredential","spec":{"cluster":{)"
             R"("server":"https://h:443","tls-server-name":"k",)"
             R"("certificate-authority-data":"UEVN"},"interactive":false}})");
}

BOOST_AUTO_TEST_SUITE_END()
