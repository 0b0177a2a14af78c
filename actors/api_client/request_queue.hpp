#pragma once

#include "actors/api_client/server_pressure.hpp"
#include "protocol/api_call.hpp"
#include "protocol/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

// Decides which request is sent next, and when. Pure: the caller passes in the
// time.

namespace locust {

/// Limits for requests in flight.
struct api_client_limits {
  /// Per lane, slow requests included. Without lane `load`, whose requests have
  /// connections of their own, they add up to less than 100, the streams that
  /// kube-apiserver allows per connection. So no request waits inside libcurl,
  /// which knows no order, and no second connection opens.
  std::array<size_t, lane_count> most = {8, 32, 32, 8, 8, 32};
  /// Waiting requests per lane; further ones are rejected. More than 50,000
  /// tests can have waiting in one lane.
  size_t longest_queue = 200'000;
};

/// The result of a request that was sent.
enum class send_outcome : uint8_t {
  done,     ///< the server processed it, successfully or not
  overload, ///< 429: the server wants fewer requests
  lost,     ///< no answer; says nothing about the load of the server
};

/// All lanes to the API server share a window (`server_pressure`). Of the
/// requests that wait, those of the lane with the highest priority are sent
/// first: lists, status, creations, Events, and last the lane `background`.
/// Some status writes and one creation are in flight, even beyond the window.
/// Lane `load` has its own limit, does not count, and is never paused.
class request_queue {
public:
  /// A request in flight for longer does not count for the window any more: it
  /// waits for something else than the server, such as an admission webhook.
  /// More than twice what 99 % of writes take on a busy server
  /// (docs/performance.md, `steady`).
  static constexpr std::chrono::milliseconds slow_after{300};
  /// After this time one Event, or one request of lane `background`, is sent
  /// although others of a higher priority wait.
  static constexpr std::chrono::seconds events_wait{10};
  static constexpr std::chrono::seconds background_waits{2};

  /// So many status writes may be in flight beyond the window: users wait for
  /// what they say, and each is small.
  static constexpr size_t status_beyond = 8;

  explicit request_queue(const api_client_limits& limits = {});

  /// Appends the request to its lane. Returns false, without queueing it, if
  /// the lane is full.
  [[nodiscard]] bool push(lane in, uint64_t id, work_kind what,
                          monotonic_time now);

  /// Puts a request that must be retried at the front of its lane.
  void push_front(lane in, uint64_t id, work_kind what, monotonic_time now);

  struct ticket {
    lane in = lane::list;
    uint64_t id = 0;

    bool operator==(const ticket&) const = default;
  };

  /// Removes and returns the next request that may be sent, if any. It is in
  /// flight until `finished`.
  std::optional<ticket> next(monotonic_time now);

  /// Call it once for each ticket of `next`.
  void finished(uint64_t id, send_outcome outcome, monotonic_time now);

  /// Sends nothing of this lane until `until`, and nothing to the API server
  /// unless the lane is one that nobody waits for: the server may limit the
  /// rate of Events alone. Never shortens a pause.
  void pause(lane in, monotonic_time until);

  /// While held, sends nothing to the API server: there is no credential.
  void hold(bool held);

  /// Removes all requests that wait for the API server, ordered by lane.
  std::vector<uint64_t> take_waiting();

  /// When to call `next` although no request finished.
  std::optional<monotonic_time> wakes_at(monotonic_time now) const;

  /// Requests in flight to the API server.
  size_t in_flight() const;
  size_t in_flight(lane in) const;
  size_t window() const;
  size_t waiting(lane in) const;

private:
  struct queued {
    uint64_t id = 0;
    work_kind what = work_kind::other;
    monotonic_time since{};
  };

  struct sent {
    lane in = lane::list;
    work_kind what = work_kind::other;
    monotonic_time at{};
    bool slow = false;
  };

  bool may_send(lane in, monotonic_time now) const;
  bool fits(lane in) const;
  bool has_waited(lane in, monotonic_time now) const;
  bool is_paused(lane in, monotonic_time now) const;
  bool is_wanted() const;
  void release_slow(monotonic_time now);

  api_client_limits limits_;
  server_pressure pressure_;
  std::array<std::deque<queued>, lane_count> waiting_;
  std::unordered_map<uint64_t, sent> sent_;
  /// Requests in flight by the time at which they were sent; contains finished
  /// ones.
  std::deque<std::pair<monotonic_time, uint64_t>> by_age_;
  std::array<size_t, lane_count> in_flight_{};
  /// Those that count for the window.
  std::array<size_t, lane_count> counted_{};
  bool held_ = false;
  monotonic_time paused_until_{};
  std::array<monotonic_time, lane_count> lane_paused_until_{};
};

} // namespace locust
