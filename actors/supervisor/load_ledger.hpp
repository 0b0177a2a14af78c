#pragma once

#include "protocol/load_figures.hpp"
#include "protocol/run_messages.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// What is known of the load of a run beyond its newest sample.

namespace locust {

/// How long figures still change after Locust has stopped: a worker reports
/// every 3 s (WORKER_REPORT_INTERVAL), also after the end, and the master gives
/// the same answer for 2 s (DEFAULT_CACHE_TIME).
inline constexpr std::chrono::seconds settling_time{5};

/// The highest figures of a run.
struct load_peak {
  std::optional<int64_t> users;
  /// Requests per second, over 10 s.
  std::optional<double> rate;
  /// Connected workers when there were most users for the first time.
  std::optional<int32_t> workers;

  bool operator==(const load_peak&) const = default;
};

/// Remembers peaks and the newest totals. When Locust begins to count anew,
/// because somebody starts another run in the web UI or resets the statistics,
/// so does the ledger.
class load_ledger {
public:
  /// Adds a sample. One without figures, or of a master that has not made load,
  /// changes nothing. `target`: the number of users that the arguments of the
  /// master ask for. More users than that count when they stay: while Locust
  /// moves users from one worker to another, it counts them twice.
  void add(const load_sample& sample, std::optional<int64_t> target = {});

  /// Continues from `status.load`, a JSON object that was stored before a
  /// restart, as far as it is not older than what is known.
  void continue_from(std::string_view load);

  /// Forgets everything: the master is another one.
  void clear();

  const load_peak& peak() const {
    return peak_;
  }

  /// Of the newest sample; null when there was none.
  const run_figures* totals() const {
    return totals_.get();
  }

  timestamp sampled_at() const {
    return sampled_at_;
  }

  /// Whether the newest sample has the totals of the whole run: Locust had
  /// stopped, and the workers have sent their last statistics since.
  bool is_final() const {
    return stopped_since_ && sampled_at_ >= *stopped_since_ + settling_time;
  }

private:
  std::optional<int64_t> lasting_users(const load_sample& sample,
                                       std::optional<int64_t> target);

  load_peak peak_;
  /// Since when there are more users than asked for.
  std::optional<timestamp> exceeded_since_;
  std::shared_ptr<const run_figures> totals_;
  timestamp sampled_at_{};
  /// Of the first sample that said so.
  std::optional<timestamp> stopped_since_;
};

/// Returns `status.load`: `figures`, a JSON object, the peak, and when they
/// were sampled.
std::string load_text(std::string_view figures, const load_peak& peak,
                      timestamp sampled_at);

} // namespace locust
