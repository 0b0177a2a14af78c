#pragma once

#include "test/simulation/network.hpp"
#include "test/simulation/operator_process.hpp"
#include "test/simulation/watch_stream.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace locust::simulation {

/// One pod of the operator: its machine, its network, and one process after the
/// other.
class replica {
public:
  replica(const operator_setting& setting, api_server& server, size_t number);

  network net;
  machine_clock machine;

  void start();

  /// kill -9; what was sent may still arrive. It starts again after `pause`.
  void crash(duration pause);

  /// Likewise, when the next input has led to so many effects.
  void crash_before_effect(int nth, duration pause);

  /// SIGTERM, which gives it time to finish.
  void stop(duration pause);

  /// SIGSTOP, and SIGCONT after a while.
  void freeze(duration how_long);

  bool up() const {
    return process_ != nullptr;
  }

  /// Null while it is down.
  operator_process* process() {
    return process_.get();
  }

  const operator_process* process() const {
    return process_.get();
  }

  watch_stream& stream(watched_kind kind) {
    return *streams_[static_cast<size_t>(kind)];
  }

  const std::string& name() const {
    return name_;
  }

private:
  void end(const std::string& why, duration pause);

  const operator_setting& setting_;
  size_t number_;
  std::string name_;
  std::unique_ptr<operator_process> process_;
  /// What was planned by a process that has ended still refers to it.
  std::vector<std::unique_ptr<operator_process>> past_;
  std::array<std::unique_ptr<watch_stream>, watched_kind_count> streams_;
};

} // namespace locust::simulation
