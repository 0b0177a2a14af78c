#include "tools/lib/bench/player/pods.hpp"
#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"
#include "tools/lib/bench/player/stage.hpp"

#include <string>
#include <unordered_map>

namespace locust::bench {

namespace {

/// A test lives so long after it is Running, and is followed by the next one so
/// long after its end: time for its other writes.
constexpr auto pause = std::chrono::milliseconds(1000);

/// Tests whose pods run as soon as their Jobs exist.
class running_tests {
public:
  running_tests(const plan& what, const cluster_access& access)
      : plan_(what), on_(what, access),
        creators_(on_.people, on_.loop, what, on_.tests),
        seen_(on_.watcher, on_.loop, what, on_.tests),
        pods_(on_.controller, what),
        jobs_(on_.controller, on_.loop, what, on_.tests,
              [this](const std::string& test, const std::string& job,
                     size_t pods) { run(test, job, pods); }) {
    on_.loop.rest(calm);
    begun_ = on_.loop.now();
  }

  void create_all() {
    creators_.create_all();
    on_.loop.run_until(
        [&] {
          return seen_.running() == plan_.count && on_.controller.open() == 0;
        },
        plan_.patience);
  }

  /// Returns false if the test does not end in time.
  bool live(size_t index) {
    creators_.create(index);
    const auto& times = on_.tests.times[index];
    if (!on_.loop.run_until(
            [&] { return times.running && on_.controller.open() == 0; },
            plan_.patience))
      return false;
    on_.loop.rest(pause);
    pods_.end(on_.tests.names[index] + "-master", 0, 0,
              [this, index] { jobs_.complete(index); });
    auto has_ended = on_.loop.run_until(
        [&] { return times.ended && times.completed; }, plan_.patience);
    on_.loop.rest(pause);
    return has_ended;
  }

  std::string result() const {
    return report(on_.tests, begun_);
  }

private:
  void run(const std::string& test, const std::string& job, size_t pods) {
    auto place = on_.tests.place_of(test);
    auto is_master = job.ends_with("-master");
    auto address = is_master && place < plan_.addresses.size()
                       ? plan_.addresses[place]
                       : std::string();
    starting_[job] = pods;
    for (size_t i = 0; i < pods; ++i)
      pods_.make({test, job, jobs_.uid_of(job), i},
                 is_master ? plan_.master_pod : plan_.worker_pod, address,
                 [this, job, pods] {
                   if (--starting_[job] == 0)
                     jobs_.set_ready(job, pods);
                 });
  }

  const plan& plan_;
  stage on_;
  users creators_;
  readiness seen_;
  pod_writer pods_;
  job_controller jobs_;
  /// Pods that do not run yet, by Job.
  std::unordered_map<std::string, size_t> starting_;
  double begun_ = 0;
};

} // namespace

std::string play_running(const plan& what, const cluster_access& access) {
  running_tests tests(what, access);
  tests.create_all();
  return tests.result();
}

std::string play_lives(const plan& what, const cluster_access& access) {
  running_tests tests(what, access);
  for (size_t i = 0; i < what.count; ++i)
    if (!tests.live(i))
      break;
  return tests.result();
}

} // namespace locust::bench
