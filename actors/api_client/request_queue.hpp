#pragma once

#include "protocol/api_call.hpp"
#include "protocol/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

// Decides which request is sent next, and when. Pure: the caller passes in the
// time.

namespace locust {

/// Limits for requests in flight.
struct api_client_limits {
  /// To the API server, all lanes together. kube-apiserver allows 100 streams
  /// per connection. Below that, no request waits inside libcurl, which knows
  /// no fairness, and no second connection opens.
  size_t window = 64;
  /// Lower bound of the window (AIMD), so that no lane stalls.
  size_t least_window = 8;
  /// To Locust masters. Each has its own connection to another pod.
  size_t load_window = 32;
  /// Places in the window reserved per lane; the other places go to any lane.
  /// They shrink with the window, but not below one. Not used for lane `load`.
  ///
  /// The reservation for status leaves 20 places for creations. With more
  /// creations in flight the API server is no faster, but a status write takes
  /// twice as long (measured on two cores).
  std::array<size_t, lane_count> guaranteed = {8, 8, 32, 4, 0};
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

/// Fair queueing over lanes. All lanes to the API server share a window. Lane
/// `load` has its own window and is never paused.
class request_queue {
public:
  explicit request_queue(const api_client_limits& limits = {});

  /// Appends the request to its lane. Returns false, without queueing it, if
  /// the lane is full.
  [[nodiscard]] bool push(lane in, uint64_t id);

  /// Puts a request that must be retried at the front of its lane.
  void push_front(lane in, uint64_t id);

  struct ticket {
    lane in = lane::list;
    uint64_t id = 0;

    bool operator==(const ticket&) const = default;
  };

  /// Removes and returns the next request that may be sent, if any. It occupies
  /// a place in the window until `finished`.
  std::optional<ticket> next(monotonic_time now);

  /// Frees a place; call it once for each ticket of `next`.
  void finished(lane in, send_outcome outcome, monotonic_time now);

  /// Sends nothing to the API server until `until`. Never shortens a pause.
  void pause(monotonic_time until);

  /// While held, sends nothing to the API server: there is no credential.
  void hold(bool held);

  /// Removes all requests that wait for the API server, ordered by lane.
  std::vector<uint64_t> take_waiting();

  /// When to call `next` although no request finished: the end of a pause with
  /// requests waiting.
  std::optional<monotonic_time> wakes_at(monotonic_time now) const;

  /// Requests in flight to the API server, and their limit.
  size_t in_flight() const;
  size_t in_flight(lane in) const;
  size_t window() const;
  size_t waiting(lane in) const;

private:
  size_t guarantee(size_t index) const;
  bool may_send(size_t index, monotonic_time now) const;

  api_client_limits limits_;
  std::array<std::deque<uint64_t>, lane_count> waiting_;
  std::array<size_t, lane_count> in_flight_{};
  /// Fractional: grows by one after each whole window of successes.
  double window_;
  bool held_ = false;
  monotonic_time paused_until_{};
  monotonic_time last_cut_{};
  bool was_cut_ = false;
  /// The lane that was served last, so that equal lanes take turns.
  size_t last_ = 0;
};

} // namespace locust
