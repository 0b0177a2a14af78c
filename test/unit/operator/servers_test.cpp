#include "actors/operator/servers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

std::optional<http_server_setup> servers(const operator_options& options) {
  return servers_of(options, std::make_shared<const operator_settings>());
}

} // namespace

BOOST_AUTO_TEST_SUITE(servers_)

BOOST_AUTO_TEST_CASE(by_default_there_are_probes_only) {
  auto setup = servers({});
  BOOST_TEST_REQUIRE(setup.has_value());
  BOOST_TEST((setup->probes == bind_address{{}, 8081}));
  BOOST_TEST(!setup->webhooks.has_value());
  // It is not ready before the lists are complete.
  BOOST_TEST(setup->caches.has_value());
}

BOOST_AUTO_TEST_CASE(nothing_listens_when_all_is_off) {
  operator_options options;
  options.probes.reset();
  BOOST_TEST(!servers(options).has_value());
}

BOOST_AUTO_TEST_CASE(webhooks_answer_at_their_paths) {
  operator_options options;
  options.probes.reset();
  options.webhook.enabled = true;
  options.webhook.address = {"127.0.0.1", 1234};
  auto setup = servers(options);
  BOOST_TEST_REQUIRE(setup.has_value());
  BOOST_TEST((setup->webhooks == options.webhook.address));
  BOOST_TEST_REQUIRE(setup->hooks.size() == 2u);
  http_request nonsense;
  nonsense.body = "{";
  uint64_t limit = uint64_t{7} << 20;
  for (const auto& [path, body_limit, answer] : setup->hooks) {
    BOOST_TEST(answer(nonsense).status == 400);
    BOOST_TEST(body_limit >= limit);
  }
  BOOST_TEST(setup->hooks[0].path == "/validate-locust-io-v2-locusttest");
  BOOST_TEST(setup->hooks[0].body_limit == limit);
  BOOST_TEST(setup->hooks[1].path == "/convert");
  // One body of that length has to fit in.
  BOOST_TEST(setup->hooks[1].body_limit <= setup->limits.most_body_bytes);
}

BOOST_AUTO_TEST_CASE(certificate_files_are_followed_where_they_are_named) {
  webhook_options webhook;
  BOOST_TEST(!files_of(webhook).has_value());
  webhook.certificate = {"/certs", "a.crt", "a.key"};
  BOOST_TEST(!files_of(webhook).has_value()); // no webhooks
  webhook.enabled = true;
  webhook.certificate_wait = 7s;
  auto files = files_of(webhook);
  BOOST_TEST_REQUIRE(files.has_value());
  BOOST_TEST(files->chain == "/certs/a.crt");
  BOOST_TEST(files->key == "/certs/a.key");
  BOOST_TEST((files->wait_limit == 7s));
  webhook.certificate.path.clear();
  webhook.self_managed = true;
  BOOST_TEST(!files_of(webhook).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
