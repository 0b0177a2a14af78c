#include "actors/load_sampler/schedule.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr monotonic_time start{std::chrono::hours(1)};

std::optional<master_stats> making_load(int32_t workers) {
  return master_stats{workers, {}, master_state::load};
}

struct fixture {
  void follow(const std::string& uid, const std::string& url, int32_t workers,
              monotonic_time at, bool hurries = false) {
    schedule.follow(uid, {url, "http://10.0.0.1:5557", workers, hurries}, at);
  }

  std::chrono::nanoseconds wait_after(int32_t workers) {
    return wait_after(making_load(workers));
  }

  /// Answers for the only due master; returns the wait until its next sample.
  std::chrono::nanoseconds
  wait_after(const std::optional<master_stats>& stats) {
    auto masters = schedule.due(now);
    BOOST_TEST_REQUIRE(masters.size() == 1u);
    BOOST_TEST(
        schedule.answered(masters[0].test_uid, masters[0].ticket, stats, now));
    auto next = schedule.wakes_at();
    BOOST_TEST_REQUIRE(next.has_value());
    auto wait = *next - now;
    now = *next;
    return wait;
  }

  sample_schedule schedule;
  monotonic_time now = start;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_schedule_, fixture)

BOOST_AUTO_TEST_CASE(
    a_master_is_sampled_often_until_all_workers_are_connected) {
  follow("u", "http://10.0.0.1:8089", 3, now);
  BOOST_TEST((schedule.wakes_at() == start));
  BOOST_TEST((wait_after(0) == 2s));
  BOOST_TEST((wait_after(2) == 2s));
  BOOST_TEST((wait_after(3) == 15s));
  BOOST_TEST((wait_after(4) == 15s));
  BOOST_TEST((wait_after(2) == 2s));
}

BOOST_AUTO_TEST_CASE(a_master_that_waits_is_sampled_now_and_then) {
  follow("u", "http://10.0.0.1:8089", 2, now);
  auto says = [](master_state state, std::optional<int32_t> pods = {}) {
    return std::optional(master_stats{2, pods, state});
  };
  BOOST_TEST((wait_after(says(master_state::ready)) == 5s));
  BOOST_TEST((wait_after(says(master_state::stopped)) == 5s));
  BOOST_TEST((wait_after(says(master_state::load)) == 15s));
  BOOST_TEST((wait_after(says(master_state::unknown)) == 15s));
  BOOST_TEST((wait_after(says(master_state::load, 2)) == 15s));
  // Both workers are processes of one pod; the other pod is missing.
  BOOST_TEST((wait_after(says(master_state::load, 1)) == 2s));
}

BOOST_AUTO_TEST_CASE(a_silent_master_is_sampled_with_back_off_after_a_while) {
  follow("u", "http://10.0.0.1:8089", 1, now);
  for (unsigned i = 0; i < sample_schedule::patient; ++i)
    BOOST_TEST((wait_after(std::nullopt) == 2s));
  for (auto expected : {2s, 4s, 8s, 15s, 15s})
    BOOST_TEST((wait_after(std::nullopt) == expected));
  BOOST_TEST((wait_after(0) == 2s));
  BOOST_TEST((wait_after(std::nullopt) == 2s));
}

BOOST_AUTO_TEST_CASE(a_master_whose_workers_leave_is_sampled_at_once) {
  const std::string url = "http://10.0.0.1:8089";
  follow("u", url, 1, now);
  BOOST_TEST((wait_after(1) == 15s));
  BOOST_TEST((wait_after(1) == 15s));
  follow("u", url, 1, now - 10s, true);
  BOOST_TEST((schedule.wakes_at() == now - 10s));
  now -= 10s;
  BOOST_TEST((wait_after(1) == 2s));
  // It hurries already.
  follow("u", url, 1, now - 1s, true);
  BOOST_TEST((schedule.wakes_at() == now));
  follow("u", url, 1, now);
  BOOST_TEST((wait_after(1) == 15s));
}

BOOST_AUTO_TEST_CASE(it_is_not_asked_again_before_it_has_answered) {
  follow("u", "http://10.0.0.1:8089", 1, now);
  auto masters = schedule.due(now);
  BOOST_TEST_REQUIRE(masters.size() == 1u);
  BOOST_TEST(masters[0].master.web_url == "http://10.0.0.1:8089");
  BOOST_TEST(schedule.due(now + 1h).empty());
  BOOST_TEST(!schedule.wakes_at().has_value());
}

