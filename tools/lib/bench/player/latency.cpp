#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"
#include "tools/lib/bench/player/stage.hpp"

namespace locust::bench {

namespace {

/// Between two tests: time for status writes and Events of the first one.
constexpr auto pause = std::chrono::milliseconds(150);
constexpr size_t no_limit = 1'000'000;
constexpr int jobs_of_a_test = 2;

} // namespace

std::string play_latency(const plan& what, const cluster_access& access) {
  stage on(what, access);
  client floor(on.loop, access, "bench-floor", no_limit);
  bare_client bare(floor, on.loop, what, on.tests);
  users creators(on.people, on.loop, what, on.tests, [&](size_t index) {
    if (what.is_floor)
      bare.begin_at_once(index);
  });
  readiness seen(on.watcher, on.loop, what, on.tests);
  job_controller jobs(on.controller, on.loop, what, on.tests);
  on.loop.rest(calm);
  auto begin = on.loop.now();
  for (size_t i = 0; i < what.count; ++i) {
    creators.create(i);
    const auto& times = on.tests.times[i];
    auto is_done = on.loop.run_until(
        [&] {
          return times.jobs == jobs_of_a_test &&
                 (what.is_floor || times.ready) && on.controller.open() == 0 &&
                 floor.open() == 0;
        },
        what.patience);
    if (!is_done)
      break;
    on.loop.rest(pause);
  }
  return report(on.tests, begin);
}

} // namespace locust::bench
