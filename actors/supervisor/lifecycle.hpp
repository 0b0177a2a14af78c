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

// The lifecycle of one test as two pure functions: `evolve` returns the state
// after an event, `decide` the commands that follow from it.
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
//     from every phase: deletion_seen ──> departing
//     from unseen, for a run of the Go operator (migration): taken_over ──>
//     launched or running
//
// `.status.phase`: creating and launched are Pending, running is Running, ended
// is Succeeded or Failed. Only `child_deleted` and `suspended` move a phase
// back.

namespace locust::lifecycle {

// -- phases -------------------------------------------------------------------

/// The LocustTest has not been processed yet.
struct unseen {
  bool operator==(const unseen&) const = default;
};

/// Why a child cannot be created, and when to retry.
struct obstacle {
  bool conflict = false;
  bool transient = false;
  /// The conflicting object of an earlier run is being deleted.
  bool deleting = false;
  /// The next attempt is in progress.
  bool under_way = false;
  int32_t attempts = 1;
  timestamp since{};
  timestamp retry_at{};

  bool operator==(const obstacle&) const = default;
};

/// Some children do not exist. They are created one after the other, in the
/// order of `child_kind`.
struct creating {
  /// A child was created from the spec of the run before: this is a recovery.
  bool again = false;
  /// The intent to create a master Job is stored in the API server. With a TTL
  /// no master Job is created until then, so that a restarted operator knows of
  /// every run, also of one whose Jobs are gone.
  bool announced = false;
  /// The revision that contains that intent.
  uint64_t shown_by = 0;
  /// The revision whose storage began an attempt; 0 when something else did.
  uint64_t announced_by = 0;
  /// Pods of an earlier LocustTest with this name exist: no master Job is
  /// created.
  bool held = false;
  /// With a TTL: when the first stored attempt to create the master Job began
  /// that is not known to have failed.
  std::optional<timestamp> attempt_open;
  std::optional<obstacle> blocked;
  /// When the latest attempt began.
  timestamp attempted_at{};
  /// When the first attempt to create the master Job was made that got no
  /// answer and may have succeeded.
  std::optional<timestamp> unanswered_since;
  /// When the master Job was requested before the Service was lost; absent
  /// after the answer.
  std::optional<timestamp> master_asked_at;
  /// When the API server answered again after the state became `doubtful`.
  std::optional<timestamp> doubt_confirmed_at;

  bool operator==(const creating&) const = default;
};

/// All children exist; the Locust container of the master has not run yet.
struct launched {
  bool operator==(const launched&) const = default;
};

/// The Locust container of the master runs, or has run.
struct running {
  bool operator==(const running&) const = default;
};

/// Succeeded or Failed. Only a deletion leaves this phase.
struct ended {
  end_cause cause = end_cause::master_completed;
  timestamp at{};

  bool operator==(const ended&) const = default;
};

/// The LocustTest is being deleted: nothing is created or written.
struct departing {
  bool operator==(const departing&) const = default;
};

using phase =
    std::variant<unseen, creating, launched, running, ended, departing>;

// -- what is true of a run in every phase -------------------------------------

/// `status` of a condition.
enum class truth : uint8_t { no, yes, unknown };
std::string_view to_string(truth status);

/// One entry of `.status.conditions`.
struct condition {
  truth status = truth::no;
  std::string reason;
  std::string message;
  /// When `status` last changed; a new reason or message does not update it.
  timestamp last_transition{};
  int64_t observed_generation = 0;

  bool operator==(const condition&) const = default;
};

/// In the order of `.status.conditions`.
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

/// A pod that the run lost (see `pod_loss`).
struct loss {
  std::string pod;
  std::string why;
  /// When the loss was observed.
  timestamp since{};

  bool operator==(const loss&) const = default;
};

/// Stands for an unknown spec hash or uid; equal to no real one.
inline constexpr std::string_view unknown_value = "unknown";

/// The facts of a run that do not depend on its phase.
struct run_facts {
  std::string spec_hash;
  int32_t expected_workers = 0;
  std::optional<int32_t> ttl_seconds;
  /// uid of each child that exists; otherwise empty.
  per_child<std::string> children;
  /// Names of the children that were created, not adopted, since the last Event
  /// `Created`.
  per_child<std::string> created;
  /// Names of its suspended Jobs; empty for none.
  std::string suspended;
  /// Since when `spec.startupTimeoutSeconds` counts: the beginning of the run,
  /// or the end of a suspension.
  timestamp startup_since{};
  /// When all children existed for the first time.
  std::optional<timestamp> start_time;
  /// The master has made load.
  bool started = false;
  /// That is an estimate: the master cannot be asked.
  bool start_estimated = false;
  /// What the running master does.
  load_stage stage = load_stage::none;
  /// When its load began, and when it stopped. When somebody starts another run
  /// in the web UI, both are of that one.
  std::optional<timestamp> load_since;
  std::optional<timestamp> load_until;
  /// Its report is being collected.
  bool collects_report = false;
  /// What became of the report, if anything.
  std::optional<fact::report_settled> report;
  int32_t connected = 0;
  /// The number of pods that the connected workers run in, if it is another
  /// one.
  std::optional<int32_t> worker_pods;
  /// Why the master cannot be asked; empty when it can, or when unknown.
  std::string why_estimated;
  /// The highest worker count of this run.
  int32_t peak = 0;
  worker_source source = worker_source::none;
  /// The first lost pod of each Job. Only a new Job clears it: the pod may
  /// still end well or vanish.
  per_child<std::optional<loss>> lost;
  /// The spec was edited and differs from `spec_hash`.
  bool drifted = false;

