#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "tools/lib/bench/player/client.hpp"
#include "tools/lib/bench/player/plan.hpp"
#include "tools/lib/bench/player/reactor.hpp"
#include "tools/lib/bench/player/roles.hpp"

#include <chrono>

namespace locust::bench {

/// After it, watches are open, and nothing happens any more.
inline constexpr auto calm = std::chrono::milliseconds(500);

/// What scenes with users, a Job controller and watches of all tests share.
struct stage {
  stage(const plan& what, const cluster_access& access)
      : tests(what), watcher(loop, access, "bench-watcher", 1),
        people(loop, access, "bench-users", what.in_flight),
        controller(loop, access, "bench-job-controller", what.in_flight) {
    // nop
  }

  reactor loop;
  test_list tests;
  client watcher;
  client people;
  client controller;
};

} // namespace locust::bench