BOOST_AUTO_TEST_CASE(following_the_same_master_keeps_the_schedule) {
  follow("u", "http://10.0.0.1:8089", 1, now);
  BOOST_TEST((wait_after(1) == 15s));
  follow("u", "http://10.0.0.1:8089", 2, start + 1s);
  BOOST_TEST((schedule.wakes_at() == start + 15s));
  // The new number of workers applies from the next answer on.
  BOOST_TEST((wait_after(1) == 2s));
}

BOOST_AUTO_TEST_CASE(another_master_gets_a_new_schedule) {
  follow("u", "http://10.0.0.1:8089", 1, now);
  for (unsigned i = 0; i < sample_schedule::patient; ++i)
    BOOST_TEST((wait_after(std::nullopt) == 2s));
  follow("u", "http://10.0.0.2:8089", 1, now - 1s);
  BOOST_TEST((schedule.wakes_at() == now - 1s));
  BOOST_TEST((wait_after(std::nullopt) == 2s));
}

BOOST_AUTO_TEST_CASE(an_unexpected_answer_changes_nothing) {
  follow("u", "http://10.0.0.1:8089", 1, now);
  auto asked = schedule.due(now).at(0);
  BOOST_TEST(schedule.answered("u", asked.ticket, making_load(1), now));
  BOOST_TEST(!schedule.answered("u", asked.ticket, making_load(0), now));
  BOOST_TEST((schedule.wakes_at() == start + 15s));
}

BOOST_AUTO_TEST_CASE(the_answer_of_an_earlier_master_is_ignored) {
  follow("u", "http://10.0.0.1:8089", 1, now);
  auto old = schedule.due(now).at(0);
  follow("u", "http://10.0.0.2:8089", 1, now);
  auto young = schedule.due(now).at(0);
  BOOST_TEST(young.master.web_url == "http://10.0.0.2:8089");
  BOOST_TEST(!schedule.answered("u", old.ticket, making_load(1), now));
  BOOST_TEST(!schedule.wakes_at().has_value());
  BOOST_TEST(schedule.answered("u", young.ticket, making_load(1), now));
}

BOOST_AUTO_TEST_CASE(an_unfollowed_test_is_not_sampled) {
  follow("waits", "http://10.0.0.1:8089", 1, now);
  schedule.unfollow("waits");
  BOOST_TEST(schedule.due(now + 1h).empty());
  follow("asked", "http://10.0.0.1:8089", 1, now);
  auto asked = schedule.due(now).at(0);
  schedule.unfollow("asked");
  schedule.unfollow("never seen");
  BOOST_TEST(!schedule.answered("asked", asked.ticket, making_load(1), now));
  // Followed again at the same URL: the old answer still does not count.
  follow("asked", "http://10.0.0.1:8089", 1, now);
  BOOST_TEST(!schedule.answered("asked", asked.ticket, making_load(1), now));
  BOOST_TEST(schedule.due(now).size() == 1u);
}

BOOST_AUTO_TEST_CASE(
    only_so_many_are_asked_at_once_in_the_order_of_their_time) {
  constexpr auto most = sample_schedule::most_in_flight;
  for (size_t i = 0; i < most + 2; ++i)
    follow("u" + std::to_string(i), "http://x", 1,
           start + std::chrono::milliseconds(i));
  now = start + 1s;
  auto masters = schedule.due(now);
  BOOST_TEST_REQUIRE(masters.size() == most);
  BOOST_TEST(masters[0].test_uid == "u0");
  BOOST_TEST(!schedule.wakes_at().has_value());
  schedule.answered("u7", masters[7].ticket, making_load(1), now);
  auto next = schedule.due(now);
  BOOST_TEST_REQUIRE(next.size() == 1u);
  BOOST_TEST(next[0].test_uid == "u" + std::to_string(most));
  // An ignored answer makes room as well.
  schedule.unfollow("u8");
  BOOST_TEST(!schedule.answered("u8", masters[8].ticket, making_load(1), now));
  BOOST_TEST(schedule.due(now).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
