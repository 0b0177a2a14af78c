#include "actors/load_sampler/schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

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

  /// Follows so many masters, `u0` and so on, which have answered and are due
  /// again.
  void begin(size_t masters) {
    for (size_t i = 0; i < masters; ++i)
      follow("u" + std::to_string(i), "http://x", 1,
             now + std::chrono::milliseconds(i));
    for (auto end = now + 5min; now < end; now += 100ms)
      for (const auto& one : schedule.due(now))
        schedule.answered(one.test_uid, one.ticket, making_load(1), now);
    now += 1h;
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

BOOST_AUTO_TEST_CASE(a_few_masters_are_sampled_often) {
  follow("u", "http://10.0.0.1:8089", 3, now);
  BOOST_TEST((schedule.wakes_at() == start));
  for (int32_t workers : {0, 2, 3, 4})
    BOOST_TEST((wait_after(workers) == 2s));
}

BOOST_AUTO_TEST_CASE(a_master_that_waits_is_sampled_now_and_then) {
  follow("u", "http://10.0.0.1:8089", 2, now);
  auto says = [](master_state state, std::optional<int32_t> pods = {}) {
    return std::optional(master_stats{2, pods, state});
  };
  BOOST_TEST((wait_after(says(master_state::ready)) == 5s));
  BOOST_TEST((wait_after(says(master_state::stopped)) == 5s));
  BOOST_TEST((wait_after(says(master_state::ready, 2)) == 5s));
  BOOST_TEST((wait_after(says(master_state::load)) == 2s));
  BOOST_TEST((wait_after(says(master_state::unknown)) == 2s));
  // Both workers are processes of one pod; the other pod is missing.
  BOOST_TEST((wait_after(says(master_state::ready, 1)) == 2s));
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
  auto ready = std::optional(master_stats{1, {}, master_state::ready});
  follow("u", url, 1, now);
  BOOST_TEST((wait_after(ready) == 5s));
  follow("u", url, 1, now - 3s, true);
  BOOST_TEST((schedule.wakes_at() == now - 3s));
  now -= 3s;
  BOOST_TEST((wait_after(ready) == 2s));
  // It hurries already.
  follow("u", url, 1, now - 1s, true);
  BOOST_TEST((schedule.wakes_at() == now));
  follow("u", url, 1, now);
  BOOST_TEST((wait_after(ready) == 5s));
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
  auto ready = std::optional(master_stats{1, {}, master_state::ready});
  BOOST_TEST((wait_after(ready) == 5s));
  follow("u", "http://10.0.0.1:8089", 2, start + 1s);
  BOOST_TEST((schedule.wakes_at() == start + 5s));
  // The new number of workers applies from the next answer on.
  BOOST_TEST((wait_after(ready) == 2s));
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
  BOOST_TEST((schedule.wakes_at() == start + 2s));
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
  begin(most + 2);
  auto masters = schedule.due(now);
  BOOST_TEST_REQUIRE(masters.size() == most);
  BOOST_TEST(!schedule.wakes_at().has_value());
  std::set<std::string> asked;
  for (const auto& one : masters)
    asked.insert(one.test_uid);
  schedule.answered(masters[7].test_uid, masters[7].ticket, making_load(1),
                    now);
  auto next = schedule.due(now);
  BOOST_TEST_REQUIRE(next.size() == 1u);
  BOOST_TEST(!asked.contains(next[0].test_uid));
  // An ignored answer makes room as well.
  schedule.unfollow(masters[8].test_uid);
  BOOST_TEST(!schedule.answered(masters[8].test_uid, masters[8].ticket,
                                making_load(1), now));
  BOOST_TEST(schedule.due(now).size() == 1u);
}

BOOST_AUTO_TEST_CASE(all_together_keep_to_the_rate) {
  for (size_t tests : {10, 1000, 3000}) {
    schedule = {};
    begin(tests);
    std::map<std::string, int> samples;
    const auto begun = now;
    constexpr int seconds = 60;
    for (; now < begun + std::chrono::seconds(seconds); now += 5ms)
      for (const auto& one : schedule.due(now)) {
        ++samples[one.test_uid];
        schedule.answered(one.test_uid, one.ticket, making_load(1), now);
      }
    int sum = 0;
    for (const auto& [uid, count] : samples)
      sum += count;
    BOOST_TEST(samples.size() == tests);
    BOOST_TEST(sum <= 100 * (seconds + 1), tests);
    auto each = std::minmax_element(
        samples.begin(), samples.end(),
        [](const auto& a, const auto& b) { return a.second < b.second; });
    BOOST_TEST(each.second->second - each.first->second <= 1, tests);
    auto wanted = std::min<int>(30, 100 * seconds / static_cast<int>(tests));
    BOOST_TEST(each.first->second >= wanted - 1, tests);
  }
}

BOOST_AUTO_TEST_CASE(many_silent_masters_leave_half_of_the_places) {
  constexpr auto half = sample_schedule::most_unproven;
  begin(20); // they answer
  for (int i = 0; i < 500; ++i)
    follow("silent" + std::to_string(i), "http://x", 1, now);
  // For as long as a request of the sampler and a connection attempt may take.
  std::multimap<monotonic_time, sample_due> hanging;
  std::map<std::string, monotonic_time> sampled_at;
  size_t most_hanging = 0;
  auto longest = 0ns;
  for (const auto end = now + 3min; now < end; now += 10ms) {
    while (!hanging.empty() && hanging.begin()->first <= now) {
      auto over = hanging.extract(hanging.begin()).mapped();
      schedule.answered(over.test_uid, over.ticket, std::nullopt, now);
    }
    for (const auto& one : schedule.due(now)) {
      if (one.test_uid.starts_with("silent")) {
        hanging.emplace(now + 4s, one);
        continue;
      }
      if (auto last = sampled_at.find(one.test_uid); last != sampled_at.end())
        longest =
            std::max<std::chrono::nanoseconds>(longest, now - last->second);
      sampled_at[one.test_uid] = now;
      schedule.answered(one.test_uid, one.ticket, making_load(1), now);
    }
    most_hanging = std::max(most_hanging, hanging.size());
  }
  BOOST_TEST(most_hanging == half);
  BOOST_TEST(sampled_at.size() == 20u);
  // The interval of 520 masters, and a moment.
  BOOST_TEST((longest <= 5200ms + 20ms));
}

BOOST_AUTO_TEST_CASE(a_new_master_precedes_those_that_are_silent) {
  constexpr auto half = sample_schedule::most_unproven;
  for (size_t i = 0; i < half + 9; ++i)
    follow("silent" + std::to_string(i), "http://x", 1, now);
  std::vector<sample_due> asked;
  for (int round = 0; round < 2; ++round) {
    for (const auto& one : asked)
      schedule.answered(one.test_uid, one.ticket, std::nullopt, now);
    now += 10s;
    asked = schedule.due(now);
  }
  BOOST_TEST(asked.size() == half);
  follow("new", "http://y", 1, now);
  BOOST_TEST(schedule.due(now).empty());
  schedule.answered(asked[0].test_uid, asked[0].ticket, std::nullopt, now);
  auto next = schedule.due(now);
  BOOST_TEST_REQUIRE(next.size() == 1u);
  BOOST_TEST(next[0].test_uid == "new");
}

BOOST_AUTO_TEST_SUITE_END()
