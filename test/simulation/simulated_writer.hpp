#pragma once

#include "actors/status_writer/write_plan.hpp"
#include "test/simulation/process_life.hpp"
#include "test/simulation/simulated_client.hpp"

#include <functional>
#include <optional>
#include <string>

namespace locust::simulation {

/// Carries out what the write_plan of a process decides, as status_writer_actor
/// does.
class simulated_writer {
public:
  simulated_writer(process_life& life, simulated_client& client);

  std::function<void(const write_outcome& outcome)> on_outcome;
  std::function<void()> on_document_wanted;

  void save(status_document document);
  void show(status_figures figures);
  void forget(const std::string& uid);

  /// What waits is due at once; calls `done` when nothing does any more, or
  /// when that takes too long.
  void stop(std::function<void()> done);

private:
  void go_on();
  void answered(const std::string& uid, const api_response& response);

  monotonic_time now() const {
    return life_.clock.monotonic();
  }

  process_life& life_;
  simulated_client& client_;
  write_plan plan_;
  std::optional<monotonic_time> alarm_;
  std::function<void()> stopped_;
};

} // namespace locust::simulation
