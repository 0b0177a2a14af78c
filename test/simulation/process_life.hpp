#pragma once

#include "protocol/time.hpp"
#include "test/simulation/timeline.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace locust::simulation {

/// The clocks of one machine. Only the wall clock can be wrong, and can step.
class machine_clock {
public:
  explicit machine_clock(const timeline& time) : time_(time) {
    // nop
  }

  timestamp wall() const {
    return time_.now() + offset_;
  }

  monotonic_time monotonic() const {
    return monotonic_time(time_.now().time_since_epoch());
  }

  boot_time boot() const {
    return boot_time(time_.now().time_since_epoch());
  }

  void step(duration by) {
    offset_ += by;
  }

private:
  const timeline& time_;
  duration offset_{};
};

/// Lets things happen inside one process: none after its end, and none while it
/// is frozen (SIGSTOP), when they wait. Must outlive what it was given.
class process_life {
public:
  process_life(timeline& time, const machine_clock& machine)
      : clock(machine), time_(time) {
    // nop
  }

  const machine_clock& clock;

  bool is_over() const {
    return over_;
  }

  bool is_frozen() const {
    return frozen_;
  }

  void end() {
    over_ = true;
    waiting_.clear();
  }

  /// Something from outside reaches the process.
  void enter(std::function<void()> what) {
    if (over_)
      return;
    if (frozen_)
      waiting_.push_back(std::move(what));
    else
      what();
  }

  /// A timer of the process.
  void later(duration delay, std::function<void()> what) {
    time_.in(delay, [this, what = std::move(what)]() mutable {
      enter(std::move(what));
    });
  }

  void freeze(duration how_long) {
    if (std::exchange(frozen_, true))
      return;
    time_.in(how_long, [this] {
      frozen_ = false;
      for (auto& what : std::exchange(waiting_, {}))
        enter(std::move(what));
    });
  }

  /// The process dies by `crash` before its `nth` effect from now.
  void die_before_effect(int nth, std::function<void()> crash) {
    effects_left_ = nth;
    crash_ = std::move(crash);
  }

  bool is_about_to_die() const {
    return effects_left_.has_value();
  }

  /// Returns whether the process lives to carry out one more effect.
  bool may_carry_out() {
    if (effects_left_ && --*effects_left_ <= 0 && !over_)
      crash_();
    return !over_;
  }

private:
  timeline& time_;
  bool over_ = false;
  bool frozen_ = false;
  std::vector<std::function<void()>> waiting_;
  std::optional<int> effects_left_;
  std::function<void()> crash_;
};

} // namespace locust::simulation
