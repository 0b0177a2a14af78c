#include "actors/api_client/request_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace locust;
using namespace std::chrono_literals;

namespace {

struct fixture {
  request_queue queue;
  monotonic_time now = monotonic_time{} + 1h;
  uint64_t last = 0;

  void add(lane in, size_t n) {
    for (size_t i = 0; i < n; ++i)
      BOOST_REQUIRE(queue.push(in, ++last));
  }

  /// Starts all requests that may be sent and counts them by lane.
  std::map<lane, size_t> go() {
    std::map<lane, size_t> started;
    while (auto ticket = queue.next(now))
      ++started[ticket->in];
    return started;
  }

  void finish(lane in, size_t n, send_outcome how = send_outcome::done) {
    for (size_t i = 0; i < n; ++i)
      queue.finished(in, how, now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queueing_requests, fixture)

BOOST_AUTO_TEST_CASE(a_lane_keeps_its_order_and_repeats_come_first) {
  add(lane::create, 3);
  BOOST_TEST(queue.next(now)->id == 1u);
  queue.push_front(lane::create, 1);
  BOOST_TEST(queue.next(now)->id == 1u);
  BOOST_TEST(queue.next(now)->id == 2u);
  BOOST_TEST(queue.next(now)->id == 3u);
  BOOST_TEST(!queue.next(now));
}

BOOST_AUTO_TEST_CASE(a_burst_does_not_use_the_guarantees_of_other_lanes) {
  struct row {
    lane burst;
    size_t expected; // the window without the guarantees of the others
  };
  for (auto r : {row{lane::list, 20}, row{lane::create, 20},
                 row{lane::status, 44}, row{lane::event, 16}}) {
    fixture f;
    f.add(r.burst, 1000);
    BOOST_TEST(f.go()[r.burst] == r.expected);
  }
}

BOOST_AUTO_TEST_CASE(status_is_sent_at_once_during_a_burst_of_creations) {
  add(lane::create, 5000);
  go();
  add(lane::status, 44);
  BOOST_TEST(go()[lane::status] == 32u);
  // More of them wait until a creation is through, and share with the others.
  finish(lane::create, 20);
  BOOST_TEST(go()[lane::status] == 9u);
}

BOOST_AUTO_TEST_CASE(all_lanes_full_fill_the_window_by_their_shares) {
  for (auto in : {lane::create, lane::list, lane::event, lane::status})
    add(in, 100);
  auto started = go();
  BOOST_TEST(queue.in_flight() == 64u);
  BOOST_TEST(started[lane::list] == 10u);
  BOOST_TEST(started[lane::create] == 10u);
  BOOST_TEST(started[lane::status] == 39u);
  BOOST_TEST(started[lane::event] == 5u);
}

BOOST_AUTO_TEST_CASE(load_requests_have_a_window_of_their_own) {
  add(lane::create, 1000);
  go();
  add(lane::load, 100);
  BOOST_TEST(go()[lane::load] == 32u);
  queue.pause(now + 1s);
  queue.hold(true);
  finish(lane::load, 2);
  BOOST_TEST(go()[lane::load] == 2u);
}

BOOST_AUTO_TEST_CASE(a_pause_holds_all_api_lanes_until_its_end) {
  add(lane::create, 1);
  add(lane::status, 1);
  queue.pause(now + 2s);
  queue.pause(now + 1s); // never shorter
  BOOST_TEST(go().empty());
  BOOST_REQUIRE(queue.wakes_at(now).has_value());
  BOOST_TEST((*queue.wakes_at(now) == now + 2s));
  now += 2s;
  BOOST_TEST(!queue.wakes_at(now).has_value());
  BOOST_TEST(go().size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_empty_queue_sets_no_timer) {
  queue.pause(now + 2s);
  BOOST_TEST(!queue.wakes_at(now).has_value());
  add(lane::load, 1);
  BOOST_TEST(!queue.wakes_at(now).has_value());
}

BOOST_AUTO_TEST_CASE(overload_halves_the_window_once_for_simultaneous_answers) {
  add(lane::create, 1000);
  go();
  finish(lane::create, 20, send_outcome::overload);
  BOOST_TEST(queue.window() == 32u);
  now += 1s;
  for (int i = 0; i < 10; ++i, now += 1s) {
    go();
    finish(lane::create, 1, send_outcome::overload);
  }
  BOOST_TEST(queue.window() == 8u);
}

BOOST_AUTO_TEST_CASE(the_window_grows_by_one_per_window_that_went_well) {
  add(lane::create, 10'000);
  go();
  finish(lane::create, 1, send_outcome::overload);
  for (int i = 0; i < 31; ++i) {
    go();
    finish(lane::create, 1);
  }
  BOOST_TEST(queue.window() == 32u);
  go();
  finish(lane::create, 2);
  go();
  BOOST_TEST(queue.window() == 33u);
  for (int i = 0; i < 5000; ++i) {
    finish(lane::create, 1);
    go();
  }
  BOOST_TEST(queue.window() == 64u);
}

BOOST_AUTO_TEST_CASE(a_missing_answer_keeps_the_window) {
  add(lane::create, 100);
  go();
  finish(lane::create, 20, send_outcome::lost);
  BOOST_TEST(queue.window() == 64u);
}

BOOST_AUTO_TEST_CASE(every_lane_moves_in_the_smallest_window) {
  add(lane::create, 100);
  go();
  for (int i = 0; i < 5; ++i, now += 1s)
    finish(lane::create, 1, send_outcome::overload);
  BOOST_TEST(queue.window() == 8u);
  for (auto in : {lane::list, lane::status, lane::event})
    add(in, 10);
  auto started = go();
  BOOST_TEST(started[lane::list] == 1u);
  BOOST_TEST(started[lane::status] == 4u);
  BOOST_TEST(started[lane::event] == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_lane_refuses) {
  api_client_limits limits;
  limits.longest_queue = 2;
  request_queue small{limits};
  BOOST_TEST(small.push(lane::event, 1));
  BOOST_TEST(small.push(lane::event, 2));
  BOOST_TEST(!small.push(lane::event, 3));
  BOOST_TEST(small.push(lane::status, 4));
  // A retry is not refused: it was accepted before.
  small.push_front(lane::event, 5);
  BOOST_TEST(small.waiting(lane::event) == 3u);
}

BOOST_AUTO_TEST_CASE(requests_to_the_api_server_can_be_removed) {
  add(lane::status, 1);
  add(lane::load, 1);
  add(lane::create, 2);
  queue.hold(true);
  BOOST_TEST((queue.take_waiting() == std::vector<uint64_t>{3, 4, 1}));
  BOOST_TEST(queue.waiting(lane::load) == 1u);
  queue.hold(false);
  BOOST_TEST(go()[lane::load] == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
