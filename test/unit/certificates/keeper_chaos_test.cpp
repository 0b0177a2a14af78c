#include "keeper_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <random>

using namespace locust;
using namespace std::chrono_literals;
using std::chrono::days;
using test::replica;
using test::secret_path;

namespace {

constexpr size_t replica_count = 3;
constexpr int rounds = 600;

/// Three replicas whose requests interleave at random, in a cluster where the
/// Secret is deleted or damaged, months pass and requests fail.
struct chaos : test::keeper_fixture {
  explicit chaos(unsigned seed) : random(seed) {
    for (size_t i = 0; i < replica_count; ++i) {
      replicas.push_back(std::make_unique<replica>(cluster, seed * 10 + i));
      due.push_back(now.steady);
    }
    cluster.refuse = [this](const api_request&) {
      static constexpr int answers[] = {0, 403, 409, 500, 503, 429};
      return failing && chance(3) ? answers[random() % 6] : 200;
    };
  }

  bool chance(unsigned percent_times_3) {
    return random() % 100 < percent_times_3 * 3;
  }

  /// Starts replicas that are due, then runs one step of a replica or advances
  /// the time.
  void play() {
    for (size_t i = 0; i < replica_count; ++i)
      if (replicas[i]->idle() && due[i] <= now.steady)
        replicas[i]->begin(now);
    auto i = random() % replica_count;
    if (replicas[i]->idle())
      pass(std::chrono::milliseconds(random() % 2000));
    else if (replicas[i]->step(now); replicas[i]->idle())
      due[i] = now.steady + replicas[i]->again_in();
  }

  void disturb() {
    auto which = random() % replica_count;
    switch (random() % 5) {
    case 0:
      cluster.remove(secret_path);
      break;
    case 1:
      if (cluster.objects.contains(secret_path))
        cluster.set(secret_path, "/data/tls.key", "");
      break;
    case 2: // one is replaced
      replicas[which] = std::make_unique<replica>(cluster, random());
      due[which] = now.steady;
      could_be_called[which] = false;
      break;
    case 3:
      pass(std::chrono::hours(random() % 3));
      break;
    default: // all sleep, longer than two authorities are trusted together
      pass(days(40));
      settled_at = now.steady + 5min;
    }
  }

  /// A replica that clients trusted is still trusted, unless it was suspended.
  void check() {
    for (size_t i = 0; i < replica_count; ++i) {
      const auto& served = replicas[i]->served;
      auto can =
          now.steady >= settled_at && !served.empty() && trusted(served.back());
      BOOST_TEST_REQUIRE(
          (can || !could_be_called[i] || now.steady < settled_at));
      could_be_called[i] = can;
    }
  }

  std::mt19937 random;
  bool failing = true;
  std::vector<std::unique_ptr<replica>> replicas;
  std::vector<monotonic_time> due;
  std::array<bool, replica_count> could_be_called{};
  monotonic_time settled_at{};
};

void live_through(unsigned seed) {
  BOOST_TEST_CONTEXT("seed " << seed) {
    chaos world(seed);
    for (int i = 0; i < rounds; ++i) {
      world.play();
      if (i % 5 == 0)
        world.check();
      if (world.chance(1) && world.chance(10))
        world.disturb();
    }
    world.failing = false;
    for (auto end = world.now.steady + 3min; world.now.steady < end;)
      world.play();
    // All agree, clients trust all, and no replica has anything left to do.
    for (auto& x : world.replicas) {
      BOOST_TEST_REQUIRE(!x->served.empty());
      BOOST_TEST((x->served.back().certificate == world.stored().certificate));
    }
    BOOST_TEST(world.trusted(world.stored()));
    world.cluster.requests.clear();
    for (auto end = world.now.steady + 3min; world.now.steady < end;)
      world.play();
    BOOST_TEST(world.cluster.count(http_verb::get) ==
               world.cluster.requests.size());
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(keeper_chaos_)

BOOST_AUTO_TEST_CASE(replicas_agree_whatever_happened) {
  for (unsigned seed = 1; seed <= 10; ++seed)
    live_through(seed);
}

BOOST_AUTO_TEST_SUITE_END()
