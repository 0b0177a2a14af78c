#include "election_fixture.hpp"

// Keeping, losing and releasing the Lease.

using namespace locust;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(holding_the_lease, test::election_fixture)

BOOST_AUTO_TEST_CASE(a_leader_renews_every_retry_period_with_one_request) {
  lead();
  auto acquired = stored().acquire_time;
  int before = requests;
  pass(20s);
  BOOST_TEST(requests - before == 10);
  BOOST_TEST((held_until == clock + 10s));
  BOOST_TEST(stored().acquire_time == acquired);
  BOOST_TEST(stored().renew_time == to_rfc3339_micro(now().wall));
  BOOST_TEST(stored().transitions == 0);
  BOOST_TEST(announced == 1);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(the_deadline_counts_from_the_start_of_the_renewal) {
  lead();
  pass(1s);
  frozen = true;
  pass(1s);
  auto answer = server.answer_to(last);
  auto sent = clock;
  clock += 4s;
  take(core.answered(answer, now()));
  BOOST_TEST((held_until == sent + 10s));
}

BOOST_AUTO_TEST_CASE(a_renewal_that_fails_is_tried_again_until_the_deadline) {
  lead();
  for (int i = 0; i < 4; ++i) {
    server.refuses = i % 2 == 0 ? 500 : 0;
    pass(2s);
    BOOST_TEST(core.leads());
  }
  pass(1s);
  BOOST_TEST(core.leads());
  BOOST_TEST(lost.empty());
  server.refuses = 503;
  pass(1s); // ten seconds after the start of the last one
  BOOST_TEST(!core.leads());
  BOOST_TEST(lost.find("could not be renewed in time: ") != std::string::npos);
  BOOST_TEST(!core.wakes_at().has_value());
}

BOOST_AUTO_TEST_CASE(no_answer_is_no_reason_to_miss_the_deadline) {
  lead();
  frozen = true;
  pass(10s - 1ms);
  BOOST_TEST(lost.empty());
  pass(1ms);
  BOOST_TEST(!lost.empty());
}

BOOST_AUTO_TEST_CASE(a_request_may_take_half_of_the_deadline_or_what_is_left) {
  frozen = true;
  begin();
  BOOST_TEST((last.deadline == 5s));
  take(core.answered(test::answer(404), now()));
  BOOST_TEST((last.deadline == 5s));
  take(core.answered(server.answer_to(last), now()));
  clock += 8s;
  take(core.wake(now()));
  BOOST_TEST((last.deadline == 2s));
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_after_the_deadline_is_too_late) {
  lead();
  frozen = true;
  pass(2s);
  auto answer = server.answer_to(last); // it was renewed,
  clock += 9s;                          // but this process was frozen
  take(core.answered(answer, now()));
  BOOST_TEST(!lost.empty());
}

BOOST_AUTO_TEST_CASE(a_late_first_answer_does_not_make_a_leader) {
  frozen = true;
  begin();
  take(core.answered(test::answer(404), now()));
  auto answer = server.answer_to(last);
  clock += 11s;
  take(core.answered(answer, now()));
  BOOST_TEST(announced == 0);
  BOOST_TEST(!held_until.has_value());
}

BOOST_AUTO_TEST_CASE(a_renewal_without_an_answer_is_found_by_the_next) {
  lead();
  server.loses = true;
  pass(2s);
  BOOST_TEST(core.leads());
  pass(2s); // 409, read, written
  BOOST_TEST(core.leads());
  BOOST_TEST((held_until == clock + 10s));
  BOOST_TEST(stored().transitions == 0);
}

BOOST_AUTO_TEST_CASE(a_first_write_without_an_answer_is_found_by_the_next) {
  server.loses = true;
  frozen = true;
  begin();
  take(core.answered(test::answer(404), now()));
  server.answer_to(last);
  frozen = false;
  take(core.answered(test::answer(0), now()));
  BOOST_TEST(!core.leads());
  BOOST_TEST(stored().holder == "me");
  pass(4400ms);
  BOOST_TEST(core.leads());
  BOOST_TEST(stored().transitions == 0);
}

BOOST_AUTO_TEST_CASE(a_lease_held_by_another_replica_is_lost_at_once) {
  lead();
  server.put({"other", 15, "b", "b", 1});
  pass(2s);
  BOOST_TEST(!core.leads());
  BOOST_TEST(lost == "the Lease is held by \"other\"");
}

BOOST_AUTO_TEST_CASE(a_lease_that_was_deleted_under_a_leader_is_made_again) {
  lead();
  server.lease.reset();
  pass(2s);
  BOOST_TEST(core.leads());
  BOOST_TEST_REQUIRE(server.lease.has_value());
  BOOST_TEST(stored().holder == "me");
}

BOOST_AUTO_TEST_CASE(a_released_lease_has_no_holder) {
  lead();
  pass(7s);
  take(core.release(now()));
  BOOST_TEST((released == true));
  BOOST_TEST((last.deadline == 1s));
  BOOST_TEST(stored().holder == "");
  BOOST_TEST(stored().duration_seconds == 1);
  BOOST_TEST(stored().transitions == 0);
  BOOST_TEST(!core.wakes_at().has_value());
}

BOOST_AUTO_TEST_CASE(a_release_waits_for_the_renewal_in_flight) {
  lead();
  frozen = true;
  pass(2s);
  auto renewal = last;
  take(core.release(now()));
  BOOST_TEST(!released.has_value());
  frozen = false;
  take(core.answered(server.answer_to(renewal), now()));
  BOOST_TEST((released == true));
  BOOST_TEST(stored().holder == "");
}

BOOST_AUTO_TEST_CASE(a_release_that_meets_a_lost_renewal_is_repeated) {
  lead();
  server.loses = true;
  pass(2s);
  take(core.release(now()));
  BOOST_TEST((released == true));
  BOOST_TEST(stored().holder == "");
}

BOOST_AUTO_TEST_CASE(a_release_waits_for_the_read_of_a_leader) {
  lead();
  server.put(stored()); // a new version
  frozen = true;
  pass(2s);
  take(core.answered(server.answer_to(last), now())); // 409: it reads
  BOOST_TEST((last.verb == http_verb::get));
  take(core.release(now()));
  BOOST_TEST(!released.has_value());
  frozen = false;
  take(core.answered(server.answer_to(last), now()));
  BOOST_TEST((released == true));
  BOOST_TEST(stored().holder == "");
}

BOOST_AUTO_TEST_CASE(a_lease_that_a_leader_finds_deleted_is_released) {
  lead();
  server.lease.reset();
  frozen = true;
  pass(2s);
  take(core.answered(server.answer_to(last), now())); // 404: it reads
  take(core.release(now()));
  frozen = false;
  take(core.answered(server.answer_to(last), now()));
  BOOST_TEST((released == true));
  BOOST_TEST(!server.lease.has_value());
}

BOOST_AUTO_TEST_CASE(a_failed_release_ends_the_election) {
  lead();
  server.refuses = 503;
  take(core.release(now()));
  BOOST_TEST((released == false));
  BOOST_TEST(messages.back().find("could not be released") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_follower_has_nothing_to_release) {
  follow();
  take(core.release(now()));
  BOOST_TEST((released == true));
  BOOST_TEST(stored().holder == "other");
}

BOOST_AUTO_TEST_CASE(a_lease_acquired_during_shutdown_is_released) {
  frozen = true;
  begin();
  take(core.answered(test::answer(404), now()));
  take(core.release(now()));
  BOOST_TEST(!released.has_value());
  frozen = false;
  take(core.answered(server.answer_to(last), now()));
  BOOST_TEST((released == true));
  BOOST_TEST(announced == 0);
  BOOST_TEST(stored().holder == "");
}

BOOST_AUTO_TEST_SUITE_END()
