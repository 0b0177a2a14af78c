#include "tools/lib/bench/player/pods.hpp"
#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"

namespace locust::bench {

namespace {

/// Watches are open before anything happens.
constexpr auto calm = std::chrono::milliseconds(500);
constexpr size_t no_limit = 1'000'000;

} // namespace

std::string play_burst(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client watcher(loop, access, "bench-watcher", 1);
  client people(loop, access, "bench-users", what.in_flight);
  client controller(loop, access, "bench-job-controller", what.in_flight);
  client floor(loop, access, "bench-floor", no_limit);
  bare_client bare(floor, loop, what, tests);
  users creators(people, loop, what, tests, [&](size_t index) {
    if (what.is_floor)
      bare.begin(index);
  });
  readiness seen(watcher, loop, what, tests);
  pod_writer pods(controller, what);
  job_controller jobs(
      controller, loop, what, tests,
      [&](const std::string& test, const std::string& job, size_t count) {
        const auto& body =
            job.ends_with("-master") ? what.master_pod : what.worker_pod;
        for (size_t i = 0; what.has_pods && i < count; ++i)
          pods.make(test, job, jobs.uid_of(job), i, body);
      });
  loop.run_until([] { return false; }, calm);
  auto begin = loop.now();
  creators.create_all();
  loop.run_until(
      [&] {
        return seen.ready() == what.count &&
               (!what.has_pods || seen.running() == what.count) &&
               controller.open() == 0;
      },
      what.patience);
  return report(tests, begin);
}

std::string play_objects(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list names(what);
  client others(loop, access, "bench-others", what.in_flight);
  auto begin = loop.now();
  for (const auto& name : names.names)
    for (const auto& object : what.children)
      others.send(http_verb::post, object.path.fill(name, what.name_space, ""),
                  object.body.fill(name, what.name_space, ""),
                  [](const std::string&) {});
  loop.run_until([&] { return others.open() == 0; }, what.patience);
  return report(names, begin);
}

std::string play_create(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client people(loop, access, "bench-users", what.in_flight);
  users creators(people, loop, what, tests);
  auto begin = loop.now();
  creators.create_all();
  loop.run_until([&] { return creators.done() == what.count; }, what.patience);
  return report(tests, begin);
}

} // namespace locust::bench
