#pragma once

#include "actors/supervisor/assess.hpp"
#include "actors/supervisor/child_answer.hpp"
#include "actors/supervisor/status_document.hpp"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace locust::testing {

/// Looks on at each step of a core.
class step_observer {
public:
  virtual ~step_observer() = default;
  virtual void before(const lifecycle::state& s) = 0;
  virtual void after(const lifecycle_event& event, const lifecycle::state& s,
                     const commands& done) = 0;
};

/// Drives the pure core of a supervisor in the way in which its actor does,
/// without an actor. What the core wants done is carried out at once, or piles
/// up in `todo`.
class core_driver {
public:
  world seen;
  lifecycle::state state;
  assess_settings settings;
  /// All events so far, of this process.
  std::vector<lifecycle_event> events;
  commands todo;
  /// When it wants to look again.
  std::optional<timestamp> look_again;
  /// Spec of the run: what children are built from.
  std::string run_spec;
  step_observer* observer = nullptr;
  std::function<void(const command&)> carry_out;

  /// Takes a LocustTest up, with its stored status (empty for none).
  void start(std::shared_ptr<const locust_test> test, spec_digest spec,
             std::string_view status) {
    if (!status.empty()) {
      auto found = read_status(status);
      if (!found)
        throw std::runtime_error(found.error().message);
      state = std::move(found->state);
      run_spec = std::move(found->run_spec);
    }
    see_test(std::move(test), std::move(spec));
  }

  /// The LocustTest as it is now.
  void see_test(std::shared_ptr<const locust_test> test, spec_digest spec) {
    seen.test = std::move(test);
    seen.spec = std::move(spec);
  }

  void see(const observation& what, timestamp now) {
    if (std::holds_alternative<lifecycle::ended>(state.at) &&
        !std::holds_alternative<listed>(what))
      return;
    seen.see(what, now);
    look(now);
  }

  void see(const child_result& answer, timestamp now) {
    seen.see(answer);
    apply(fact_of(answer), now);
    look(now);
  }

  void see(const load_sample& sample, timestamp now) {
    seen.see(sample, state.run.connected);
    look(now);
  }

  void saved(uint64_t revision, timestamp now) {
    apply(stored{revision}, now);
    look(now);
  }

  /// Acts on everything that the world says and the state does not know.
  void look(timestamp now) {
    for (auto kind :
         {watched_kind::services, watched_kind::jobs, watched_kind::pods})
      if (!seen.listed(kind))
        return;
    for (int i = 0; i < 64; ++i) {
      auto found = assess(state, seen, settings, now);
      if (!found.fact) {
        look_again = found.look_again;
        return;
      }
      apply(*found.fact, now);
    }
    throw std::runtime_error("the policies do not come to rest");
  }

  void apply(const lifecycle_fact& fact, timestamp now) {
    bool taken = std::holds_alternative<taken_over>(fact) && run_spec.empty();
    if (taken || std::holds_alternative<accepted>(fact))
      run_spec = seen.spec.hash;
    lifecycle_event event{now, seen.test->generation, fact};
    events.push_back(event);
    if (observer != nullptr)
      observer->before(state);
    state = lifecycle::evolve(std::move(state), event);
    auto done = lifecycle::decide(state, event);
    if (observer != nullptr)
      observer->after(event, state, done);
    for (auto& c : done)
      if (carry_out)
        carry_out(c);
      else
        todo.push_back(std::move(c));
    if (std::holds_alternative<run_ended>(fact))
      seen.shrink();
  }

  /// The commands since the last call.
  commands take() {
    return std::exchange(todo, {});
  }
};

} // namespace locust::testing
