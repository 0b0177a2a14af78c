#pragma once

#include "protocol/children.hpp"
#include "protocol/command.hpp"
#include "protocol/lifecycle_event.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// One test's life, as two pure functions over values: `evolve` says what an
// event makes of a state, `decide` what is to be done then.
//
//                 accepted,
//                 taken_over
//     ┌────────┐ ─────────> ┌──────────┐  last child   ┌──────────┐
//     │ unseen │            │ creating │ ────────────> │ launched │
//     └────────┘            └──────────┘    created    └──────────┘
//                             │ ^   ^                    │     │
//             refused,        │ │   │     child_lost     │     │ run_began
//             conflict: wait, └─┘   ├────────────────────┘     v
//             retry_due             │     child_lost     ┌─────────┐
//                 │                 └─────────────────── │ running │
//                 │                                      └─────────┘
//                 │ run_ended          run_ended             │ run_ended
//                 └─────────────> ┌───────┐ <────────────────┘
//                                 │ ended │
//                                 └───────┘
//     from everywhere: deletion_seen ──> departing
//     from unseen, of a run that another operator has made: taken_over ──>
//     launched or running
//
// `.status.phase`: creating and launched are Pending, running is Running, ended
// is Succeeded or Failed. A phase goes backwards by `child_lost` only.

namespace locust::lifecycle {

// -- phases -------------------------------------------------------------------

/// Nothing is known of this LocustTest yet.
struct unseen {
  bool operator==(const unseen&) const = default;
};

/// What keeps a child from being created, and when to try again.
struct obstacle {
  bool conflict = false;
  bool transient = false;
  /// The leftover in the way is being deleted.
  bool deleting = false;
  /// The next attempt is being made.
  bool under_way = false;
  int32_t attempts = 1;
  timestamp since{};
  timestamp retry_at{};

  bool operator==(const obstacle&) const = default;
};

/// Some children do not exist. They are created one after the other in the
/// order of `child_kind`.
struct creating {
  /// Something was built from the spec of the run: this is a recovery.
  bool again = false;
  /// The intent to create a master Job is stored in the API server. Until then
  /// none is created, so that no run starts that nobody would remember.
  bool announced = false;
  /// The revision that shows that intent.
  uint64_t shown_by = 0;
  /// The revision whose storing began an attempt; 0 when something else did.
  uint64_t announced_by = 0;
  /// With a TTL: since when attempts to create the master Job are on record of
  /// which none is known to have come to nothing.
  std::optional<timestamp> attempt_open;
  std::optional<obstacle> blocked;
  /// When the latest attempt began, if one did.
  timestamp attempted_at{};
  /// Since when attempts to create the master Job were made that may have been
  /// carried out although no answer came.
  std::optional<timestamp> unanswered_since;
  /// When the master Job was asked for, before the Service was lost; absent
  /// once the answer has come.
  std::optional<timestamp> master_asked_at;
  /// When the API server answered again after the state became `doubtful`.
  std::optional<timestamp> doubt_confirmed_at;

  bool operator==(const creating&) const = default;
};

/// All children exist; the master Job has had no active pod yet.
struct launched {
  bool operator==(const launched&) const = default;
};

/// The master Job has, or had, an active pod.
struct running {
  bool operator==(const running&) const = default;
};

/// Succeeded or Failed. Nothing leaves this phase but the deletion.
struct ended {
  end_cause cause = end_cause::master_completed;
  timestamp at{};

  bool operator==(const ended&) const = default;
};

/// The LocustTest is being deleted: nothing is created or written any more.
struct departing {
  bool operator==(const departing&) const = default;
};

using phase =
    std::variant<unseen, creating, launched, running, ended, departing>;

// -- what is true of a run in every phase -------------------------------------

/// `status` of a condition.
enum class truth : uint8_t { no, yes };

/// One entry of `.status.conditions`.
struct condition {
  truth status = truth::no;
  std::string reason;
  std::string message;
  /// When `status` changed last; a new reason or message leaves it alone.
  timestamp last_transition{};
  int64_t observed_generation = 0;

  bool operator==(const condition&) const = default;
};

/// In the order in which they are listed.
enum class condition_type : uint8_t {
  ready,
  workers_connected,
  test_completed,
  pods_healthy,
  spec_drifted,
};
inline constexpr size_t condition_count = 5;
std::string_view to_string(condition_type type);

template <class T>
using per_condition = enum_map<condition_type, T, condition_count>;
using conditions = per_condition<std::optional<condition>>;

/// A pod that was taken from the run (see `pod_loss`).
struct loss {
  std::string pod;
  std::string why;
  /// When it became known.
  timestamp since{};

