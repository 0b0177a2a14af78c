#include "tools/lib/bench/player/pods.hpp"
#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"
#include "tools/lib/bench/player/stage.hpp"

namespace locust::bench {

namespace {

constexpr size_t no_limit = 1'000'000;

} // namespace

std::string play_burst(const plan& what, const cluster_access& access) {
  stage on(what, access);
  client floor(on.loop, access, "bench-floor", no_limit);
  bare_client bare(floor, on.loop, what, on.tests);
  users creators(on.people, on.loop, what, on.tests, [&](size_t index) {
    if (what.is_floor)
      bare.begin(index);
  });
  readiness seen(on.watcher, on.loop, what, on.tests);
  pod_writer pods(on.controller, what);
  job_controller jobs(
      on.controller, on.loop, what, on.tests,
      [&](const std::string& test, const std::string& job, size_t count) {
        const auto& body =
            job.ends_with("-master") ? what.master_pod : what.worker_pod;
        for (size_t i = 0; what.has_pods && i < count; ++i)
          pods.make({test, job, jobs.uid_of(job), i}, body);
      });
  on.loop.rest(calm);
  auto begin = on.loop.now();
  creators.create_all();
  on.loop.run_until(
      [&] {
        return seen.ready() == what.count &&
               (!what.has_pods || seen.running() == what.count) &&
               on.controller.open() == 0;
      },
      what.patience);
  return report(on.tests, begin);
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
