#pragma once

#include "actors/supervisor/lifecycle.hpp"

#include <concepts>
#include <string>

// Shared by evolve.cpp, creation.cpp, migration.cpp and run_conditions.cpp: one
// step from a state to the next.

namespace locust::lifecycle {

template <class T, class... Ts>
concept one_of = (std::same_as<T, Ts> || ...);

/// A phase in which a run exists and has not ended.
template <class T>
concept alive = one_of<T, creating, launched, running>;

/// A state and the event that changes it.
struct change {
  state& s;
  const lifecycle_event& event;
  /// False while a stored history is folded: it must not be recorded again.
  bool recording = true;

  /// The time of the event, never before that of an earlier event.
  timestamp at() const {
    return s.clock;
  }

  /// Sets a condition. Only a change of `status` updates `last_transition`.
  void set(condition_type type, truth status, std::string reason,
           std::string message);

  /// Adds the event to the history, because what `.status` shows has changed.
  void note();
};

/// Sets the initial conditions and facts of a run without children.
void begin_run(change& c, const fact::accepted& f);

/// Sets the condition WorkersConnected; see run_conditions.cpp.
void show_workers(change& c);

/// Sets what TestCompleted says of a test that has not ended; see
/// run_conditions.cpp.
void show_load(change& c);

/// The running master enters this stage of its load; see run_conditions.cpp.
void enter_stage(change& c, load_stage stage);

/// Ends the run; see run_conditions.cpp.
void finish_run(change& c, const fact::ended& f);

/// Sets what became of the report; see run_conditions.cpp.
void settle_report(change& c, const fact::report_settled& f);

/// Returns the message of WorkersConnected.
std::string count_message(const run_facts& run);

/// Sets the condition SpecDrifted.
void show_drift(change& c);

/// Defined in migration.cpp.
void on(change& c, const unseen&, const fact::taken_over& f);

/// Shows that a child of the run belongs to somebody else, or to the run again;
/// defined in creation.cpp.
void show_owner(change& c, const fact::name_conflict& f);
void show_owner(change& c, const fact::child_created& f);

// -- the phase `creating`, see creation.cpp -----------------------------------

/// Enters the phase `creating`. `held`: pods of an earlier LocustTest with this
/// name are known to exist.
void begin_creating(change& c, bool held);

/// Returns to the phase `creating`, from a later phase or within it.
void create_again(change& c);
void create_again(change& c, const creating& p, child_kind lost);

void on(change& c, const creating& p, const fact::child_created& f);
void on(change& c, const creating& p, const fact::create_failed& f);
void on(change& c, const creating& p, const fact::name_conflict& f);
void on(change& c, const creating& p, const fact::retrying& f);
void on(change& c, const creating& p, const fact::earlier_pods& f);
void on(change& c, const creating& p, const fact::resumed& f);

/// The status of `revision` is stored, and with it the intent to create a
/// child.
void confirm(change& c, const creating& p, uint64_t revision);

} // namespace locust::lifecycle
