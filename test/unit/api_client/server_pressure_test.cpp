#include "actors/api_client/server_pressure.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace locust;
using namespace std::chrono_literals;
using std::chrono::microseconds;

namespace {

/// A server that works on `capacity` requests at a time; more wait.
struct server {
  double capacity = 4;
  /// Requests of others that are in flight all the time.
  double others = 0;
  microseconds shortest{2000};

  microseconds answers(size_t in_flight) const {
    auto load = (static_cast<double>(in_flight) + others) / capacity;
    return microseconds(static_cast<int64_t>(
        static_cast<double>(shortest.count()) * std::max(1.0, load)));
  }
};

struct fixture {
  server_pressure pressure;
  monotonic_time now = monotonic_time{} + 1h;

  void run(const server& s, int requests, bool wanted = true) {
    for (int i = 0; i < requests; ++i) {
      auto took = s.answers(pressure.window());
      now += took / static_cast<int>(pressure.window());
      pressure.answered(work_kind::create_job, took, wanted, now);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(measuring_pressure, fixture)

BOOST_AUTO_TEST_CASE(the_window_finds_what_the_server_works_on) {
  for (double capacity : {2.0, 4.0, 8.0, 20.0}) {
    fixture f;
    f.pressure.answered(work_kind::create_job, 2ms, false, f.now); // when idle
    f.run({.capacity = capacity}, 4000);
    auto window = static_cast<double>(f.pressure.window());
    BOOST_TEST_CONTEXT("capacity " << capacity << ", window " << window) {
      BOOST_TEST(window >= capacity);
      BOOST_TEST(window <= capacity + server_pressure::most_waiting + 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(it_leaves_room_for_others_and_takes_it_back) {
  run({.capacity = 8}, 4000);
  auto alone = pressure.window();
  run({.capacity = 8, .others = 32}, 4000);
  BOOST_TEST(pressure.window() <= server_pressure::least_window + 1);
  run({.capacity = 8}, 4000);
  BOOST_TEST(pressure.window() == alone);
}

BOOST_AUTO_TEST_CASE(a_window_that_nobody_needs_does_not_grow) {
  run({.capacity = 60}, 4000, false);
  BOOST_TEST(pressure.window() == server_pressure::first_window);
}

BOOST_AUTO_TEST_CASE(a_few_slow_requests_do_not_count) {
  for (int i = 0; i < 4000; ++i) {
    bool webhook = i % 2 == 0;
    pressure.answered(work_kind::create_job, webhook ? 5s : 2ms, true, now);
  }
  BOOST_TEST(pressure.window() == server_pressure::most_window);
}

BOOST_AUTO_TEST_CASE(each_kind_of_request_has_its_own_measure) {
  for (int i = 0; i < 4000; ++i) {
    pressure.answered(work_kind::create_service, 25ms, true, now);
    pressure.answered(work_kind::write_status, 2ms, true, now);
  }
  BOOST_TEST(pressure.window() == server_pressure::most_window);
}

BOOST_AUTO_TEST_CASE(a_server_that_has_become_slower_is_measured_anew) {
  run({.capacity = 20}, 4000);
  for (int i = 0; i < 60; ++i, now += 1min)
    run({.capacity = 20, .shortest = 20ms}, 100);
  BOOST_TEST(pressure.window() >= 20u);
}

BOOST_AUTO_TEST_CASE(overload_halves_the_window_once_for_simultaneous_answers) {
  run({.capacity = 64}, 4000);
  BOOST_TEST(pressure.window() == 64u);
  for (int i = 0; i < 20; ++i)
    pressure.overloaded(now);
  BOOST_TEST(pressure.window() == 32u);
  for (int i = 0; i < 10; ++i, now += 1s)
    pressure.overloaded(now);
  BOOST_TEST(pressure.window() == server_pressure::least_window);
}

BOOST_AUTO_TEST_SUITE_END()
