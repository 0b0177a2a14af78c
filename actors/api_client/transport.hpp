#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/transfer_order.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace locust {

/// The network thread. Carries out transfers until it is destroyed.
class transport {
public:
  /// Gets the news of one round of the network thread, in that thread. Must
  /// neither block nor call the transport.
  using on_events = std::function<void(std::vector<transfer_event>)>;

  /// Starts the thread. `access.server` must be valid.
  transport(cluster_access access, std::string user_agent, on_events callback);
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// Ends all transfers with the failure `the operator is stopping`, reports
  /// that to the callback and joins the thread. Takes a moment at most.
  ~transport();

  /// Starts a transfer. Its id must not be in use.
  void start(transfer_order order);

  /// Drops a transfer silently, though events that are under way may still
  /// come.
  void cancel(uint64_t id);

private:
  class worker;
  std::unique_ptr<worker> worker_;
};

} // namespace locust
