#pragma once

#include "actors/load_sampler/stats_reader.hpp"
#include "protocol/basics/back_off.hpp"
#include "protocol/basics/delay_queue.hpp"
#include "protocol/basics/rate_budget.hpp"
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
///
/// A master that has not answered its last sample may hang: such masters share
/// half of the places for concurrent samples, and new ones come first there. So
/// any number of them leaves the other half to those that answer.
class sample_schedule {
public:
  /// Interval with few tests. Locust caches its answer for this long.
  static constexpr std::chrono::seconds fast{2};
  /// Interval when all workers are connected and no load is made: somebody may
  /// start it in the web UI.
  static constexpr std::chrono::seconds idle{5};
  /// Maximum number of samples per second. So the interval grows with the
  /// number of masters: to 10 s with 1,000.
  static constexpr uint32_t most_per_second = 100;
  /// Interval while there is no usable answer, after `patient` samples.
  static constexpr back_off unanswered{fast, std::chrono::seconds(15)};
  /// Locust needs 1 to 15 s to import the locustfile; so many samples follow
  /// each other fast.
  static constexpr unsigned patient = 15;
  /// Maximum number of concurrent samples; the limit of the client for masters.
  static constexpr size_t most_in_flight = 32;
  /// The same for masters that have not answered their last sample.
  static constexpr size_t most_unproven = most_in_flight / 2;

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
  /// What is known of a master.
  enum class kind : uint8_t {
    fresh,  ///< not sampled yet
    silent, ///< no usable answer to the last sample
    proven, ///< it has answered
  };

  struct entry {
    uint64_t ticket = 0;
    followed_master master;
    kind what = kind::fresh;
    /// Number of consecutive unusable answers.
    unsigned failures = 0;
  };

  using queue = delay_queue<std::string>;

  queue& queue_of(const entry& e);
  void enqueue(const std::string& test_uid, monotonic_time due);
  void dequeue(const std::string& test_uid);
  queue* next_queue(monotonic_time now);
  bool may_ask_unproven() const;
  std::chrono::nanoseconds interval() const;
  std::chrono::nanoseconds
  pause_after(entry& e, const std::optional<master_stats>& stats) const;

  std::unordered_map<std::string, entry> entries_;
  /// By test uid; without the masters that are being sampled.
  queue fresh_;
  queue silent_;
  queue proven_;
  rate_budget budget_{most_per_second};
  uint64_t last_ticket_ = 0;
  /// The tickets of requests, also of masters that are no longer followed, and
  /// whether the master was unproven.
  std::unordered_map<uint64_t, bool> in_flight_;
  size_t unproven_in_flight_ = 0;
};

} // namespace locust
