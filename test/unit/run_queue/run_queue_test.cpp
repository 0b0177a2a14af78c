#include "actors/run_queue/run_queue.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h};

struct fixture {
  uint64_t push(const std::string& ns, const std::string& name, int age,
                bool begun = false) {
    queue.push(
        {++last, {ns, name}, ns + name, noon - std::chrono::hours(age), begun});
    return last;
  }

  std::vector<uint64_t> take_all() {
    std::vector<uint64_t> taken;
    while (auto id = queue.next())
      taken.push_back(*id);
    return taken;
  }

  run_queue queue;
  uint64_t last = 0;
};

using ids = std::vector<uint64_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(run_queue_suite, fixture)

BOOST_AUTO_TEST_CASE(what_has_begun_comes_first_then_the_oldest) {
  auto young = push("a", "young", 1);
  auto old = push("a", "old", 3);
  auto begun = push("b", "begun", 0, true);
  auto middle = push("b", "middle", 2);
  BOOST_TEST((take_all() == ids{begun, old, middle, young}));
}

BOOST_AUTO_TEST_CASE(of_the_same_second_the_name_decides_then_the_order) {
  auto b = push("n", "b", 1);
  auto first = push("n", "a", 1);
  auto second = push("n", "a", 1);
  BOOST_TEST((take_all() == ids{first, second, b}));
}

BOOST_AUTO_TEST_CASE(one_namespace_never_takes_all_places) {
  for (int i = 0; i < 100; ++i)
    push("busy", "t" + std::to_string(i), 5);
  BOOST_TEST(take_all().size() == run_queue::most_per_namespace);
  auto other = push("quiet", "t", 0);
  BOOST_TEST((take_all() == ids{other}));
  for (int i = 0; i < 100; ++i)
    for (const auto* ns : {"third", "fourth"})
      push(ns, "t" + std::to_string(i), 5);
  BOOST_TEST(take_all().size() ==
             run_queue::most_in_flight - run_queue::most_per_namespace - 1);
  BOOST_TEST(queue.in_flight() == run_queue::most_in_flight);
}

BOOST_AUTO_TEST_CASE(a_place_that_is_given_back_is_taken_by_the_next) {
  for (int i = 0; i < 40; ++i)
    push("n", "t", 40 - i);
  auto taken = take_all();
  BOOST_REQUIRE(taken.size() == run_queue::most_per_namespace);
  queue.finished(taken[3]);
  queue.finished(taken[3]); // a second time frees nothing
  BOOST_TEST((take_all() == ids{run_queue::most_per_namespace + 1}));
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_test_that_is_gone_is_dropped) {
  auto keep = push("n", "a", 1);
  auto gone = push("n", "b", 2);
  BOOST_TEST((queue.forget("nb") == ids{gone}));
  BOOST_TEST(queue.forget("nb").empty());
  BOOST_TEST((take_all() == ids{keep}));
  BOOST_TEST(queue.forget("na").empty()); // under way
  queue.finished(keep);
  BOOST_TEST(queue.waiting() == 0u);
  BOOST_TEST(queue.in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(everything_is_created_once_whatever_happens) {
  ids taken;
  ids under_way;
  uint64_t dice = 1;
  auto random = [&](uint64_t n) {
    dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
    return (dice >> 33) % n;
  };
  size_t dropped = 0;
  for (int i = 0; i < 5000; ++i) {
    push("n" + std::to_string(random(5)), "t" + std::to_string(random(50)),
         static_cast<int>(random(9)), random(2) == 0);
    if (random(20) == 0)
      dropped += queue.forget("n1t" + std::to_string(random(50))).size();
    for (auto id : take_all()) {
      taken.push_back(id);
      under_way.push_back(id);
    }
    BOOST_REQUIRE(queue.in_flight() <= run_queue::most_in_flight);
    for (auto n = random(3); n > 0 && !under_way.empty(); --n) {
      queue.finished(under_way.back());
      under_way.pop_back();
    }
  }
  while (queue.waiting() > 0) {
    for (auto id : under_way)
      queue.finished(id);
    under_way = take_all();
    taken.insert(taken.end(), under_way.begin(), under_way.end());
  }
  std::sort(taken.begin(), taken.end());
  BOOST_TEST((std::adjacent_find(taken.begin(), taken.end()) == taken.end()));
  BOOST_TEST(taken.size() + dropped == 5000u);
}

BOOST_AUTO_TEST_SUITE_END()
