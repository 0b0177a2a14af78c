#pragma once

#include "protocol/children.hpp"
#include "protocol/error.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

// The events of one LocustTest. Its state is the fold of these events.
// `.status.history` and the journal store them with the kind names and fields
// below, so both are stable formats.

namespace locust {

/// Source of the number of connected workers
/// (docs/behaviour/lifecycle.md#connected-workers).
enum class worker_source : uint8_t {
  none,        ///< the master is not running yet
  master,      ///< the Locust master
  ready_pods,  ///< an estimate: worker pods that are Ready, because the master
               ///< has no web API that the operator can ask
  go_operator, ///< active worker pods, as the Go operator counted
  unreachable, ///< unknown: the master cannot be reached; the number is that of
               ///< the worker pods that are Ready
};

/// What a running Locust master does
/// (docs/behaviour/lifecycle.md#test-started).
enum class load_stage : uint8_t {
  none,              ///< its container runs; nothing else is known yet
  waits_for_workers, ///< it starts the load when its workers are connected
  waits_for_start,   ///< it waits for a click in its web UI
  made,              ///< it makes load
  stopped,           ///< it made load, and has stopped
  unknown,           ///< it cannot be asked
};

/// Why a run ended (docs/behaviour/lifecycle.md#end-of-a-run).
enum class end_cause : uint8_t {
  master_completed, ///< Locust ended with exit code 0
  master_failed,    ///< the master Job failed
  worker_failed,    ///< the worker Job failed while the master still ran
  pods_failing,     ///< pods were unhealthy when the grace period ended
  outcome_unknown,  ///< the master Job vanished unobserved, TTL set
  startup_timeout,  ///< no load within `spec.startupTimeoutSeconds`
  spec_unusable,    ///< no child can be built from the spec; there is none
};

/// A condition in the status that the Go operator wrote.
struct shown_condition {
  bool holds = false;
  timestamp since{};

  bool operator==(const shown_condition&) const = default;
};

/// A pod that the run lost: evicted, deleted, or on a failed node.
struct pod_loss {
  /// The Job that owned it; a Job does not replace its pods.
  child_kind child = child_kind::worker_job;
  std::string pod;
  std::string why;

  bool operator==(const pod_loss&) const = default;
};

/// The facts. Each is named after its kind.
namespace fact {

/// The spec and the number of workers of the run are set. Repeated when the
/// spec is edited before all children exist.
struct accepted {
  static constexpr std::string_view kind = "Accepted";
  std::string spec_hash;
  int32_t workers = 0;
  /// `ttlSecondsAfterFinished` of the Jobs.
  std::optional<int32_t> ttl_seconds;

  bool operator==(const accepted&) const = default;
};

/// Migration: the LocustTest has a status without a history, as the Go operator
/// writes it, and the run continues from what was found.
struct taken_over {
  static constexpr std::string_view kind = "TakenOver";
  /// Of the current spec.
  std::string spec_hash;
  /// The spec was edited after the children were created; its earlier content
  /// is unknown.
  bool edited = false;
  int32_t workers = 0;
  std::optional<int32_t> ttl_seconds{};
  /// When all children existed for the first time. Absent: they never did, and
  /// no later field is set.
  std::optional<timestamp> start_time{};
  /// The phase was Running; Pending otherwise.
  bool running = false;
  /// uid of each child that was found; otherwise empty.
  std::string service{};
  std::string master_job{};
  std::string worker_job{};
  /// Active worker pods, which the Go operator counts as connected workers.
  int32_t connected = 0;
  /// The conditions that the status has.
  std::optional<shown_condition> ready{};
  std::optional<shown_condition> workers_connected{};
  std::optional<shown_condition> test_completed{};
  std::optional<shown_condition> pods_healthy{};
  std::optional<shown_condition> spec_drifted{};

  bool operator==(const taken_over&) const = default;
};

/// The child exists and belongs to the LocustTest: just created, or found
/// (`adopted`).
struct child_created {
  static constexpr std::string_view kind = "ChildCreated";
  child_kind child = child_kind::master_service;
  std::string name;
  std::string uid;
  bool adopted = false;
  /// `ttlSecondsAfterFinished` of the Job, whoever set it.
  std::optional<int32_t> ttl_seconds{};

