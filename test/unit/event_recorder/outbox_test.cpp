#include "actors/event_recorder/outbox.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

constexpr monotonic_time start{std::chrono::hours(1)};

event_object event(const std::string& name, int32_t count = 1) {
  event_object e;
  e.test = {"ns", "t"};
  e.test_uid = "u-1";
  e.name = name;
  e.reason = "PodFailure";
  e.count = count;
  return e;
}

bool creates(const event_step& step) {
  return step.request.verb == http_verb::post;
}

bool says(const event_step& step, const std::string& part) {
  return step.request.body->find(part) != std::string::npos;
}

struct fixture {
  event_step only(monotonic_time now) {
    auto steps = out.due(now);
    BOOST_TEST_REQUIRE(steps.size() == 1u);
    return steps[0];
  }

  outbox out;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_, fixture)

BOOST_AUTO_TEST_CASE(an_event_is_created_once) {
  for (int status : {201, 409}) {
    BOOST_TEST(out.push(event("a"), false, start));
    auto step = only(start);
    BOOST_TEST(creates(step));
    BOOST_TEST(out.due(start).empty());
    BOOST_TEST(out.answered(step.id, answer(status), start).empty());
    BOOST_TEST(out.size() == 0u);
    BOOST_TEST(out.due(start + 1h).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_raised_count_patches_the_event_that_exists) {
  out.push(event("a", 2), true, start);
  auto step = only(start);
  BOOST_TEST(!creates(step));
  BOOST_TEST(says(step, R"("count":2)"));
  BOOST_TEST(out.answered(step.id, answer(200), start).empty());
  BOOST_TEST(out.size() == 0u);
}

BOOST_AUTO_TEST_CASE(occurrences_that_wait_are_one_request) {
  out.push(event("a"), false, start);
  out.push(event("a", 2), true, start);
  out.push(event("a", 3), true, start);
  auto step = only(start);
  BOOST_TEST(creates(step));
  BOOST_TEST(says(step, R"("count":3)"));
}

BOOST_AUTO_TEST_CASE(a_count_that_rises_in_flight_follows_the_creation) {
  for (int status : {201, 409}) {
    outbox each;
    each.push(event("a"), false, start);
    auto created = each.due(start).at(0);
    each.push(event("a", 2), true, start);
    BOOST_TEST(each.due(start).empty());
    each.answered(created.id, answer(status), start);
    auto raised = each.due(start).at(0);
    BOOST_TEST(!creates(raised));
    BOOST_TEST(says(raised, R"("count":2)"));
    each.answered(raised.id, answer(200), start);
    BOOST_TEST(each.size() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_count_that_goes_on_rising_is_never_given_up) {
  out.push(event("a"), false, start);
  for (int32_t count = 2; count < 30; ++count) {
    auto step = only(start);
    out.push(event("a", count), true, start);
    BOOST_TEST(out.answered(step.id, answer(200), start).empty());
  }
  out.answered(only(start).id, answer(503), start);
  BOOST_TEST(out.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_count_that_met_another_writer_is_sent_again) {
  out.push(event("a", 2), true, start);
  BOOST_TEST(out.answered(only(start).id, answer(409), start).empty());
  BOOST_TEST(!creates(only(start + 10s)));
}

BOOST_AUTO_TEST_CASE(an_event_found_there_gets_the_count_of_what_waited) {
  out.push(event("a", 3), false, start);
  out.answered(only(start).id, answer(409), start);
  auto step = only(start);
  BOOST_TEST(!creates(step));
  BOOST_TEST(says(step, R"("count":3)"));
}

BOOST_AUTO_TEST_CASE(an_event_that_is_not_there_any_more_is_created_again) {
  out.push(event("a", 5), true, start);
  out.answered(only(start).id, answer(404), start);
  auto step = only(start);
  BOOST_TEST(creates(step));
  BOOST_TEST(says(step, R"("count":5)"));
}

BOOST_AUTO_TEST_CASE(
    a_transient_failure_is_retried_twelve_times_every_ten_seconds) {
  for (int status : {0, 302, 401, 408, 429, 500, 503}) {
    outbox each;
    each.push(event("a"), false, start);
    auto now = start;
    for (unsigned i = 1; i < outbox::most_attempts; ++i) {
      auto steps = each.due(now);
      BOOST_TEST_REQUIRE(steps.size() == 1u);
      BOOST_TEST(each.answered(steps[0].id, answer(status), now).empty());
      BOOST_TEST(each.due(now + 9s).empty());
      now += 10s;
    }
    auto last = each.due(now).at(0);
    BOOST_TEST(!each.answered(last.id, answer(status), now).empty());
    BOOST_TEST(each.size() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_longer_wait_that_the_server_asks_for_is_kept) {
  auto busy = answer(429);
  busy.retry_after = 32s;
  out.push(event("a"), false, start);
  out.answered(only(start).id, busy, start);
  BOOST_TEST((out.wakes_at() == start + 32s));
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_dropped) {
  for (int status : {400, 403, 404, 422}) {
    out.push(event("a"), false, start);
    auto trouble =
        out.answered(only(start).id, answer(status, "not here"), start);
    BOOST_TEST(trouble == "gave up on the event PodFailure of ns/t uid=u-1: " +
                              std::to_string(status) + " not here");
    BOOST_TEST(out.size() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(an_event_that_vanishes_repeatedly_is_dropped) {
  out.push(event("a", 2), true, start);
  int requests = 0;
  while (out.size() > 0) {
    auto step = only(start);
    BOOST_TEST_REQUIRE(++requests < 100);
    // Not found for the patch, already existing for the creation.
    out.answered(step.id, answer(creates(step) ? 503 : 404), start);
    if (auto next = out.wakes_at(); next && *next > start)
      break;
  }
  BOOST_TEST(requests == 2);
}

BOOST_AUTO_TEST_CASE(few_requests_are_in_flight_at_once) {
  for (int i = 0; i < 100; ++i)
    out.push(event("e" + std::to_string(i)), false, start);
  auto steps = out.due(start);
  BOOST_TEST(steps.size() == outbox::most_in_flight);
  BOOST_TEST(!out.wakes_at().has_value());
  out.answered(steps[3].id, answer(201), start);
  BOOST_TEST(says(only(start), "\"e8\""));
}

BOOST_AUTO_TEST_CASE(the_oldest_waiting_event_is_dropped) {
  out.push(event("flies"), false, start);
  auto flying = only(start);
  out.push(event("oldest"), false, start);
  for (size_t i = 2; i < outbox::most_waiting; ++i)
    BOOST_TEST(out.push(event("e" + std::to_string(i)), false, start));
  BOOST_TEST(!out.push(event("newest"), false, start));
  BOOST_TEST(out.size() == outbox::most_waiting);
  BOOST_TEST(out.answered(flying.id, answer(201), start).empty());
  BOOST_TEST(says(out.due(start).at(0), "\"e2\""));
}

BOOST_AUTO_TEST_CASE(answers_to_nothing_change_nothing) {
  BOOST_TEST(out.answered(7, answer(201), start).empty());
  out.push(event("a"), false, start);
  BOOST_TEST(out.answered(1, answer(201), start).empty());
  BOOST_TEST(out.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
