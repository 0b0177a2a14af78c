#include "actors/certificates/certificates_actor.hpp"
#include "fake_cluster.hpp"
#include "replica.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using test::secret_path;

namespace {

struct fixture : test::actor_fixture {
  fixture() {
    cluster.put(test::crd_path, test::converting_crd());
    cluster.put(test::configuration_path, test::validating_configuration());
    run();
  }

  /// Answers requests until there are no more.
  void serve_requests() {
    while (api.unanswered<api_request>() > 0) {
      auto& asked = api.received<api_request>();
      api.reply<api_request>(cluster.answer_to(asked.at(answered++)));
    }
  }

  /// Advances the time and answers requests at once.
  void live(std::chrono::seconds time) {
    for (auto end = scheduler.clock().now() + time;
         scheduler.clock().now() < end; serve_requests())
      advance(1s);
  }

  std::vector<serving_certificate>& served() {
    return gateway.received<serving_certificate>();
  }

  test::fake_cluster cluster;
  size_t answered = 0;
  test::mock<api_client_actor> api{*this};
  test::mock<gateway_actor> gateway{*this};
  certificates_actor keeper = keep(spawn_certificates(
      system, {api, gateway, test::settings_of(1), [this] {
                 return test::today +
                        std::chrono::duration_cast<std::chrono::microseconds>(
                            scheduler.clock().now().time_since_epoch());
               }}));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(certificates_actor_, fixture)

BOOST_AUTO_TEST_CASE(the_gateway_gets_the_certificate) {
  BOOST_TEST(served().empty());
  serve_requests();
  BOOST_TEST_REQUIRE(served().size() == 1u);
  auto stored = read_secret(cluster.objects.at(secret_path));
  BOOST_TEST(*served()[0].chain == stored->pair.certificate);
  BOOST_TEST(*served()[0].key == stored->pair.key);
}

BOOST_AUTO_TEST_CASE(one_request_is_in_flight_on_its_lane) {
  while (api.unanswered<api_request>() > 0) {
    BOOST_TEST(api.unanswered<api_request>() == 1u);
    api.reply<api_request>(
        cluster.answer_to(api.received<api_request>().back()));
  }
  for (const auto& x : api.received<api_request>())
    BOOST_TEST((x.in == lane::list));
}

BOOST_AUTO_TEST_CASE(it_reconciles_every_minute) {
  serve_requests();
  auto before = api.received<api_request>().size();
  advance(59s);
  BOOST_TEST(api.received<api_request>().size() == before);
  advance(16s);
  BOOST_TEST(api.received<api_request>().size() == before + 1);
}

BOOST_AUTO_TEST_CASE(the_gateway_gets_the_next_one_only_when_it_is_trusted) {
  serve_requests();
  cluster.remove(secret_path);
  live(75s);
  BOOST_TEST(cluster.objects.contains(secret_path));
  BOOST_TEST(served().size() == 1u);
  live(11s);
  BOOST_TEST(served().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_client_that_is_gone_counts_as_no_answer) {
  api.reply_error<api_request>(caf::make_error(caf::sec::runtime_error));
  answered = 1;
  serve_requests();
  BOOST_TEST(served().empty());
  live(1s);
  BOOST_TEST(served().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_lost_request_is_retried) {
  advance(119s);
  BOOST_TEST(api.received<api_request>().size() == 1u);
  advance(2s);
  BOOST_TEST(api.received<api_request>().size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_exit_ends_it) {
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(!alive(keeper));
}

BOOST_AUTO_TEST_SUITE_END()
