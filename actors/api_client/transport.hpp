#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/connection_watch.hpp"
#include "actors/api_client/transfer_order.hpp"
#include "actors/api_client/write_fence.hpp"
#include "protocol/time.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace locust {

/// The network thread. Runs transfers until it is destroyed.
class transport {
public:
  /// Called on the network thread with the events of one round. Must not block
  /// or call the transport.
  using on_events = std::function<void(std::vector<transfer_event>)>;

  /// Starts the thread. `access.server` must be valid. `writes`: whether
  /// requests other than GET need a `permit`. `silence`: when a connection to
  /// the API server is dead.
  transport(cluster_access access, std::string user_agent, on_events callback,
            write_rule writes = write_rule::free,
            const silence_limits& silence = {});
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// Ends all transfers with the failure `the operator is stopping`, reports
  /// them to the callback and joins the thread. Does not wait for the network.
  ~transport();

  /// Starts a transfer. Its id must be unused.
  void start(transfer_order order);

  /// Permits writes to the API server until `until` and ends writes that are in
  /// flight then. Checked right before a write is sent and before each round of
  /// the network. Replaces an earlier permit.
  void permit(boot_time until);

  /// Cancels a transfer without an event. Events that are already on their way
  /// may still arrive.
  void cancel(uint64_t id);

private:
  class worker;
  std::unique_ptr<worker> worker_;
};

} // namespace locust