  bool operator==(const child_created&) const = default;
};

/// The child could not be created; `message` is the text of the API server, or
/// the fault of the spec.
struct create_failed {
  static constexpr std::string_view kind = "CreateFailed";
  child_kind child = child_kind::master_service;
  std::string name;
  std::string message;
  /// A retry can succeed without any change.
  bool transient = false;
  /// Transient, but a definite answer: nothing was created (429, 409).
  bool untouched = false;
  /// No request was sent, because the spec has a fault.
  bool unsent = false;

  bool operator==(const create_failed&) const = default;
};

/// An object with the name of the child exists and belongs to another owner, or
/// is being deleted (docs/behaviour/lifecycle.md#name-conflict).
struct name_conflict {
  static constexpr std::string_view kind = "NameConflict";
  child_kind child = child_kind::master_service;
  std::string name;
  /// Its owner, as text.
  std::string owner;
  bool deleting = false;
  /// Its owner is an earlier LocustTest of this name, so the garbage collector
  /// removes it soon: no trouble.
  bool leftover = false;

  bool operator==(const name_conflict&) const = default;
};

/// The operator retries the creation of the child.
struct retrying {
  static constexpr std::string_view kind = "Retrying";

  bool operator==(const retrying&) const = default;
};

/// Pods of an earlier LocustTest with the same name exist, or do not exist any
/// more. Until then no master is created, because their Locust workers would
/// connect to it (docs/behaviour/lifecycle.md#earlier-pods).
struct earlier_pods {
  static constexpr std::string_view kind = "EarlierPods";
  /// Their names; empty when there are none.
  std::string names;

  bool operator==(const earlier_pods&) const = default;
};

/// An existing child was deleted externally.
struct child_deleted {
  static constexpr std::string_view kind = "ChildDeleted";
  child_kind child = child_kind::master_service;
  std::string name;
  std::string uid;

  bool operator==(const child_deleted&) const = default;
};

/// The Locust container of the master runs, or has run
/// (docs/behaviour/lifecycle.md#running).
struct running {
  static constexpr std::string_view kind = "Running";

  bool operator==(const running&) const = default;
};

/// Jobs of the run are suspended, by a person or a queue such as Kueue
/// (docs/behaviour/lifecycle.md#suspended-jobs).
struct suspended {
  static constexpr std::string_view kind = "Suspended";
  /// Their names, joined by `, `.
  std::string jobs;
  /// The master Job is one of them.
  bool master = false;

  bool operator==(const suspended&) const = default;
};

/// No Job of the run is suspended any more.
struct continued {
  static constexpr std::string_view kind = "Continued";

  bool operator==(const continued&) const = default;
};

/// The Locust master makes load for the first time
/// (docs/behaviour/lifecycle.md#test-started).
struct test_started {
  static constexpr std::string_view kind = "TestStarted";
  std::string pod;
  std::string node;
  /// The master has no web API that the operator can ask; it starts when its
  /// workers are connected.
  bool estimated = false;

  bool operator==(const test_started&) const = default;
};

/// The Locust master does something else than before; its first load is
/// `test_started`.
struct load_changed {
  static constexpr std::string_view kind = "LoadChanged";
  load_stage stage = load_stage::none;
  /// The load has stopped, and the operator collects the report of the run.
  bool collects_report = false;

  bool operator==(const load_changed&) const = default;
};

/// The report of the run is stored, or cannot be
/// (docs/behaviour/lifecycle.md#report).
struct report_settled {
  static constexpr std::string_view kind = "ReportSettled";
  /// The ConfigMap; empty if there is no report.
  std::string config_map{};
  /// Files that it lacks or that are shortened, joined by `, `.
  std::string omitted{};
  /// Why.
  std::string message{};

  bool operator==(const report_settled&) const = default;
};

/// The number of connected workers changed.
struct workers_connected {
  static constexpr std::string_view kind = "WorkersConnected";
  int32_t connected = 0;
  worker_source source = worker_source::none;
  /// The number of pods that these workers run in, if it is another one: a pod
  /// may run several Locust processes.
  std::optional<int32_t> pods{};
  /// Of an estimate: why the master cannot be asked. Empty when unknown.
  std::string why{};

