#pragma once

#include "protocol/load_figures.hpp"
#include "protocol/run_messages.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What is known of the load of a run beyond its newest sample.

namespace locust {

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
  /// changes nothing.
  void add(const load_sample& sample);

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
    return totals_ ? &*totals_ : nullptr;
  }

  timestamp sampled_at() const {
    return sampled_at_;
  }

  /// Whether Locust had stopped when the newest sample was taken, so that its
  /// totals are those of the whole run.
  bool is_final() const {
    return stopped_;
  }

private:
  load_peak peak_;
  std::optional<run_figures> totals_;
  timestamp sampled_at_{};
  bool stopped_ = false;
};

/// Returns `status.load`: `figures`, a JSON object, the peak, and when they
/// were sampled.
std::string load_text(std::string_view figures, const load_peak& peak,
                      timestamp sampled_at);

} // namespace locust
