#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"

#include <functional>

namespace locust::bench {

namespace {

constexpr auto calm = std::chrono::milliseconds(500);
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
  reactor loop;
  test_list tests(running);
  test_list others(crowd);
  client watcher(loop, access, "bench-watcher", 1);
  client people(loop, access, "bench-users", what.in_flight);
  client controller(loop, access, "bench-job-controller", what.in_flight);
  // Its writes wait for nobody, so they show how long one write takes.
  client crowd_controller(loop, access, "bench-crowd-job-controller",
                          what.in_flight);
  users creators(people, loop, running, tests);
  users crowd_creators(people, loop, crowd, others);
  readiness seen(watcher, loop, running, tests);
  readiness crowd_seen(watcher, loop, crowd, others);
  job_controller jobs(controller, loop, running, tests);
  job_controller crowd_jobs(crowd_controller, loop, crowd, others);
  auto wait = [&loop](std::chrono::milliseconds some) {
    loop.run_until([] { return false; }, some);
  };
  wait(calm);
  creators.create_all();
  loop.run_until(
      [&] { return seen.ready() == running.count && controller.open() == 0; },
      what.patience);
  wait(2 * calm);
  // The first half ends while nothing else happens.
  size_t next = 0;
  for (; next < running.count / 2; ++next) {
    jobs.complete(next);
    wait(pause);
  }
  wait(2 * calm);
  auto begin = loop.now();
  crowd_creators.create_all();
  while (next < running.count && crowd_seen.ready() < crowd.count) {
    jobs.complete(next++);
    wait(pause);
  }
  loop.run_until(
      [&] { return crowd_seen.ready() == crowd.count && seen.ended() == next; },
      what.patience);
  return report(tests, begin);
}

} // namespace locust::bench
