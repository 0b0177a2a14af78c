#pragma once

#include "actors/api_client/transfer_order.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

// The main loop of the player: one thread that runs handlers of answers, of
// watch lines and of timers, so that none of them needs a lock.

namespace locust::bench {

class reactor {
public:
  using clock = std::chrono::steady_clock;
  using handler = std::function<void(transfer_event&)>;

  reactor() = default;
  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;

  /// Seconds since the loop was made. All times in results are of this clock.
  double now() const;

  /// Any thread: `to` is called with these events in the main loop. It must
  /// live until then.
  void post(const handler* to, std::vector<transfer_event> events);

  /// Calls `what` after a pause.
  void after(std::chrono::milliseconds pause, std::function<void()> what);

  /// Runs handlers for this time.
  void rest(std::chrono::milliseconds time) {
    run_until([] { return false; }, time);
  }

  /// Runs handlers until `done` returns true. Returns false if that takes
  /// longer than `patience`. Exceptions of handlers end the loop.
  bool run_until(const std::function<bool()>& done,
                 std::chrono::milliseconds patience);

private:
  using batch = std::vector<std::pair<const handler*, transfer_event>>;

  batch take(clock::time_point until);
  void run_timers();

  clock::time_point begun_ = clock::now();
  std::multimap<clock::time_point, std::function<void()>> timers_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  batch waiting_; // guarded by mutex_
};

} // namespace locust::bench
