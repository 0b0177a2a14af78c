#pragma once

#include "protocol/basics/back_off.hpp"
#include "protocol/basics/delay_queue.hpp"
#include "protocol/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

// Decides which Locust master to sample when. Pure: the caller passes the time,
// samples the masters that `due` returns and passes the answers in.

namespace locust {

/// A master to sample now; the answer goes to `sample_schedule::answered`.
struct sample_due {
  std::string test_uid;
  /// Identifies the `follow` that it belongs to; each new one gets a new
  /// ticket.
  uint64_t ticket = 0;
  std::string base_url;
};

/// The followed masters, at most one per LocustTest.
class sample_schedule {
public:
  /// Interval while workers are still connecting. Locust caches its answer for
  /// this long.
  static constexpr std::chrono::seconds fast{2};
  /// Interval when all workers are connected: a lost worker is detected within
  /// this time, and a thousand tests cause 70 small requests per second.
  static constexpr std::chrono::seconds slow{15};
  /// Interval while there is no usable answer.
  static constexpr back_off unanswered{fast, slow};
  /// Maximum number of concurrent samples; the limit of the client for masters.
  static constexpr size_t most_in_flight = 32;

  /// Samples this master from now on. Following the same URL again keeps its
  /// schedule.
  void follow(const std::string& test_uid, const std::string& base_url,
              int32_t expected_workers, monotonic_time now);

  /// Stops sampling; a pending answer is ignored.
  void unfollow(const std::string& test_uid);

  /// Returns the masters that are due. Each must be answered once.
  std::vector<sample_due> due(monotonic_time now);

  /// Handles an answer: the connected workers, or nothing when there was no
  /// usable one. Returns whether the master is still followed.
  bool answered(const std::string& test_uid, uint64_t ticket,
                std::optional<int32_t> workers, monotonic_time now);

  /// When to call `due` again although no answer arrives.
  std::optional<monotonic_time> wakes_at() const;

private:
  struct entry {
    uint64_t ticket = 0;
    std::string base_url;
    int32_t expected_workers = 0;
    /// Number of consecutive unusable answers.
    unsigned failures = 0;
  };

  std::unordered_map<std::string, entry> entries_;
  /// By test uid; without the masters that are being sampled.
  delay_queue<std::string> queue_;
  uint64_t last_ticket_ = 0;
  /// Includes requests of masters that are no longer followed.
  size_t in_flight_ = 0;
};

} // namespace locust
