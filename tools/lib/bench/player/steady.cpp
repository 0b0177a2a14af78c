#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"
#include "tools/lib/bench/player/stage.hpp"

#include <functional>

namespace locust::bench {

namespace {

/// Between the ends of two running tests.
constexpr auto pause = std::chrono::milliseconds(100);

plan running_of(plan what) {
  what.count = what.finished;
  return what;
}

plan crowd_of(plan what) {
  what.name_space += "-crowd";
  return what;
}

} // namespace

std::string play_steady(const plan& what, const cluster_access& access) {
  const auto running = running_of(what);
  const auto crowd = crowd_of(what);
  stage on(running, access);
  test_list others(crowd);
  // Its writes wait for nobody, so they show how long one write takes.
  client crowd_controller(on.loop, access, "bench-crowd-job-controller",
                          what.in_flight);
  users creators(on.people, on.loop, running, on.tests);
  users crowd_creators(on.people, on.loop, crowd, others);
  readiness seen(on.watcher, on.loop, running, on.tests);
  readiness crowd_seen(on.watcher, on.loop, crowd, others);
  job_controller jobs(on.controller, on.loop, running, on.tests);
  job_controller crowd_jobs(crowd_controller, on.loop, crowd, others);
  on.loop.rest(calm);
  creators.create_all();
  on.loop.run_until(
      [&] {
        return seen.ready() == running.count && on.controller.open() == 0;
      },
      what.patience);
  on.loop.rest(2 * calm);
  // The first half ends while nothing else happens.
  size_t next = 0;
  for (; next < running.count / 2; ++next) {
    jobs.complete(next);
    on.loop.rest(pause);
  }
  on.loop.rest(2 * calm);
  auto begin = on.loop.now();
  crowd_creators.create_all();
  while (next < running.count && crowd_seen.ready() < crowd.count) {
    jobs.complete(next++);
    on.loop.rest(pause);
  }
  on.loop.run_until(
      [&] { return crowd_seen.ready() == crowd.count && seen.ended() == next; },
      what.patience);
  return report(on.tests, begin);
}

} // namespace locust::bench
