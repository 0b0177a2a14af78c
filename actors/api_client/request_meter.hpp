#pragma once

#include "actors/api_client/request_queue.hpp"
#include "actors/api_client/transfer_order.hpp"
#include "actors/metrics/operator_metrics.hpp"
#include "protocol/time.hpp"

#include <array>
#include <cstdint>
#include <unordered_map>

namespace locust {

/// Counts the requests of one client. Pure except for the counting.
class request_meter {
public:
  explicit request_meter(const api_metrics& in) : in_(in) {
    // nop
  }

  request_meter(const request_meter&) = delete;
  request_meter& operator=(const request_meter&) = delete;
  ~request_meter();

  void started(const transfer_order& order, monotonic_time now);
  /// A stream counts when it is opened, a request when it ends.
  void on_event(const transfer_event& event, monotonic_time now);
  void cancelled(uint64_t id);
  /// Several clients share these gauges, so only differences are added.
  void waits(const request_queue& queue);

private:
  struct attempt {
    api_verb verb = api_verb::get;
    http_method method = http_method::get;
    monotonic_time began{};
  };

  api_metrics in_;
  std::unordered_map<uint64_t, attempt> under_way_;
  std::array<size_t, lane_count> waiting_{};
};

} // namespace locust
