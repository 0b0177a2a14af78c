#include "tools/lib/bench/player/pods.hpp"
#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"
#include "tools/lib/bench/player/stage.hpp"

namespace locust::bench {

namespace {

/// Between two failures, so that an operator sees each of them.
constexpr auto pause = std::chrono::milliseconds(10);

} // namespace

std::string play_workers(const plan& what, const cluster_access& access) {
  stage on(what, access);
  users creators(on.people, on.loop, what, on.tests);
  readiness seen(on.watcher, on.loop, what, on.tests);
  job_controller jobs(on.controller, on.loop, what, on.tests);
  pod_writer pods(on.controller, what);
  on.loop.rest(calm);
  auto begin = on.loop.now();
  creators.create_all();
  auto is_ready = on.loop.run_until(
      [&] { return seen.ready() == what.count && on.controller.open() == 0; },
      what.patience);
  if (is_ready) {
    for (const auto& test : on.tests.names) {
      auto master = test + "-master";
      pods.make({test, master, jobs.uid_of(master), 0}, what.master_pod);
      auto worker = test + "-worker";
      for (size_t i = 0; i < what.workers; ++i)
        pods.make({test, worker, jobs.uid_of(worker), i}, what.worker_pod);
    }
    on.loop.run_until([&] { return on.controller.open() == 0; }, what.patience);
  }
  return report(on.tests, begin);
}

std::string play_failures(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client controller(loop, access, "bench-job-controller", 1);
  pod_writer pods(controller, what);
  auto begin = loop.now();
  for (const auto& test : tests.names)
    for (size_t i = 0; i < what.workers; ++i) {
      pods.end(test + "-worker", i, 1);
      loop.run_until([&] { return controller.open() == 0; }, what.patience);
      loop.rest(pause);
    }
  return report(tests, begin);
}

} // namespace locust::bench
