#pragma once

#include "actors/supervisor/status_document.hpp"
#include "actors/supervisor/supervisor_core.hpp"

#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace locust::testing {

/// Folds the events that a supervisor_core reports a second time. Shows each
/// step between two inputs, and proves that only events change the state.
class core_mirror {
public:
  /// Called for each step with the state before it, the event, and the results
  /// of `evolve` and `decide`.
  std::function<void(const lifecycle::state& before,
                     const lifecycle_event& event,
                     const lifecycle::state& after, const commands& done)>
      on_step;
  /// Called when the state was restored from a stored status.
  std::function<void(const lifecycle::state& state)> on_restored;

  /// All events so far.
  std::vector<lifecycle_event> events;

  /// Processes the effects of an input of `core`.
  void follow(const supervisor_core& core, const supervisor_effects& effects) {
    for (const auto& each : effects) {
      if (std::holds_alternative<effect::log_restored>(each))
        restore(core);
      else if (const auto* log = std::get_if<effect::log_fact>(&each))
        step(log->event);
    }
    if (state_ != core.state())
      throw std::logic_error("something else than an event changed the state");
  }

  /// The commands since the last call.
  commands take() {
    return std::exchange(todo_, {});
  }

private:
  void restore(const supervisor_core& core) {
    auto sent = state_.revision;
    state_ = take_state(*core.observed().test).state;
    state_.revision = state_.stored_revision = sent;
    if (on_restored)
      on_restored(state_);
  }

  void step(const lifecycle_event& event) {
    events.push_back(event);
    auto after = lifecycle::evolve(state_, event);
    auto done = lifecycle::decide(after, event);
    if (on_step)
      on_step(state_, event, after, done);
    state_ = std::move(after);
    todo_.insert(todo_.end(), done.begin(), done.end());
  }

  lifecycle::state state_;
  commands todo_;
};

} // namespace locust::testing
