#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"

#include <functional>

namespace locust::bench {

namespace {

constexpr auto calm = std::chrono::milliseconds(500);
/// How often to look which tests are ready.
constexpr auto look = std::chrono::milliseconds(100);

} // namespace

std::string play_population(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client watcher(loop, access, "bench-watcher", 1);
  client people(loop, access, "bench-users", what.in_flight);
  client controller(loop, access, "bench-job-controller", what.in_flight);
  users creators(people, loop, what, tests);
  readiness seen(watcher, loop, what, tests);
  job_controller jobs(controller, loop, what, tests);
  loop.run_until([] { return false; }, calm);
  auto begin = loop.now();
  creators.create_all();
  std::function<void()> complete_ready = [&] {
    for (size_t i = 0; i < what.finished; ++i)
      if (auto& times = tests.times[i]; times.ready && !times.completing)
        jobs.complete(i);
    loop.after(look, complete_ready);
  };
  complete_ready();
  loop.run_until(
      [&] {
        return seen.ready() == what.count && seen.ended() == what.finished &&
               controller.open() == 0;
      },
      what.patience);
  return report(tests, begin);
}

} // namespace locust::bench
