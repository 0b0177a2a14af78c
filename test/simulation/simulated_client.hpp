#pragma once

#include "actors/api_client/client_core.hpp"
#include "actors/api_client/write_fence.hpp"
#include "test/simulation/network.hpp"
#include "test/simulation/process_life.hpp"

#include <array>
#include <functional>
#include <map>
#include <string>

namespace locust::simulation {

/// Carries out what the client_core of a process decides, as api_client_actor
/// and its network thread do.
class simulated_client {
public:
  simulated_client(process_life& life, network& net, write_rule writes);

  using on_answer = std::function<void(const api_response& response)>;

  /// Called with each write just before it leaves.
  std::function<void()> on_write;

  /// Called when a request leaves although the API server has asked to wait.
  std::function<void()> on_impatience;

  void send(api_request request, on_answer done);

  /// Opens a stream; returns its number.
  uint64_t open(const std::string& target, network::on_event event);
  void close(uint64_t id);

  /// Writes may leave before then.
  void permit(boot_time until);

  /// Whether writes may leave now.
  bool may_write() const {
    return !stopped_ && !fence_.is_shut(life_.clock.boot());
  }

  /// Answers all that is open; sends nothing any more.
  void stop();

private:
  void carry_out(client_effects effects);
  void carry_out(start_transfer& effect);
  void carry_out(cancel_transfer& effect);
  void carry_out(answer_request& effect);
  void carry_out(stream_update& effect);
  void carry_out(load_credential& effect);
  void on_transfer(transfer_event event);
  void end_late_writes();
  void heed(const transfer_event& event);
  void set_timer();

  monotonic_time now() const {
    return life_.clock.monotonic();
  }

  process_life& life_;
  network& net_;
  client_core core_;
  write_fence fence_;
  uint64_t last_id_ = 0;
  bool stopped_ = false;
  bool timer_runs_ = false;
  std::map<uint64_t, on_answer> requests_;
  std::map<uint64_t, network::on_event> streams_;
  /// Transfers under way; whether each is a write.
  std::map<uint64_t, bool> under_way_;
  /// Of the requests that are not answered yet.
  std::map<uint64_t, lane> lanes_;
  /// Until when the API server has asked each lane to wait.
  std::array<monotonic_time, lane_count> asked_to_wait_until_{};
};

} // namespace locust::simulation
