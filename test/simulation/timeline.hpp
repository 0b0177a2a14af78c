#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

// Simulated time and chance: the only sources of both, so that a seed is a
// whole story.

namespace locust::simulation {

using namespace std::chrono_literals;
using duration = std::chrono::microseconds;

/// splitmix64: small, fast, and the same everywhere (the distributions of
/// <random> are not).
class chance {
public:
  explicit chance(uint64_t seed) : state_(seed) {
    // nop
  }

  uint64_t next() {
    auto z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  /// In [low, high].
  int between(int low, int high) {
    auto span = static_cast<uint64_t>(int64_t{high} - low + 1);
    return low + static_cast<int>(next() % span);
  }

  duration between(duration low, duration high) {
    auto span = static_cast<uint64_t>((high - low).count() + 1);
    return low + duration(static_cast<int64_t>(next() % span));
  }

  bool percent(int probability) {
    return between(1, 100) <= probability;
  }

private:
  uint64_t state_;
};

/// What happens when. Things of the same time happen in the order in which they
/// were planned.
class timeline {
public:
  explicit timeline(timestamp start) : now_(start) {
    // nop
  }

  timestamp now() const {
    return now_;
  }

  void at(timestamp when, std::function<void()> what) {
    queue_.push({std::max(when, now_), count_++, std::move(what)});
  }

  void in(duration delay, std::function<void()> what) {
    at(now_ + delay, std::move(what));
  }

  /// Lets the next thing happen; false when there is none before `limit`.
  bool step(timestamp limit) {
    if (queue_.empty() || queue_.top().when > limit)
      return false;
    auto next = std::move(const_cast<entry&>(queue_.top()));
    queue_.pop();
    now_ = next.when;
    next.what();
    return true;
  }

private:
  struct entry {
    timestamp when;
    uint64_t count;
    std::function<void()> what;

    bool operator<(const entry& other) const {
      return std::tie(other.when, other.count) < std::tie(when, count);
    }
  };

  timestamp now_;
  uint64_t count_ = 0;
  std::priority_queue<entry> queue_;
};

} // namespace locust::simulation