  bool operator==(const loss&) const = default;
};

/// Stands for a spec hash or a uid that nobody knows; equal to no real one.
inline constexpr std::string_view unknown_value = "unknown";

/// The facts of a run that do not depend on its phase.
struct run_facts {
  std::string spec_hash;
  int32_t expected_workers = 0;
  std::optional<int32_t> ttl_seconds;
  /// uid of each child that exists; empty for one that does not.
  per_child<std::string> children;
  /// When all children existed for the first time.
  std::optional<timestamp> start_time;
  /// The master's pod was seen running.
  bool started = false;
  int32_t connected = 0;
  /// The highest count of this run.
  int32_t peak = 0;
  worker_source source = worker_source::none;
  /// The first loss of each Job. Nothing makes up for it but a new Job: the pod
  /// may end well, or vanish.
  per_child<std::optional<loss>> lost;
  /// The spec was edited and differs from `spec_hash`.
  bool drifted = false;

  bool operator==(const run_facts&) const = default;
};

/// A notable event, as `.status.history` shows it.
struct history_entry {
  /// Consecutive from 1 for each LocustTest.
  uint64_t sequence = 0;
  lifecycle_event event;
  /// JSON text of the whole entry when a newer version wrote more into it than
  /// this one knows; it is written back as it is. Otherwise empty.
  std::string verbatim{};

  bool operator==(const history_entry&) const = default;
};

/// A Kubernetes Event that waits until the status write that it belongs to is
/// stored (docs/behaviour/lifecycle.md#events).
struct announcement {
  uint64_t revision = 0;
  publish_event event;

  bool operator==(const announcement&) const = default;
};

/// Everything that the operator knows of one test's life.
struct state {
  phase at;
  run_facts run;
  lifecycle::conditions conditions;
  int64_t observed_generation = 0;
  /// Newest last; at most `history_limit`.
  std::vector<history_entry> history;
  uint64_t last_sequence = 0;
  /// Counts the changes of what `.status` shows, since the process started.
  uint64_t revision = 0;
  /// The newest revision that is stored.
  uint64_t stored_revision = 0;
  std::vector<announcement> outbox;
  /// Time of the newest event; later events never count as earlier than this.
  timestamp clock{};
  /// Rebuilt from history, and not `resumed` yet.
  bool restored = false;

  bool operator==(const state&) const = default;
};

/// Entries kept in `.status.history`: enough for a run with a few mishaps,
/// small enough (about 10 KiB) to travel with every status write.
inline constexpr size_t history_limit = 32;

/// A transient refusal shows in the status from this attempt on, about 0.7 s
/// after the first one (docs/behaviour/lifecycle.md#create-failures).
inline constexpr int32_t transient_attempts_hidden = 4;

/// What the next state is. Total: every phase handles every fact or ignores it
/// for a reason that the code gives.
state evolve(state before, const lifecycle_event& event);

/// What is to be done, now that `event` has led to `after`.
commands decide(const state& after, const lifecycle_event& event);

/// From its creation to its removal by a TTL of 0 a Job takes longer than this:
/// pod, container and Locust have to start and two controllers to notice.
inline constexpr auto shortest_run = std::chrono::seconds(2);

/// Whether the answer to the creation of the next child is awaited.
bool is_under_way(const state& s);

/// What a Job of this run cannot vanish before, counted from its creation.
std::chrono::seconds shortest_life(const state& s);

/// Whether a master Job that was asked for without an answer may have run and
/// been removed by its TTL. Then it is not asked for again
/// (docs/behaviour/lifecycle.md#no-second-run).
bool doubtful(const state& s, timestamp now);

/// Rebuilds a state from stored history: the fold of its events over an empty
/// state. Everything that it shows counts as stored.
state restore(std::vector<history_entry> history);

/// The Kubernetes Event that tells people of a notable fact, if any does. Its
/// sequence is that of the history entry.
std::optional<publish_event> announcement_for(const history_entry& entry);

/// Events announced so recently may not have been published before the operator
/// was restarted; they are published again, which changes nothing when they
/// were, as their names are made of uid and sequence.
inline constexpr auto announce_again_within = std::chrono::minutes(5);

/// Whether two states mean the same for the API object and for what is to come:
/// all but the counters and queues of this process.
bool same_meaning(const state& a, const state& b);

/// `Pending`, `Running`, `Succeeded`, `Failed`; empty while unseen.
std::string_view phase_name(const state& s);

/// Children are being made.
bool is_creating(const state& s);

/// The LocustTest is being deleted.
bool is_departing(const state& s);

/// Over, and that is stored.
bool is_settled(const state& s);

/// The first child that does not exist, or nothing.
std::optional<child_kind> next_child(const state& s);

const condition* find(const state& s, condition_type type);

} // namespace locust::lifecycle
