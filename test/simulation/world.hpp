#pragma once

#include "test/simulation/api_server.hpp"
#include "test/simulation/cluster.hpp"
#include "test/simulation/coverage.hpp"
#include "test/simulation/invariants.hpp"
#include "test/simulation/replica.hpp"
#include "test/simulation/story.hpp"
#include "test/simulation/timeline.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace locust::simulation {

inline constexpr timestamp start_time{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h};

/// A cluster with the replicas of the operator in it.
class world {
public:
  world(uint64_t seed, const test_plan& made, size_t replica_count,
        bool is_told);

  void log(const std::string& text) {
    told.log(text);
  }

  /// The replica that leads and may write; null when there is none.
  replica* leader();

  /// As the leader sees it; without one, as it is stored.
  run_state state_of_run();

  /// Whether no replica runs.
  bool is_down() const;

  /// Whether all replicas are up and go on, and one leads.
  bool is_at_rest();

  /// The stored status keeps what the reference operator's CRD knows of it.
  bool lose_history();

  /// Called, if set, when a pod ends or is deleted.
  std::function<void()> on_pod_end;

  chance dice;
  timeline time{start_time};
  test_plan plan;
  story told;
  cluster objects;
  api_server server;
  invariants checks;
  operator_setting setting;
  std::vector<std::unique_ptr<replica>> replicas;
};

} // namespace locust::simulation
