#include "test/unit/supervisor/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// What a look at the objects of one test costs when it has many pods: CPU time
// of the core for one observation. Prints a table with --log_level=message.

namespace locust::testing {

namespace {

using std::chrono::microseconds;

/// CPU time of this thread, which other processes do not change.
microseconds cpu_time() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return microseconds{int64_t{spent.tv_sec} * 1'000'000 + spent.tv_nsec / 1000};
}

struct cost {
  microseconds median{};
  microseconds worst{};
};

cost cost_of(std::vector<microseconds> looks) {
  std::sort(looks.begin(), looks.end());
  return {looks[looks.size() / 2], looks.back()};
}

/// A running test whose pods fail one after the other.
class large_run {
public:
  explicit large_run(int workers) : core_(begun()) {
    pods_.reserve(static_cast<size_t>(workers));
    for (int n = 0; n < workers; ++n) {
      pods_.push_back(worker_pod(n).seen);
      pods_.back().uid = uid_of_pod(n);
    }
  }

  /// Each pod, one after the other, as `change` leaves it.
  cost each(microseconds pause, const std::function<void(pod_seen&)>& change) {
    std::vector<microseconds> looks;
    for (auto& pod : pods_) {
      change(pod);
      now_ += pause;
      looks.push_back(look(pod));
    }
    return cost_of(std::move(looks));
  }

  cost each_goes() {
    std::vector<microseconds> looks;
    for (auto& pod : pods_) {
      now_ += 1ms;
      pod.resource_version = next_version();
      auto last = std::make_shared<const seen_object>(pod);
      looks.push_back(
          look(observation{gone{watched_kind::pods, pod.key, pod.uid, last}}));
    }
    return cost_of(std::move(looks));
  }

  template <class Seen>
  microseconds look(Seen object) {
    object.resource_version = next_version();
    return look(
        observation{present{std::make_shared<const seen_object>(object)}});
  }

  const supervisor_core& core() const {
    return core_;
  }

private:
  /// The pods may be in trouble for as long as it takes.
  static supervisor_core begun() {
    auto s = stage::with_grace(24h);
    s.shows(the_master().active(1)).shows(master_pod().runs()).stores();
    return s.core;
  }

  /// Distinct from its first characters on, as those of Kubernetes.
  static std::string uid_of_pod(int n) {
    auto hash = std::hash<int>{}(n)*2654435761u % 4294967296u;
    auto digits = std::to_string(10'000'000'000u + hash);
    return digits.substr(3) + "-aaaa-bbbb-cccc-" + std::to_string(n);
  }

  microseconds look(const observation& what) {
    auto begin = cpu_time();
    auto todo = core_.on_observation(what, now_);
    auto spent = cpu_time() - begin;
    for (const auto& each : todo)
      if (const auto* save = std::get_if<effect::save_status>(&each))
        core_.on_status_saved({save->revision, next_version()}, now_);
    return spent;
  }

  std::string next_version() {
    return std::to_string(++version_);
  }

  supervisor_core core_;
  std::vector<pod_seen> pods_;
  timestamp now_ = noon + 1min;
  uint64_t version_ = 100'000;
};

struct named_cost {
  const char* name;
  cost of;
};

void runs(pod_seen& pod) {
  pod.phase = pod_phase::running;
  pod.containers.front().running = true;
}

void crashes(pod_seen& pod) {
  auto& locust = pod.containers.front();
  locust.running = false;
  locust.exit_code = 1;
  locust.exit_reason = "Error";
  locust.exit_message =
      "Traceback:\nValueError: cannot read the user file of " + pod.key.name +
      '\n';
}

/// The pods of one test in all that can happen to them.
std::vector<named_cost> costs_of(int workers) {
  large_run run(workers);
  std::vector<named_cost> all;
  auto add = [&](const char* name, cost of) {
    all.push_back({name, of});
  };
  add("a pod is created", run.each(10ms, [](pod_seen&) {}));
  add("a pod cannot pull its image", run.each(10ms, [](pod_seen& pod) {
    pod.containers.front().waiting_reason = "ImagePullBackOff";
    pod.containers.front().waiting_message =
        "Back-off pulling image \"registry.example/locust:1\" of " +
        pod.key.name;
  }));
  add("a pod runs", run.each(10ms, [](pod_seen& pod) {
    pod.containers.front().waiting_reason.clear();
    pod.containers.front().waiting_message.clear();
    runs(pod);
  }));
  add("a pod crashes", run.each(10ms, crashes));
  add("a pod runs again", run.each(10ms, [](pod_seen& pod) {
    pod.containers.front().exit_code.reset();
    runs(pod);
  }));
  add("a pod crashes every 5 s", run.each(5s, crashes));
  auto workers_job = the_workers();
  workers_job.seen.active = workers;
  run.look(workers_job.ending("BackoffLimitExceeded").seen);
  add("a pod of a failing Job is deleted", run.each(1ms, [](pod_seen& pod) {
    pod.containers.front().exit_code.reset();
    runs(pod);
    pod.deleting = true;
  }));
  run.look(workers_job.failed().seen);
  add("a pod of a failed Job ends", run.each(1ms, crashes));
  add("a pod of a failed Job is gone", run.each_goes());
  BOOST_TEST(phase_name(run.core().state()) == "Running");
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(many_pods)

BOOST_AUTO_TEST_CASE(a_look_grows_no_faster_than_the_pods) {
  auto few = costs_of(50);
  auto many = costs_of(500);
  BOOST_TEST_MESSAGE("CPU time of a look in µs, median and worst");
  for (size_t i = 0; i < few.size(); ++i) {
    BOOST_TEST_MESSAGE(
        "  " << few[i].name << ": 50 pods " << few[i].of.median.count() << ' '
             << few[i].of.worst.count() << ", 500 pods "
             << many[i].of.median.count() << ' ' << many[i].of.worst.count());
    // Ten times the pods cost ten times as much; a hundred times when a look is
    // quadratic. Below that, what does not depend on the pods counts more.
    auto floor = std::max(few[i].of.median, microseconds{20});
    BOOST_TEST(many[i].of.median.count() <= 30 * floor.count(), few[i].name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace locust::testing
