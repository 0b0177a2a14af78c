#pragma once

#include "protocol/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

// Determines how many requests the API server can work on. Pure.

namespace locust {

/// Requests that take about the same time on an idle API server.
enum class work_kind : uint8_t {
  create_service, ///< allocates an IP address: several writes
  create_job,
  write_status,
  write_event,
  other, ///< reads and lists: their time depends on their size
};
inline constexpr size_t work_kind_count = 5;

/// The number of requests in flight that uses the API server fully without
/// making others wait.
///
/// More requests than the server works on wait there, and everybody's requests
/// wait with them. The server does not say so: it answers 429 only much later.
/// But answers take longer. With a window of w requests that take r times as
/// long as on an idle server, w * (1 - 1/r) of them wait (TCP Vegas, Brakmo
/// and Peterson 1995). The window grows while fewer than `least_waiting` do,
/// and shrinks while more than `most_waiting` do. The ratio is the lower
/// quartile of a batch of answers, so that a few requests which are slow for a
/// reason of their own, such as an admission webhook, do not count.
class server_pressure {
public:
  /// Bounds of the window. The upper one keeps all requests within the 100
  /// streams of one HTTP/2 connection.
  static constexpr size_t least_window = 1;
  static constexpr size_t most_window = 64;
  static constexpr size_t first_window = 2;
  static constexpr double least_waiting = 1;
  static constexpr double most_waiting = 2;
  /// Answers per decision, at least.
  static constexpr size_t least_batch = 8;
  /// In this time, the shortest known duration doubles, so that a server that
  /// has become slower for good is measured anew.
  static constexpr std::chrono::minutes forget_after{10};

  size_t window() const {
    return static_cast<size_t>(window_);
  }

  /// A request was answered. `wanted` says whether more requests were waiting
  /// for the window.
  void answered(work_kind what, std::chrono::microseconds took, bool wanted,
                monotonic_time now);

  /// The server answered 429.
  void overloaded(monotonic_time now);

private:
  struct shortest {
    double microseconds = 0;
    monotonic_time at{};
  };

  double slowness(work_kind what, std::chrono::microseconds took,
                  monotonic_time now);
  void adjust();

  double window_ = first_window;
  std::array<shortest, work_kind_count> shortest_{};
  std::vector<double> batch_;
  /// The window limited the requests during this batch.
  bool wanted_ = false;
  monotonic_time last_cut_{};
  bool was_cut_ = false;
};

} // namespace locust
