#pragma once

#include "actors/load_sampler/stats_reader.hpp"
#include "protocol/basics/back_off.hpp"
#include "protocol/basics/delay_queue.hpp"
#include "protocol/run_messages.hpp"
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
  followed_master master;
};

/// The followed masters, at most one per LocustTest.
class sample_schedule {
public:
  /// Interval while workers connect or leave. Locust caches its answer for this
  /// long.
  static constexpr std::chrono::seconds fast{2};
  /// Interval when all workers are connected and no load is made: somebody may
  /// start it in the web UI.
  static constexpr std::chrono::seconds idle{5};
  /// Interval under load: a lost worker is detected within this time, and a
  /// thousand tests cause 70 small requests per second.
  static constexpr std::chrono::seconds slow{15};
  /// Interval while there is no usable answer, after `patient` samples.
  static constexpr back_off unanswered{fast, slow};
  /// Locust needs 1 to 15 s to import the locustfile; so many samples follow
  /// each other fast.
  static constexpr unsigned patient = 15;
  /// Maximum number of concurrent samples; the limit of the client for masters.
  static constexpr size_t most_in_flight = 32;

  /// Samples this master from now on. Following the same URLs again keeps its
  /// schedule, unless it now hurries.
  void follow(const std::string& test_uid, const followed_master& master,
              monotonic_time now);

  /// Stops sampling; a pending answer is ignored.
  void unfollow(const std::string& test_uid);

  /// Returns the masters that are due. Each must be answered once.
  std::vector<sample_due> due(monotonic_time now);

  /// Handles an answer; nothing when there was no usable one. Returns whether
  /// the master is still followed.
  bool answered(const std::string& test_uid, uint64_t ticket,
                const std::optional<master_stats>& stats, monotonic_time now);

  /// When to call `due` again although no answer arrives.
  std::optional<monotonic_time> wakes_at() const;

private:
  struct entry {
    /// Until the next sample after this answer.
    std::chrono::nanoseconds
    pause_after(const std::optional<master_stats>& stats);

    uint64_t ticket = 0;
    followed_master master;
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
