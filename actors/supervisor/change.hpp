#pragma once

#include "actors/supervisor/lifecycle.hpp"

#include <concepts>
#include <string>

// What evolve.cpp and creation.cpp share: one step from a state to the next.

namespace locust::lifecycle {

template <class T, class... Ts>
concept one_of = (std::same_as<T, Ts> || ...);

/// A phase in which a run exists and is not over.
template <class T>
concept alive = one_of<T, creating, launched, running>;

/// The state that is being changed and the event that changes it.
struct change {
  state& s;
  const lifecycle_event& event;
  /// False while a history is folded: it is not written again.
  bool recording = true;

  /// When the event counts as having happened.
  timestamp at() const {
    return s.clock;
  }

  /// Sets a condition; `last_transition` moves only with `status`.
  void set(condition_type type, truth status, std::string reason,
           std::string message);

  /// Makes the event part of the history: what `.status` shows has changed.
  void note();
};

/// The first conditions and facts of a run, of which nothing is made yet.
void begin_run(change& c, const fact::accepted& f);

/// Shows the workers that are connected.
void show_workers(change& c);

/// Shows that the spec is not the one that the run was built from.
void show_drift(change& c);

/// See migration.cpp.
void on(change& c, const unseen&, const fact::taken_over& f);

// -- the phase `creating`, see creation.cpp -----------------------------------

/// Goes to creating. Nothing is created until this is stored.
void begin_creating(change& c);

/// Goes back to creating: from a later phase, or from the midst of it.
void create_again(change& c);
void create_again(change& c, const creating& p, child_kind lost);

void on(change& c, const creating& p, const fact::child_created& f);
void on(change& c, const creating& p, const fact::create_failed& f);
void on(change& c, const creating& p, const fact::name_conflict& f);
void on(change& c, const creating& p, const fact::retrying& f);
void on(change& c, const creating& p, const fact::resumed& f);

/// The status of `revision` is stored, and with it the intent to create.
void confirm(change& c, const creating& p, uint64_t revision);

} // namespace locust::lifecycle
