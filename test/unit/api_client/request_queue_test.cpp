#include "actors/api_client/request_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr size_t first = server_pressure::first_window;

struct fixture {
  request_queue queue;
  monotonic_time now = monotonic_time{} + 1h;
  uint64_t last = 0;
  std::map<lane, std::deque<uint64_t>> sent;

  void add(lane in, size_t n = 1) {
    for (size_t i = 0; i < n; ++i)
      BOOST_REQUIRE(queue.push(in, ++last, work_kind::other, now));
  }

  /// Starts all requests that may be sent and counts them by lane.
  std::map<lane, size_t> go() {
    std::map<lane, size_t> started;
    while (auto ticket = queue.next(now)) {
      ++started[ticket->in];
      sent[ticket->in].push_back(ticket->id);
    }
    return started;
  }

  void finish(lane in, size_t n = 1, send_outcome how = send_outcome::done) {
    for (size_t i = 0; i < n; ++i) {
      queue.finished(sent[in].front(), how, now);
      sent[in].pop_front();
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queueing_requests, fixture)

BOOST_AUTO_TEST_CASE(a_lane_keeps_its_order_and_repeats_come_first) {
  add(lane::create, 3);
  BOOST_TEST(queue.next(now)->id == 1u);
  queue.finished(1, send_outcome::done, now);
  queue.push_front(lane::create, 1, work_kind::other, now);
  BOOST_TEST(queue.next(now)->id == 1u);
  BOOST_TEST(queue.next(now)->id == 2u);
  queue.finished(1, send_outcome::done, now);
  BOOST_TEST(queue.next(now)->id == 3u);
  BOOST_TEST(!queue.next(now));
}

BOOST_AUTO_TEST_CASE(status_comes_before_creations_and_both_move) {
  add(lane::create, 100);
  BOOST_TEST(go()[lane::create] == first);
  add(lane::status, 100);
  auto started = go();
  BOOST_TEST(started[lane::status] == request_queue::status_beyond);
  finish(lane::create, first);
  started = go();
  BOOST_TEST(started[lane::status] == 0u);
  BOOST_TEST(started[lane::create] == 1u);
  finish(lane::status, 2);
  started = go();
  BOOST_TEST(started[lane::status] == 2u);
  BOOST_TEST(started[lane::create] == 0u);
}

BOOST_AUTO_TEST_CASE(lists_never_wait_for_others) {
  add(lane::create, 100);
  go();
  add(lane::list, 10);
  BOOST_TEST(go()[lane::list] == 8u);
}

BOOST_AUTO_TEST_CASE(what_nobody_waits_for_is_sent_when_nothing_else_waits) {
  add(lane::event, 100);
  add(lane::background, 100);
  add(lane::create, first + 1);
  auto started = go();
  BOOST_TEST(started[lane::create] == first);
  BOOST_TEST(started[lane::event] == 0u);
  BOOST_TEST(started[lane::background] == 0u);
  finish(lane::create, 1);
  started = go();
  BOOST_TEST(started[lane::create] == 1u);
  BOOST_TEST(started[lane::event] == 0u);
  finish(lane::create, first);
  started = go();
  // One place stays free for the next change of a phase.
  BOOST_TEST(started[lane::event] == first - 1);
  BOOST_TEST(started[lane::background] == 0u);
}

BOOST_AUTO_TEST_CASE(a_window_of_one_is_used_by_what_nobody_waits_for) {
  while (queue.window() > 1) {
    now += 2s;
    add(lane::create);
    go();
    finish(lane::create, 1, send_outcome::overload);
  }
  add(lane::event, 2);
  BOOST_TEST(go()[lane::event] == 1u);
  add(lane::create, 1);
  BOOST_TEST(go()[lane::create] == 1u);
  finish(lane::event);
  BOOST_TEST(go().empty());
}

BOOST_AUTO_TEST_CASE(what_nobody_waits_for_does_not_wait_forever) {
  add(lane::event, 100);
  add(lane::background, 100);
  add(lane::create, 1000);
  go();
  BOOST_TEST((*queue.wakes_at(now) == now + request_queue::slow_after));
  auto begin = now;
  for (; now < begin + 12s; now += 100ms) {
    finish(lane::create, sent[lane::create].size());
    go();
  }
  BOOST_TEST(queue.in_flight(lane::event) == 1u);
  BOOST_TEST(queue.in_flight(lane::background) == 1u);
}

BOOST_AUTO_TEST_CASE(slow_requests_make_room_but_only_for_a_bounded_number) {
  add(lane::create, 1000);
  BOOST_TEST(go()[lane::create] == first);
  BOOST_TEST((*queue.wakes_at(now) == now + request_queue::slow_after));
  now += 1s;
  BOOST_TEST(go()[lane::create] == first);
  for (int i = 0; i < 20; ++i, now += 1s)
    go();
  BOOST_TEST(queue.in_flight(lane::create) == 32u);
  // Others are not affected.
  add(lane::status, 100);
  BOOST_TEST(go()[lane::status] == request_queue::status_beyond);
  finish(lane::create, 32);
  BOOST_TEST(queue.in_flight(lane::create) == 0u);
}

BOOST_AUTO_TEST_CASE(load_requests_have_a_window_of_their_own) {
  add(lane::create, 1000);
  go();
  add(lane::load, 100);
  BOOST_TEST(go()[lane::load] == 32u);
  queue.pause(lane::create, now + 1s);
  queue.hold(true);
  finish(lane::load, 2);
  BOOST_TEST(go()[lane::load] == 2u);
}

BOOST_AUTO_TEST_CASE(a_pause_holds_all_api_lanes_until_its_end) {
  add(lane::create, 1);
  add(lane::status, 1);
  queue.pause(lane::create, now + 2s);
  queue.pause(lane::create, now + 1s); // never shorter
  BOOST_TEST(go().empty());
  BOOST_REQUIRE(queue.wakes_at(now).has_value());
  BOOST_TEST((*queue.wakes_at(now) == now + 2s));
  now += 2s;
  BOOST_TEST(go().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_limit_for_events_alone_affects_only_events) {
  add(lane::event, 2);
  go();
  auto before = queue.window();
  finish(lane::event, 1, send_outcome::overload);
  queue.pause(lane::event, now + 5s);
  add(lane::event, 1);
  add(lane::create, first);
  BOOST_TEST(queue.window() == before);
  auto started = go();
  BOOST_TEST(started[lane::create] == first);
  BOOST_TEST(started[lane::event] == 0u);
  finish(lane::create, first);
  BOOST_TEST((*queue.wakes_at(now) <= now + 5s));
  now += 5s;
  BOOST_TEST(go()[lane::event] == 1u);
}

BOOST_AUTO_TEST_CASE(an_empty_queue_sets_no_timer) {
  queue.pause(lane::create, now + 2s);
  BOOST_TEST(!queue.wakes_at(now).has_value());
  add(lane::load, 1);
  BOOST_TEST(!queue.wakes_at(now).has_value());
}

BOOST_AUTO_TEST_CASE(a_full_lane_refuses) {
  api_client_limits limits;
  limits.longest_queue = 2;
  request_queue small{limits};
  auto push = [&](lane in, uint64_t id) {
    return small.push(in, id, work_kind::other, now);
  };
  BOOST_TEST(push(lane::event, 1));
  BOOST_TEST(push(lane::event, 2));
  BOOST_TEST(!push(lane::event, 3));
  BOOST_TEST(push(lane::status, 4));
  // A retry is not refused: it was accepted before.
  small.push_front(lane::event, 5, work_kind::other, now);
  BOOST_TEST(small.waiting(lane::event) == 3u);
}

BOOST_AUTO_TEST_CASE(requests_to_the_api_server_can_be_removed) {
  add(lane::status, 1);
  add(lane::load, 1);
  add(lane::create, 2);
  queue.hold(true);
  BOOST_TEST((queue.take_waiting() == std::vector<uint64_t>{1, 3, 4}));
  BOOST_TEST(queue.waiting(lane::load) == 1u);
  queue.hold(false);
  BOOST_TEST(go()[lane::load] == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
