#include "actors/metrics/test_board.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <thread>
#include <vector>

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{1'000'000s};

load_figures ten_users() {
  load_figures load;
  load.users = 10;
  load.requests_per_second = 2.5;
  load.missing = 1;
  load.fail_ratio = 0.25;
  load.p95 = 61;
  load.requests = 40;
  return load;
}

struct fixture {
  /// A test of this name, created so long after noon.
  test_seat& join(const char* name, std::chrono::seconds created = 0s) {
    return seats.emplace_back(&board, object_key{"shop", name}, noon + created);
  }

  /// A test whose master answers.
  test_seat& run(const char* name, std::chrono::seconds created = 0s) {
    auto& seat = join(name, created);
    seat.show({test_phase::running, {}, {3, 2}});
    seat.measure(ten_users());
    return seat;
  }

  /// The names with series of their own, joined by spaces.
  std::string own() const {
    std::string names;
    for (const auto& one : board.census().own)
      names += (names.empty() ? "" : " ") + one.key.name;
    return names;
  }

  size_t others(test_phase phase) const {
    return board.census().others.phases[static_cast<size_t>(phase)];
  }

  test_board board{2};
  std::deque<test_seat> seats;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(test_board_, fixture)

BOOST_AUTO_TEST_CASE(a_test_is_on_the_board_while_it_has_a_seat) {
  BOOST_TEST(own() == "");
  join("a");
  BOOST_TEST(own() == "a");
  BOOST_TEST((board.census().own[0].phase == test_phase::unknown));
  seats.pop_back();
  BOOST_TEST(own() == "");
  BOOST_TEST(others(test_phase::unknown) == 0);
}

BOOST_AUTO_TEST_CASE(figures_are_shown_while_the_master_answers) {
  auto& seat = run("a");
  auto one = board.census().own.at(0);
  BOOST_TEST(one.key.ns == "shop");
  BOOST_TEST(one.workers.value().expected == 3);
  BOOST_TEST(one.workers.value().connected == 2);
  BOOST_TEST((one.load == ten_users()));

  seat.show({test_phase::running, {}, {3, 1}});
  BOOST_TEST((board.census().own.at(0).load == ten_users()));
  BOOST_TEST(board.census().own.at(0).workers.value().connected == 1);

  seat.show({test_phase::running, {}, {3, 1}, false});
  BOOST_TEST(!board.census().own.at(0).load.has_value());
  seat.measure(ten_users());
  seat.show({test_phase::pending, {}, {3, 0}});
  BOOST_TEST(!board.census().own.at(0).load.has_value());
  BOOST_TEST(board.census().own.at(0).workers.has_value());
}

BOOST_AUTO_TEST_CASE(only_the_phase_is_left_of_a_finished_test) {
  auto& seat = run("a");
  seat.show({test_phase::succeeded, noon, {3, 2}});
  auto one = board.census().own.at(0);
  BOOST_TEST((one.phase == test_phase::succeeded));
  BOOST_TEST(!one.workers.has_value());
  BOOST_TEST(!one.load.has_value());
  seat.show({test_phase::deleting, {}, {3, 2}});
  BOOST_TEST((board.census().own.at(0).phase == test_phase::deleting));
  BOOST_TEST(!board.census().own.at(0).workers.has_value());
}

BOOST_AUTO_TEST_CASE(the_oldest_that_go_on_come_first) {
  run("young", 9s);
  auto& old = run("old", 1s);
  BOOST_TEST(own() == "old young");
  run("younger", 10s);
  BOOST_TEST(own() == "old young");
  BOOST_TEST(others(test_phase::running) == 1);
  auto sums = board.census().others;
  BOOST_TEST(sums.users.value() == 10);
  BOOST_TEST(sums.expected.value() == 3);

  old.show({test_phase::failed, noon + 60s, {}});
  BOOST_TEST(own() == "young younger");
  BOOST_TEST(others(test_phase::running) == 0);
  BOOST_TEST(others(test_phase::failed) == 1);
  BOOST_TEST(!board.census().others.users.has_value());
}

BOOST_AUTO_TEST_CASE(the_rest_goes_to_those_that_ended_last) {
  for (auto [name, ended] : std::initializer_list<std::pair<const char*, int>>{
           {"first", 1}, {"last", 3}, {"second", 2}})
    join(name).show({test_phase::succeeded, noon + ended * 1s, {}});
  BOOST_TEST(own() == "last second");
  BOOST_TEST(others(test_phase::succeeded) == 1);
  run("now", 99s);
  BOOST_TEST(own() == "last now");
}

BOOST_AUTO_TEST_CASE(others_add_up) {
  for (const char* name : {"a", "b", "c", "d"})
    run(name);
  join("e").show({test_phase::pending, {}, {7, 0}});
  auto sums = board.census().others;
  BOOST_TEST(own() == "a b");
  BOOST_TEST(sums.users.value() == 20);
  BOOST_TEST(sums.requests_per_second.value() == 5);
  BOOST_TEST(!sums.failures_per_second.has_value());
  BOOST_TEST(sums.missing.value() == 2);
  BOOST_TEST(sums.connected.value() == 4);
  BOOST_TEST(sums.expected.value() == 13);
}

BOOST_AUTO_TEST_CASE(a_bound_of_zero_sums_up_all) {
  test_board none{0};
  test_seat seat{&none, {"shop", "a"}, noon};
  seat.show({test_phase::running, {}, {3, 2}});
  BOOST_TEST(none.census().own.empty());
  BOOST_TEST(none.census().others.connected.value() == 2);
}

BOOST_AUTO_TEST_CASE(a_test_that_is_handed_over_has_one_place) {
  run("a").show({test_phase::succeeded, noon, {}});
  join("a").show({test_phase::succeeded, noon, {}}); // as a finished run does
  BOOST_TEST(own() == "a");
  BOOST_TEST(others(test_phase::succeeded) == 0);
  seats.pop_front();
  BOOST_TEST(own() == "a");
  join("a").show({test_phase::running, {}, {1, 1}}); // created again
  auto all = board.census().own;
  BOOST_TEST(all.size() == 1);
  BOOST_TEST((all.at(0).phase == test_phase::running));
}

BOOST_AUTO_TEST_CASE(without_a_board_nothing_happens) {
  test_seat seat{nullptr, {"shop", "a"}, noon};
  seat.show({test_phase::running, {}, {3, 2}});
  seat.measure(ten_users());
  BOOST_TEST(own() == "");
}

BOOST_AUTO_TEST_CASE(threads_share_the_board) {
  auto work = [this](int thread) {
    for (int i = 0; i < 2'000; ++i) {
      test_seat seat{&board, {"shop", std::to_string(thread)}, noon};
      seat.show({test_phase::running, {}, {3, 2}});
      seat.measure(ten_users());
      seat.show({test_phase::succeeded, noon, {}});
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back(work, i);
  for (int i = 0; i < 200; ++i)
    BOOST_TEST(board.census().own.size() <= 2);
  for (auto& one : threads)
    one.join();
  auto after = board.census();
  BOOST_TEST(after.own.empty());
  for (auto count : after.others.phases)
    BOOST_TEST(count == 0);
}

BOOST_AUTO_TEST_SUITE_END()
