#include "actors/operator/servers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

std::optional<http_server_setup> servers(const operator_options& options) {
  std::shared_ptr<const metrics_registry> metrics;
  if (auto wanted = metrics_of(options, "https://api:6443/", 2))
    metrics = std::make_shared<const metrics_registry>(*wanted);
  return servers_of(options, std::make_shared<const operator_settings>(),
                    metrics);
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
  for (const auto& hook : setup->hooks) {
    BOOST_TEST(hook.answer(nonsense).status == 400);
    BOOST_TEST(hook.body_limit >= limit);
    // One body of maximum size must fit.
    BOOST_TEST(hook.body_limit <= hook.body_budget);
  }
  BOOST_TEST(setup->hooks[0].path == "/validate-locust-io-v2-locusttest");
  BOOST_TEST(setup->hooks[0].body_limit == limit);
  BOOST_TEST(setup->hooks[1].path == "/convert");
  // A list of 3,000 LocustTests with a full history, and little else at once.
  BOOST_TEST(setup->hooks[1].body_limit >= 3'000u * 10 * 1024);
  BOOST_TEST(setup->hooks[1].in_turn);
  BOOST_TEST(setup->hooks[0].body_budget + setup->hooks[1].body_budget <=
             uint64_t{40} << 20);
}

BOOST_AUTO_TEST_CASE(metrics_are_served_where_they_are_asked_for) {
  operator_options options;
  BOOST_TEST(!metrics_of(options, "https://api:6443", 2).has_value());
  BOOST_TEST(!servers(options)->metrics.has_value());
  options.metrics.address = bind_address{{}, 8080};
  auto setup = servers(options);
  BOOST_TEST_REQUIRE(setup->metrics.has_value());
  BOOST_TEST((setup->metrics->address == bind_address{{}, 8080}));
  BOOST_TEST(setup->metrics->secure);
  auto text = setup->metrics->text();
  BOOST_TEST(text.find("locust_operator_build_info{") != std::string::npos);
  BOOST_TEST(text.find("max_concurrent_reconciles{controller=\"locusttest\"} "
                       "2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(series_are_made_for_what_is_on) {
  operator_options options;
  options.metrics.address = bind_address{{}, 8080};
  auto setup = metrics_of(options, "https://10.0.0.1:6443/prefix", 2);
  BOOST_TEST_REQUIRE(setup.has_value());
  BOOST_TEST(setup->api_host == "10.0.0.1:6443");
  BOOST_TEST(!setup->webhooks);
  BOOST_TEST(!setup->certificate_files);
  BOOST_TEST(!setup->lease.has_value());
  options.election.enabled = true;
  options.webhook.enabled = true;
  options.webhook.certificate.path = "/certs";
  setup = metrics_of(options, "http://api", 2);
  BOOST_TEST(setup->api_host == "api");
  BOOST_TEST(setup->webhooks);
  BOOST_TEST(setup->certificate_files);
  BOOST_TEST(setup->lease.value_or("") == "locust-k8s-operator.locust.io");
}

BOOST_AUTO_TEST_CASE(certificate_files_are_followed_where_they_are_named) {
  operator_options options;
  auto& webhook = options.webhook;
  BOOST_TEST(files_of(options).empty());
  webhook.certificate = {"/certs", "a.crt", "a.key"};
  BOOST_TEST(files_of(options).empty()); // no webhooks
  webhook.enabled = true;
  webhook.certificate_wait = 7s;
  auto files = files_of(options);
  BOOST_TEST_REQUIRE(files.size() == 1u);
  BOOST_TEST((files[0].of == tls_server::webhooks));
  BOOST_TEST(files[0].place.chain == "/certs/a.crt");
  BOOST_TEST(files[0].place.key == "/certs/a.key");
  BOOST_TEST((files[0].place.wait_limit == 7s));
  webhook.certificate.path.clear();
  webhook.self_managed = true;
  BOOST_TEST(files_of(options).empty());
}

BOOST_AUTO_TEST_CASE(secure_metrics_have_a_certificate_of_files_or_of_ours) {
  operator_options options;
  auto& metrics = options.metrics;
  BOOST_TEST(!makes_metrics_certificate(metrics)); // no metrics
  metrics.address = bind_address{{}, 8080};
  BOOST_TEST(makes_metrics_certificate(metrics));
  metrics.certificate = {"/m", "b.crt", "b.key"};
  BOOST_TEST(!makes_metrics_certificate(metrics));
  auto files = files_of(options);
  BOOST_TEST_REQUIRE(files.size() == 1u);
  BOOST_TEST((files[0].of == tls_server::metrics));
  BOOST_TEST(files[0].place.chain == "/m/b.crt");
  metrics.secure = false;
  BOOST_TEST(files_of(options).empty());
  BOOST_TEST(!makes_metrics_certificate(metrics));
}

BOOST_AUTO_TEST_SUITE_END()
