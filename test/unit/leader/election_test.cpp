#include "election_fixture.hpp"

// Acquiring the Lease.

using namespace locust;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(getting_the_lease, test::election_fixture)

BOOST_AUTO_TEST_CASE(a_missing_lease_is_created) {
  begin();
  BOOST_TEST(core.leads());
  BOOST_TEST(announced == 1);
  BOOST_TEST((held_until == clock + 10s));
  BOOST_TEST(stored().holder == "me");
  BOOST_TEST(stored().duration_seconds == 15);
  BOOST_TEST(stored().transitions == 0);
  BOOST_TEST(stored().acquire_time == to_rfc3339_micro(now().wall));
  BOOST_TEST(stored().renew_time == stored().acquire_time);
}

BOOST_AUTO_TEST_CASE(a_free_lease_is_acquired_and_the_transition_counted) {
  server.put({"", 1, "a", "r", 3});
  begin();
  BOOST_TEST(core.leads());
  BOOST_TEST(stored().transitions == 4);
  BOOST_TEST(stored().acquire_time == to_rfc3339_micro(now().wall));
}

BOOST_AUTO_TEST_CASE(a_lease_is_free_when_its_holder_was_silent_for_its_time) {
  // The times in the record are ignored, even if they are a year old.
  follow();
  pass(15s - 1ms);
  BOOST_TEST(!core.leads());
  BOOST_TEST(stored().holder == "other");
  pass(1ms);
  BOOST_TEST(core.leads());
  BOOST_TEST(stored().transitions == 4);
}

BOOST_AUTO_TEST_CASE(the_duration_of_the_record_counts) {
  server.put({"other", 40, "a", "r", 3});
  begin();
  pass(39s);
  BOOST_TEST(!core.leads());
  pass(2s);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(each_change_is_a_sign_of_life) {
  follow();
  for (int i = 0; i < 20; ++i) {
    pass(10s);
    server.renew("r" + std::to_string(i + 1));
    show_change();
    BOOST_TEST(!core.leads());
  }
  BOOST_TEST(requests == 1); // the watch showed everything
  pass(15s);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(a_dead_watch_does_not_prevent_a_failover) {
  follow();
  pass(14s);
  server.renew("r1"); // which the watch does not show
  pass(2s);
  BOOST_TEST(!core.leads());
  BOOST_TEST(stored().holder == "other");
  BOOST_TEST(requests == 2);
}

BOOST_AUTO_TEST_CASE(a_change_beside_the_record_is_no_sign_of_life) {
  follow();
  pass(10s);
  server.put(stored()); // a new version of the same
  show_change();
  pass(5s);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(a_release_is_seen_by_the_watch_and_taken_at_once) {
  follow();
  pass(1s);
  server.put({"", 1, "a", "r", 3});
  show_change();
  BOOST_TEST(core.leads());
  BOOST_TEST(watched.empty());
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_deleted_is_made_anew_when_it_had_expired) {
  // The previous holder may act as leader until its next renewal.
  follow();
  pass(5s);
  server.lease.reset();
  show_change();
  pass(10s - 1ms);
  BOOST_TEST(!core.leads());
  BOOST_TEST(!server.lease.has_value());
  pass(1ms);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_gone_at_a_read_is_made_anew_as_late) {
  follow();
  take(core.closed(200, now()));
  server.lease.reset();
  pass(15s - 1ms);
  BOOST_TEST(!core.leads());
  pass(1ms);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(a_deleted_lease_that_its_holder_makes_anew_is_its_own) {
  follow();
  server.lease.reset();
  show_change();
  pass(1s);
  server.put(test::others);
  show_change();
  pass(15s - 1ms);
  BOOST_TEST(stored().holder == "other");
  pass(1ms);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_deleted_when_free_is_made_anew_at_once) {
  follow();
  server.put({"", 1, "a", "r", 3});
  frozen = true;
  show_change(); // reads
  frozen = false;
  server.lease.reset();
  take(core.answered(server.answer_to(last), now()));
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(a_late_answer_undoes_nothing_that_the_watch_has_shown) {
  follow();
  frozen = true;
  pass(15s); // reads
  frozen = false;
  auto late = server.answer_to(last);
  server.renew("r1");
  show_change();
  take(core.answered(late, now()));
  pass(15s - 1ms);
  BOOST_TEST(!core.leads());
  BOOST_TEST(requests == 2); // neither tried to acquire it before
  pass(1ms);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(one_of_two_candidates_leads) {
  follow();
  server.put({"", 1, "a", "r", 3});
  frozen = true;
  show_change(); // reads
  frozen = false;
  auto read = server.answer_to(last);
  server.put({"third", 15, "b", "b", 4});
  take(core.answered(read, now()));
  BOOST_TEST(!core.leads());
  BOOST_TEST(stored().holder == "third");
  pass(1min);
  BOOST_TEST(core.leads()); // the third one is silent
}

BOOST_AUTO_TEST_CASE(without_a_watch_it_is_polled_with_jitter) {
  follow();
  take(core.closed(403, now()));
  BOOST_TEST(messages.back().find("not permitted to watch") == 0u);
  watched.clear();
  int before = requests;
  for (int i = 0; i < 100; ++i) {
    server.renew("r" + std::to_string(i + 1));
    pass(10s);
  }
  int reads = requests - before;
  // Every 2 to 4.4 s.
  BOOST_TEST(reads >= 1000 / 4.4 - 1);
  BOOST_TEST(reads <= 500);
  BOOST_TEST(watched.empty());
  BOOST_TEST(!core.leads());
}

BOOST_AUTO_TEST_CASE(a_watch_that_ends_is_opened_again_after_a_read) {
  follow();
  watched.clear();
  take(core.closed(200, now()));
  BOOST_TEST(watched.empty());
  pass(4400ms);
  BOOST_TEST(!watched.empty());
  BOOST_TEST(requests == 2);
}

BOOST_AUTO_TEST_CASE(a_watch_that_reports_an_error_is_opened_again) {
  follow();
  take(core.seen(R"({"type":"ERROR","object":{"message":"old"}})", now()));
  BOOST_TEST(watched.empty());
  pass(4400ms);
  BOOST_TEST(!watched.empty());
}

BOOST_AUTO_TEST_CASE(a_failure_is_logged_once_and_retried) {
  for (int i = 0; i < 5; ++i) {
    server.refuses = 403;
    if (i == 0)
      begin();
    else
      pass(4400ms);
  }
  BOOST_TEST(std::count_if(messages.begin(), messages.end(), [](auto& x) {
               return x.find("not permitted to get Lease") == 0;
             }) == 1);
  pass(4400ms);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(a_malformed_lease_is_a_failure) {
  frozen = true;
  begin();
  take(core.answered(test::answer(200, "<html>"), now()));
  BOOST_TEST(!core.leads());
  BOOST_TEST(core.wakes_at().has_value());
  BOOST_TEST(messages.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
