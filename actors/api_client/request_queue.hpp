#pragma once

#include "protocol/api_call.hpp"
#include "protocol/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

// Which request goes next, and whether one may go at all. Pure: the caller says
// what time it is.

namespace locust {

/// How many requests may be under way.
struct api_client_limits {
  /// To the API server, all lanes together. kube-apiserver allows 100 streams
  /// per connection; below that no request waits inside libcurl, where nobody
  /// would be fair to it, and no second connection opens.
  size_t window = 64;
  /// What AIMD does not go below, so that each lane always moves.
  size_t least_window = 8;
  /// To Locust masters. Each is a connection of its own to another pod.
  size_t load_window = 32;
  /// Places of the window that the others cannot take, per lane; the rest goes
  /// to whoever asks. Scaled down with the window, never below one. No meaning
  /// for lane `load`.
  ///
  /// So many for status, because what one lane can take is what the others
  /// leave it: 20 for creations. More under way at once make the API server no
  /// faster, but a status write then takes twice as long (measured on two
  /// cores).
  std::array<size_t, lane_count> guaranteed = {8, 8, 32, 4, 0};
  /// Waiting requests per lane; a further one is refused. Above what 50,000
  /// tests can have waiting in one lane.
  size_t longest_queue = 200'000;
};

/// How a request that had been started came out.
enum class send_outcome : uint8_t {
  done,     ///< the server dealt with it, well or not
  overload, ///< 429: the server wants less of us
  lost,     ///< no answer: says nothing about the server's load
};

/// Fair queueing over lanes with a window that is shared by those that go to
/// the API server. Lane `load` has a window of its own and is never paused.
class request_queue {
public:
  explicit request_queue(const api_client_limits& limits = {});

  /// Puts the request at the end of its lane. Returns false when the lane is
  /// full: then it is not queued.
  [[nodiscard]] bool push(lane in, uint64_t id);

  /// Puts a request that has to be repeated in front of its lane.
  void push_front(lane in, uint64_t id);

  struct ticket {
    lane in = lane::list;
    uint64_t id = 0;

    bool operator==(const ticket&) const = default;
  };

  /// Takes the request that may go now, if any, and a place in the window for
  /// it, which `finished` gives back.
  std::optional<ticket> next(monotonic_time now);

  /// Gives a place back; must follow each `next` once.
  void finished(lane in, send_outcome outcome, monotonic_time now);

  /// Lets nothing go to the API server until `until`. Never shortens a pause.
  void pause(monotonic_time until);

  /// While held, nothing goes to the API server: there is no credential.
  void hold(bool held);

  /// Takes out all that wait for the API server, in the order of the lanes.
  std::vector<uint64_t> take_waiting();

  /// When to call `next` again although nothing finished: the end of a pause
  /// that holds something up.
  std::optional<monotonic_time> wakes_at(monotonic_time now) const;

  /// Number of requests under way, and how many may be, to the API server.
  size_t in_flight() const;
  size_t in_flight(lane in) const;
  size_t window() const;
  size_t waiting(lane in) const;

private:
  size_t guarantee(size_t index) const;
  bool may_go(size_t index, monotonic_time now) const;

  api_client_limits limits_;
  std::array<std::deque<uint64_t>, lane_count> waiting_;
  std::array<size_t, lane_count> in_flight_{};
  /// Fractions count: it grows by one after a whole window went well.
  double window_;
  bool held_ = false;
  monotonic_time paused_until_{};
  monotonic_time last_cut_{};
  bool was_cut_ = false;
  /// The lane that went last, so that equals take turns.
  size_t last_ = 0;
};

} // namespace locust
