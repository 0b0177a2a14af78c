#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"

namespace locust::bench {

namespace {

constexpr auto calm = std::chrono::milliseconds(500);
/// Between two tests: time for status writes and Events of the first one.
constexpr auto pause = std::chrono::milliseconds(150);
constexpr size_t no_limit = 1'000'000;
constexpr int jobs_of_a_test = 2;

} // namespace

std::string play_latency(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client watcher(loop, access, "bench-watcher", 1);
  client people(loop, access, "bench-users", what.in_flight);
  client controller(loop, access, "bench-job-controller", what.in_flight);
  client floor(loop, access, "bench-floor", no_limit);
  bare_client bare(floor, loop, what, tests);
  users creators(people, loop, what, tests, [&](size_t index) {
    if (what.is_floor)
      bare.begin_at_once(index);
  });
  readiness seen(watcher, loop, what, tests);
  job_controller jobs(controller, loop, what, tests);
  auto wait = [&loop](std::chrono::milliseconds some) {
    loop.run_until([] { return false; }, some);
  };
  wait(calm);
  auto begin = loop.now();
  for (size_t i = 0; i < what.count; ++i) {
    creators.create(i);
    const auto& times = tests.times[i];
    auto is_done = loop.run_until(
        [&] {
          return times.jobs == jobs_of_a_test &&
                 (what.is_floor || times.ready) && controller.open() == 0 &&
                 floor.open() == 0;
        },
        what.patience);
    if (!is_done)
      break;
    wait(pause);
  }
  return report(tests, begin);
}

} // namespace locust::bench
