#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/transfer_order.hpp"
#include "actors/api_client/write_fence.hpp"
#include "protocol/time.hpp"

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
  /// `writes`: whether requests that change something wait for `permit`.
  transport(cluster_access access, std::string user_agent, on_events callback,
            write_rule writes = write_rule::free);
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// Ends all transfers with the failure `the operator is stopping`, reports
  /// that to the callback and joins the thread. Takes a moment at most.
  ~transport();

  /// Starts a transfer. Its id must not be in use.
  void start(transfer_order order);

  /// Lets requests to the API server that change something leave until then,
  /// and ends those that are under way then; asked right before they leave, and
  /// before each round of the network. In the place of an earlier permit.
  void permit(boot_time until);

  /// Drops a transfer silently, though events that are under way may still
  /// come.
  void cancel(uint64_t id);

private:
  class worker;
  std::unique_ptr<worker> worker_;
};

} // namespace locust
