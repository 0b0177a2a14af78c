#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"
#include "tools/lib/bench/player/stage.hpp"

#include <functional>

namespace locust::bench {

namespace {

/// How often to look which tests are ready.
constexpr auto look = std::chrono::milliseconds(100);

} // namespace

std::string play_population(const plan& what, const cluster_access& access) {
  stage on(what, access);
  users creators(on.people, on.loop, what, on.tests);
  readiness seen(on.watcher, on.loop, what, on.tests);
  job_controller jobs(on.controller, on.loop, what, on.tests);
  on.loop.rest(calm);
  auto begin = on.loop.now();
  creators.create_all();
  std::function<void()> complete_ready = [&] {
    for (size_t i = 0; i < what.finished; ++i)
      if (auto& times = on.tests.times[i]; times.ready && !times.completing) {
        jobs.complete(i);
        jobs.complete_workers(i);
      }
    on.loop.after(look, complete_ready);
  };
  complete_ready();
  on.loop.run_until(
      [&] {
        return seen.ready() == what.count && seen.ended() == what.finished &&
               on.controller.open() == 0;
      },
      what.patience);
  return report(on.tests, begin);
}

} // namespace locust::bench