  bool operator==(const run_facts&) const = default;
};

/// An entry of `.status.history`.
struct history_entry {
  /// Consecutive from 1 for each LocustTest.
  uint64_t sequence = 0;
  lifecycle_event event;
  /// JSON text of the whole entry, if a newer version wrote more than this one
  /// understands; written back unchanged. Otherwise empty.
  std::string verbatim{};

  bool operator==(const history_entry&) const = default;
};

/// A Kubernetes Event that is published once its status write is stored
/// (docs/behaviour/lifecycle.md#events).
struct announcement {
  uint64_t revision = 0;
  publish_event event;

  bool operator==(const announcement&) const = default;
};

/// Everything that the operator knows about one LocustTest.
struct state {
  phase at;
  run_facts run;
  lifecycle::conditions conditions;
  int64_t observed_generation = 0;
  /// Newest last; at most `history_limit`.
  std::vector<history_entry> history;
  uint64_t last_sequence = 0;
  /// Number of changes of what `.status` shows, since the process started.
  uint64_t revision = 0;
  /// The newest stored revision.
  uint64_t stored_revision = 0;
  std::vector<announcement> outbox;
  /// Time of the newest event; later events never have an earlier time.
  timestamp clock{};
  /// Restored from history, and not `resumed` yet.
  bool restored = false;

  bool operator==(const state&) const = default;
};

/// Maximum length of `.status.history`: enough for a run with a few failures,
/// small enough (about 10 KiB) for every status write.
inline constexpr size_t history_limit = 32;

/// A transient failure appears in the status from this attempt on, about 0.7 s
/// after the first one (docs/behaviour/lifecycle.md#create-failures).
inline constexpr int32_t transient_attempts_hidden = 4;

/// Returns the next state. Total: every phase handles every fact, or ignores it
/// for a reason given in the code.
state evolve(state before, const lifecycle_event& event);

/// Returns the commands that follow now that `event` has led to `after`.
commands decide(const state& after, const lifecycle_event& event);

/// A Job with a TTL of 0 exists for longer than this: pod, container and Locust
/// must start, and two controllers must react.
inline constexpr auto shortest_run = std::chrono::seconds(2);

/// Whether the history allows to request a master Job: the intent is stored, or
/// there is no TTL, so that the Job itself is the record of the run
/// (docs/behaviour/lifecycle.md#intent-before-the-master-job).
bool is_on_record(const state& s, const creating& p);

/// Whether the report of the run is stored. The first one stays, because a
/// ConfigMap can be created, but not changed.
bool has_report(const run_facts& run);

/// Whether the answer to the creation of the next child is pending.
bool is_under_way(const state& s);

/// The minimum time between the creation of a Job of this run and its removal
/// by the TTL.
std::chrono::seconds shortest_life(const state& s);

/// Whether a master Job that was requested without an answer may have run and
/// been removed by its TTL. Then it is not requested again
/// (docs/behaviour/lifecycle.md#no-second-run).
bool doubtful(const state& s, timestamp now);

/// Restores a state from stored history by folding its events, starting with an
/// empty state. Everything that it shows counts as stored.
state restore(std::vector<history_entry> history);

/// Returns the Kubernetes Event of a history entry, if it has one, with the
/// sequence of the entry. `created` has the names of the children that were
/// created when the entry completed them; otherwise it is empty.
std::optional<publish_event>
announcement_for(const history_entry& entry,
                 const per_child<std::string>& created);

/// Events younger than this may not have been published before a restart. They
/// are published again, which has no effect if they exist, because their names
/// consist of uid and sequence.
inline constexpr auto announce_again_within = std::chrono::minutes(1);

/// Returns the Events of the entries that are not older than `since`.
std::vector<publish_event>
announcements_of(const std::vector<history_entry>& history, timestamp since);

/// Whether two states are the same except for counters and queues of this
/// process.
bool same_meaning(const state& a, const state& b);

/// `Pending`, `Running`, `Succeeded`, `Failed`; empty while unseen.
std::string_view phase_name(const state& s);

/// Children are being created.
bool is_creating(const state& s);

/// The LocustTest is being deleted.
bool is_departing(const state& s);

/// The run has ended, and its final status is stored.
bool is_settled(const state& s);

/// Returns the first child that does not exist, or nothing.
std::optional<child_kind> next_child(const state& s);

const condition* find(const state& s, condition_type type);

} // namespace locust::lifecycle
