#include "tools/lib/bench/player/pods.hpp"
#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"

namespace locust::bench {

namespace {

constexpr auto calm = std::chrono::milliseconds(500);
/// Between two failures, so that an operator sees each of them.
constexpr auto pause = std::chrono::milliseconds(10);

} // namespace

std::string play_workers(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client watcher(loop, access, "bench-watcher", 1);
  client people(loop, access, "bench-users", what.in_flight);
  client controller(loop, access, "bench-job-controller", what.in_flight);
  users creators(people, loop, what, tests);
  readiness seen(watcher, loop, what, tests);
  job_controller jobs(controller, loop, what, tests);
  pod_writer pods(controller, what);
  loop.run_until([] { return false; }, calm);
  auto begin = loop.now();
  creators.create_all();
  auto is_ready = loop.run_until(
      [&] { return seen.ready() == what.count && controller.open() == 0; },
      what.patience);
  if (is_ready) {
    for (const auto& test : tests.names) {
      auto master = test + "-master";
      pods.make(test, master, jobs.uid_of(master), 0, what.master_pod);
      auto worker = test + "-worker";
      for (size_t i = 0; i < what.workers; ++i)
        pods.make(test, worker, jobs.uid_of(worker), i, what.worker_pod);
    }
    loop.run_until([&] { return controller.open() == 0; }, what.patience);
  }
  return report(tests, begin);
}

std::string play_failures(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client controller(loop, access, "bench-job-controller", 1);
  pod_writer pods(controller, what);
  auto begin = loop.now();
  for (const auto& test : tests.names)
    for (size_t i = 0; i < what.workers; ++i) {
      pods.fail(test + "-worker", i);
      loop.run_until([&] { return controller.open() == 0; }, what.patience);
      loop.run_until([] { return false; }, pause);
    }
  return report(tests, begin);
}

} // namespace locust::bench
