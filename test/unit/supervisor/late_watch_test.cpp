#include "actors/supervisor/pod_health.hpp"
#include "test/unit/supervisor/stage.hpp"

// A new leader whose watches are behind what is on record.

using namespace locust;
using namespace locust::testing;

BOOST_AUTO_TEST_SUITE(late_watch)

BOOST_AUTO_TEST_CASE(a_loss_stands_until_the_pod_is_seen_to_run_on) {
  auto leader = stage::started();
  auto late = leader.core.observed();
  leader.passes(1min);
  leader.shows(worker_pod(2).runs().disrupted("Eviction: by hand"));
  const auto& s = leader.core.state();
  auto judge = [&] {
    return judge_pods(s, late, 120s, leader.now).verdict;
  };
  auto lost = judge();
  BOOST_REQUIRE(std::holds_alternative<fact::pods_failing>(lost));
  BOOST_TEST(std::get<fact::pods_failing>(lost).message ==
             "PodLost: 1 pod(s) affected [load-worker-2]: Eviction: by hand");
  auto runs_on = worker_pod(2).runs().seen;
  runs_on.resource_version = "5000";
  late.observe(present{std::make_shared<const seen_object>(runs_on)},
               leader.now + 1s);
  BOOST_TEST(std::holds_alternative<fact::pods_healthy>(judge()));
}

BOOST_AUTO_TEST_SUITE_END()
