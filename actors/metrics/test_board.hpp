#pragma once

#include "actors/metrics/test_page.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/load_figures.hpp"
#include "protocol/time.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

namespace locust {

/// What a test does.
struct test_progress {
  test_phase phase = test_phase::unknown;
  /// When its run ended; nothing before.
  std::optional<timestamp> ended_at{};
  worker_counts workers{};
  /// Its Locust master answers, or has not been silent for long.
  bool answers = true;
};

/// All tests that exist, and which of them have series of their own. Thread
/// safe. A change of a test takes a lock of its own, and one of the board only
/// when the phase changes. A scrape takes the lock of the board to copy one
/// pointer for each test that is not finished, and does its work without it.
class test_board {
public:
  /// At most `most` tests have series of their own: those whose run goes on
  /// first, the oldest first, so that a test keeps its series while it runs;
  /// then those that ended last.
  explicit test_board(size_t most);
  test_board(const test_board&) = delete;
  test_board& operator=(const test_board&) = delete;
  ~test_board();

  test_census census() const;

private:
  friend class test_seat;

  struct entry;
  using entry_ptr = std::shared_ptr<entry>;
  struct by_rank {
    bool operator()(const entry_ptr& a, const entry_ptr& b) const;
  };
  using ranking = std::set<entry_ptr, by_rank>;

  ranking::iterator join(object_key key, timestamp created);
  void leave(ranking::iterator at);
  ranking::iterator show(ranking::iterator at, const test_progress& now);
  static void measure(const entry_ptr& at, const load_figures& load);
  static test_view view_of(const entry& one, test_phase phase);

  size_t most_;
  mutable std::mutex mutex_;
  ranking ranked_;
  std::array<size_t, test_phase_count> phases_{};
  size_t live_ = 0;
  uint64_t last_number_ = 0;
};

/// One test on the board, from its construction on. When a key has several
/// seats, as while a test is handed over, the newest one counts. For one thread
/// at a time.
class test_seat {
public:
  /// `board` may be null: then it does nothing. The board outlives the seat.
  /// `created`: of the LocustTest.
  test_seat(test_board* board, const object_key& key, timestamp created);
  test_seat(const test_seat&) = delete;
  test_seat& operator=(const test_seat&) = delete;
  ~test_seat();

  void show(const test_progress& now);

  /// The Locust master has answered. Forgotten when it no longer answers, or
  /// when the phase is not `running`.
  void measure(const load_figures& load) const;

private:
  test_board* board_;
  test_board::ranking::iterator at_{};
};

} // namespace locust
