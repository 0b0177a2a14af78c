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

BOOST_AUTO_TEST_CASE(a_grace_period_begins_when_the_pod_is_seen_at_the_latest) {
  // The clock of the API server is an hour ahead.
  auto s = stage::launched();
  s.shows(the_master().active(1));
  s.shows(master_pod().created(s.now + 1h).waits("ErrImagePull", "no image"));
  s.passes(119s).then_phase("Pending").passes(1s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_status_of_another_leader_is_not_written_over_unseen) {
  struct row {
    bool by_another;
    std::string version;
  };
  for (const auto& [by_another, version] :
       {row{true, ""}, row{false, "5000"}}) {
    auto s = stage::started();
    auto writer = s;
    if (by_another)
      writer.passes(1s).shows(worker_pod(2).exits(1));
    auto test = *s.core.observed().test;
    test.resource_version = "5000";
    test.status = std::make_shared<const std::string>(
        render_status(writer.core.state(), *writer.core.run_spec()));
    s.core.on_observation(present{std::make_shared<const seen_object>(test)},
                          s.now);
    auto ended = master_pod().exits(0).seen;
    ended.resource_version = "5001";
    auto over = the_master().complete().seen;
    over.resource_version = "5002";
    s.core.on_observation(present{std::make_shared<const seen_object>(ended)},
                          s.now);
    std::string sent = "nothing";
    for (const auto& each : s.core.on_observation(
             present{std::make_shared<const seen_object>(over)}, s.now))
      if (const auto* save = std::get_if<effect::save_status>(&each))
        sent = save->resource_version;
    BOOST_TEST(sent == version);
  }
}

BOOST_AUTO_TEST_SUITE_END()
