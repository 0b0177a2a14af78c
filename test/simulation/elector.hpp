#pragma once

#include "actors/leader/election.hpp"
#include "protocol/basics/line_splitter.hpp"
#include "test/simulation/process_life.hpp"
#include "test/simulation/simulated_client.hpp"

#include <functional>
#include <optional>
#include <string>

namespace locust::simulation {

/// Carries out what the election of a process decides, as leader_actor does.
class elector {
public:
  /// `lease_client` is for the Lease alone; `fenced_client` gets the permits.
  elector(process_life& life, simulated_client& lease_client,
          simulated_client& fenced_client, const std::string& identity,
          uint64_t seed);

  std::function<void()> on_won;
  std::function<void(const std::string& why)> on_lost;

  void start();

  /// Releases the Lease; calls `done` when that is over.
  void stop(std::function<void()> done);

  /// From now on nothing is done about the Lease: who holds it keeps it.
  void rest();

private:
  void carry_out(election_step step);
  void follow(const std::string& target);
  void unfollow();
  void on_stream(uint64_t watch, const transfer_event& event);
  void set_timer();

  election_time now() const {
    return {life_.clock.boot(), life_.clock.wall()};
  }

  process_life& life_;
  simulated_client& lease_client_;
  simulated_client& fenced_client_;
  election core_;
  line_splitter lines_;
  /// The newest watch, by the numbers of the client and of this.
  uint64_t stream_ = 0;
  uint64_t watch_ = 0;
  std::optional<boot_time> timer_at_;
  uint64_t generation_ = 0;
  bool rests_ = false;
  std::function<void()> stopped_;
};

} // namespace locust::simulation