  bool operator==(const workers_connected&) const = default;
};

/// Pods of this run are unhealthy (docs/behaviour/pods.md): reason and message
/// of `PodsHealthy`.
struct pods_failing {
  static constexpr std::string_view kind = "PodsFailing";
  std::string reason;
  std::string message;
  /// The first lost pod of a Job, if this event reports it.
  std::optional<pod_loss> lost{};
  /// The same kind of trouble was reported before: only the affected pods or
  /// the text have changed.
  bool same_kind = false;

  bool operator==(const pods_failing&) const = default;
};

/// No pod of this run has a problem; `all_running` when none is missing or
/// starting either.
struct pods_healthy {
  static constexpr std::string_view kind = "PodsHealthy";
  bool all_running = false;

  bool operator==(const pods_healthy&) const = default;
};

/// The spec was edited after the children were created, or edited back.
struct spec_edited {
  static constexpr std::string_view kind = "SpecEdited";
  std::string spec_hash;
  /// Whether it differs from the spec that the children were created from
  /// (docs/behaviour/lifecycle.md#spec-drift).
  bool drifted = false;

  bool operator==(const spec_edited&) const = default;
};

/// The run ended; it is never started again.
struct ended {
  static constexpr std::string_view kind = "Ended";
  end_cause cause = end_cause::master_completed;
  /// Of the Locust master, if known.
  std::optional<int32_t> exit_code;
  /// The reason as text (docs/behaviour/lifecycle.md#failure-message); for a
  /// success, what else a user must know, usually empty.
  std::string message;
  /// Somebody or something ended the run before its time.
  bool cut_short = false;

  bool operator==(const ended&) const = default;
};

/// The LocustTest is being deleted, or is gone.
struct deleting {
  static constexpr std::string_view kind = "Deleting";
  /// It has the finalizer of the Go operator
  /// (docs/behaviour/lifecycle.md#finalizer).
  bool finalizer = false;

  bool operator==(const deleting&) const = default;
};

/// This operator process resumed the run from its stored history.
struct resumed {
  static constexpr std::string_view kind = "Resumed";

  bool operator==(const resumed&) const = default;
};

/// The status of this revision is stored in the API server.
struct stored {
  static constexpr std::string_view kind = "Stored";
  uint64_t revision = 0;

  bool operator==(const stored&) const = default;
};

/// An event with a kind, value or field that only a newer version of the
/// operator knows. It changes nothing, and stays in the history unchanged.
struct unknown {
  std::string kind;

  bool operator==(const unknown&) const = default;
};

} // namespace fact

using lifecycle_fact =
    std::variant<fact::accepted, fact::taken_over, fact::child_created,
                 fact::create_failed, fact::name_conflict, fact::retrying,
                 fact::earlier_pods, fact::child_deleted, fact::suspended,
                 fact::continued, fact::running, fact::test_started,
                 fact::load_changed, fact::report_settled,
                 fact::workers_connected, fact::pods_failing,
                 fact::pods_healthy, fact::spec_edited, fact::ended,
                 fact::deleting, fact::resumed, fact::stored, fact::unknown>;

/// A fact, the time at which the operator observed it, and the
/// `metadata.generation` of the LocustTest.
struct lifecycle_event {
  timestamp at{};
  int64_t generation = 0;
  lifecycle_fact fact;

  bool operator==(const lifecycle_event&) const = default;
};

/// Returns the fields of a fact as text, for history and journal. Absent
/// optionals and false flags have no entry.
using fact_data = std::map<std::string, std::string>;

std::string_view kind_of(const lifecycle_fact& fact);
fact_data encode(const lifecycle_fact& fact);

/// The inverse of `kind_of` and `encode`. On failure returns one sentence that
/// names the kind and the field.
result<lifecycle_fact> decode_fact(std::string_view kind,
                                   const fact_data& data);

/// Returns the fact in one plain sentence without a full stop.
std::string describe(const lifecycle_fact& fact);

} // namespace locust
