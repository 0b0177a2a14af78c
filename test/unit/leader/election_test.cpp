#include "actors/leader/election.hpp"
#include "lease_server.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace locust;
using namespace std::chrono_literals;

namespace {

const lease_record others{"other", 15, "a", "r0", 3};

/// An election against a Lease, in test time.
struct fixture {
  fixture() : core({"ns", "me", 15s, 10s, 2s}, 1) {
    // nop
  }

  election_time now() const {
    auto wall = timestamp{} + 1000h +
                std::chrono::duration_cast<std::chrono::microseconds>(
                    clock.time_since_epoch());
    return {clock, wall};
  }

  /// Carries out what a step asks for, as long as it asks at once.
  void take(election_step step) {
    for (;;) {
      if (step.follow)
        watched = *step.follow;
      if (step.unfollow)
        watched.clear();
      if (step.held_until)
        held_until = step.held_until;
      announced += step.won ? 1 : 0;
      if (!step.lost.empty())
        lost = step.lost;
      if (step.released)
        released = step.released;
      for (auto& x : step.remarks)
        remarks.push_back(x.text);
      if (!step.request)
        return;
      ++requests;
      last = *step.request;
      if (frozen)
        return;
      step = core.answered(server.answer_to(*step.request), now());
    }
  }

  void begin() {
    take(core.begin(now()));
  }

  /// Lets time go on, looking whenever it is due.
  void pass(std::chrono::nanoseconds d) {
    auto end = clock + d;
    for (;;) {
      auto due = core.looks_at();
      if (!due || *due > end)
        break;
      clock = std::max(clock, *due);
      take(core.look(now()));
    }
    clock = end;
  }

  void show_change() {
    take(core.seen(server.line(), now()));
  }

  void lead() {
    begin();
    BOOST_REQUIRE(core.leads());
  }

  void follow() {
    server.put(others);
    begin();
    BOOST_REQUIRE(!core.leads());
    BOOST_REQUIRE(!watched.empty());
  }

  const lease_record& stored() const {
    return server.lease->record;
  }

  test::lease_server server;
  boot_time clock{1h};
  election core;
  /// Requests get no answer.
  bool frozen = false;
  api_request last;
  int requests = 0;
  int announced = 0;
  std::string watched;
  std::optional<boot_time> held_until;
  std::string lost;
  std::optional<bool> released;
  std::vector<std::string> remarks;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(election_, fixture)

BOOST_AUTO_TEST_CASE(a_lease_that_is_not_there_is_made) {
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

BOOST_AUTO_TEST_CASE(a_free_lease_is_taken_at_once_and_the_change_counted) {
  server.put({"", 1, "a", "r", 3});
  begin();
  BOOST_TEST(core.leads());
  BOOST_TEST(stored().transitions == 4);
  BOOST_TEST(stored().acquire_time == to_rfc3339_micro(now().wall));
}

BOOST_AUTO_TEST_CASE(a_lease_is_free_when_its_holder_was_silent_for_its_time) {
  // Its own times mean nothing, be they of last year.
  follow();
  pass(15s - 1ms);
  BOOST_TEST(!core.leads());
  BOOST_TEST(stored().holder == "other");
  pass(1ms);
  BOOST_TEST(core.leads());
  BOOST_TEST(stored().transitions == 4);
}

BOOST_AUTO_TEST_CASE(the_time_is_that_of_the_record_not_ours) {
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
  BOOST_TEST(requests == 1); // the watch told all
  pass(15s);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(a_watch_that_is_dead_without_a_sign_costs_no_lead) {
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

BOOST_AUTO_TEST_CASE(a_lease_that_is_deleted_is_made_anew) {
  follow();
  server.lease.reset();
  show_change();
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(of_two_that_try_one_leads) {
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

BOOST_AUTO_TEST_CASE(without_a_watch_it_is_read_with_jitter) {
  follow();
  take(core.closed(403, now()));
  BOOST_TEST(remarks.back().find("not permitted to watch") == 0u);
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

BOOST_AUTO_TEST_CASE(it_is_held_from_the_start_of_the_renewal) {
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
  BOOST_TEST(!core.looks_at().has_value());
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
  take(core.look(now()));
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

BOOST_AUTO_TEST_CASE(a_first_answer_that_took_too_long_gives_no_lead) {
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

BOOST_AUTO_TEST_CASE(a_lease_that_another_one_has_is_lost_at_once) {
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

BOOST_AUTO_TEST_CASE(a_release_leaves_it_to_whoever_comes) {
  lead();
  pass(7s);
  take(core.release(now()));
  BOOST_TEST((released == true));
  BOOST_TEST((last.deadline == 1s));
  BOOST_TEST(stored().holder == "");
  BOOST_TEST(stored().duration_seconds == 1);
  BOOST_TEST(stored().transitions == 0);
  BOOST_TEST(!core.looks_at().has_value());
}

BOOST_AUTO_TEST_CASE(a_release_waits_for_the_renewal_under_way) {
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

BOOST_AUTO_TEST_CASE(a_release_that_fails_ends_it_all_the_same) {
  lead();
  server.refuses = 503;
  take(core.release(now()));
  BOOST_TEST((released == false));
  BOOST_TEST(remarks.back().find("could not be released") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_does_not_lead_has_nothing_to_release) {
  follow();
  take(core.release(now()));
  BOOST_TEST((released == true));
  BOOST_TEST(stored().holder == "other");
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_won_during_the_end_is_given_back) {
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

BOOST_AUTO_TEST_CASE(trouble_is_told_once_and_tried_again) {
  for (int i = 0; i < 5; ++i) {
    server.refuses = 403;
    if (i == 0)
      begin();
    else
      pass(4400ms);
  }
  BOOST_TEST(std::count_if(remarks.begin(), remarks.end(), [](auto& x) {
               return x.find("not permitted to get Lease") == 0;
             }) == 1);
  pass(4400ms);
  BOOST_TEST(core.leads());
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_lease_is_trouble) {
  frozen = true;
  begin();
  take(core.answered(test::answer(200, "<html>"), now()));
  BOOST_TEST(!core.leads());
  BOOST_TEST(core.looks_at().has_value());
  BOOST_TEST(remarks.size() == 1u);
}

BOOST_AUTO_TEST_CASE(settings_name_the_namespace_or_are_in_one) {
  election_options options;
  auto in_pod = election_settings_of(options, "pod-ns", "me");
  BOOST_TEST_REQUIRE(in_pod.has_value());
  BOOST_TEST(in_pod->ns == "pod-ns");
  BOOST_TEST((in_pod->lease_duration == 15s));
  BOOST_TEST((in_pod->renew_deadline == 10s));
  BOOST_TEST((in_pod->retry_period == 2s));
  auto outside = election_settings_of(options, std::nullopt, "me");
  BOOST_TEST_REQUIRE(!outside.has_value());
  BOOST_TEST(outside.error().message ==
             "--leader-elect outside a cluster needs the namespace of the "
             "Lease: give it with --leader-elect-namespace");
  options.ns = "named";
  BOOST_TEST(election_settings_of(options, "pod-ns", "me")->ns == "named");
  BOOST_TEST(election_settings_of(options, std::nullopt, "me")->ns == "named");
}

BOOST_AUTO_TEST_SUITE_END()
