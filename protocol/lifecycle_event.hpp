#pragma once

#include "protocol/error.hpp"
#include "protocol/kubernetes.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

// The domain events of one LocustTest. Its life is the fold of these; each says
// something that was not known before. `.status.history` and the journal hold
// them with the kind names and fields below, so both are stable formats.

namespace locust {

/// Where the number of connected workers comes from (B4).
enum class worker_source : uint8_t {
  none,        ///< the master does not run yet
  master,      ///< the Locust master said so
  ready_pods,  ///< it could not be asked: worker pods that are Ready
  go_operator, ///< another operator counted active worker pods
};

/// Why a run is over.
enum class end_cause : uint8_t {
  master_completed, ///< Locust ended with exit code 0
  master_failed,    ///< the master Job failed
  worker_failed,    ///< the worker Job failed while the master still ran (B12)
  pods_failing,     ///< pods were in trouble when the grace period ended (B7)
  outcome_unknown,  ///< the master Job vanished unobserved, TTL set (B11)
};

/// A condition as it was shown before this operator came.
struct shown_condition {
  bool holds = false;
  timestamp since{};

  bool operator==(const shown_condition&) const = default;
};

/// A pod that a run had and that was taken from it: by an eviction, with its
/// node, or by somebody who deleted it.
struct pod_loss {
  /// Whose pod it was: a Job is not given another one.
  child_kind child = child_kind::worker_job;
  std::string pod;
  std::string why;

  bool operator==(const pod_loss&) const = default;
};

/// The facts. Each has the name of its kind.
namespace fact {

/// The run that this LocustTest stands for is fixed: this spec, so many
/// workers. Happens again when the spec is edited before all children exist.
struct accepted {
  static constexpr std::string_view kind = "Accepted";
  std::string spec_hash;
  int32_t workers = 0;
  /// `ttlSecondsAfterFinished` that the Jobs get.
  std::optional<int32_t> ttl_seconds;

  bool operator==(const accepted&) const = default;
};

/// Another operator has looked after this LocustTest so far and left a status
/// without a history: it is taken up as it is found.
struct taken_over {
  static constexpr std::string_view kind = "TakenOver";
  /// Of the spec of now.
  std::string spec_hash;
  /// The spec was edited after the children were built, and nobody knows what
  /// it was then.
  bool edited = false;
  int32_t workers = 0;
  std::optional<int32_t> ttl_seconds{};
  /// When all children existed for the first time. Absent: they never did, and
  /// nothing below this is set.
  std::optional<timestamp> start_time{};
  /// The phase was Running; Pending otherwise.
  bool running = false;
  /// uid of each child that is found; empty for one that is not.
  std::string service{};
  std::string master_job{};
  std::string worker_job{};
  /// Active worker pods, which the other operator takes for connected workers.
  int32_t connected = 0;
  /// Of the conditions, where they were shown.
  std::optional<shown_condition> ready{};
  std::optional<shown_condition> workers_connected{};
  std::optional<shown_condition> test_completed{};
  std::optional<shown_condition> pods_healthy{};
  std::optional<shown_condition> spec_drifted{};

  bool operator==(const taken_over&) const = default;
};

/// The child exists and is ours, made by us just now or found (`adopted`).
struct child_created {
  static constexpr std::string_view kind = "ChildCreated";
  child_kind child = child_kind::master_service;
  std::string name;
  std::string uid;
  bool adopted = false;

  bool operator==(const child_created&) const = default;
};

/// The child could not be created; `message` is the API server's own text.
struct create_failed {
  static constexpr std::string_view kind = "CreateFailed";
  child_kind child = child_kind::master_service;
  std::string name;
  std::string message;
  /// May succeed later without anyone changing anything.
  bool transient = false;
  /// Transient, but an answer: surely nothing was created (429, 409).
  bool untouched = false;

  bool operator==(const create_failed&) const = default;
};

/// An object of the child's name exists and is not ours, or is a leftover that
/// is being deleted (B10).
struct name_conflict {
  static constexpr std::string_view kind = "NameConflict";
  child_kind child = child_kind::master_service;
  std::string name;
  /// Who owns it, in words.
  std::string owner;
  bool deleting = false;

  bool operator==(const name_conflict&) const = default;
};

/// It is time to try to create the child again.
struct retrying {
  static constexpr std::string_view kind = "Retrying";

  bool operator==(const retrying&) const = default;
};

/// A child that existed was deleted by somebody else.
struct child_deleted {
  static constexpr std::string_view kind = "ChildDeleted";
  child_kind child = child_kind::master_service;
  std::string name;
  std::string uid;

  bool operator==(const child_deleted&) const = default;
};

/// The master Job has an active pod, or had one (B3).
struct running {
  static constexpr std::string_view kind = "Running";

  bool operator==(const running&) const = default;
};

/// The master's pod runs (B5).
struct test_started {
  static constexpr std::string_view kind = "TestStarted";
  std::string pod;
  std::string node;

  bool operator==(const test_started&) const = default;
};

/// So many workers are connected now.
struct workers_connected {
  static constexpr std::string_view kind = "WorkersConnected";
  int32_t connected = 0;
  worker_source source = worker_source::none;

  bool operator==(const workers_connected&) const = default;
};

/// Pods of this run are in trouble (B7): reason and message of `PodsHealthy`.
struct pods_failing {
  static constexpr std::string_view kind = "PodsFailing";
  std::string reason;
  std::string message;
  /// The first loss of a Job, in the event by which it becomes known.
  std::optional<pod_loss> lost{};

  bool operator==(const pods_failing&) const = default;
};

/// No pod of this run is in trouble; `all_running` when none is missing or
/// still starting either.
struct pods_healthy {
  static constexpr std::string_view kind = "PodsHealthy";
  bool all_running = false;

  bool operator==(const pods_healthy&) const = default;
};

/// The spec was edited after the children were built from it, or edited back.
struct spec_edited {
  static constexpr std::string_view kind = "SpecEdited";
  std::string spec_hash;
  /// Whether it differs from the spec that the children were built from (B2).
  bool drifted = false;

  bool operator==(const spec_edited&) const = default;
};

/// The run is over; nothing starts it again.
struct ended {
  static constexpr std::string_view kind = "Ended";
  end_cause cause = end_cause::master_completed;
  /// Of the Locust master, where known.
  std::optional<int32_t> exit_code;
  /// Why, in words (B9); empty for a success.
  std::string message;

  bool operator==(const ended&) const = default;
};

/// The LocustTest is being deleted, or is gone.
struct deleting {
  static constexpr std::string_view kind = "Deleting";
  /// It carries the reference operator's finalizer (B1).
  bool finalizer = false;

  bool operator==(const deleting&) const = default;
};

/// This operator process has taken the run up from its stored history.
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

} // namespace fact

using lifecycle_fact =
    std::variant<fact::accepted, fact::taken_over, fact::child_created,
                 fact::create_failed, fact::name_conflict, fact::retrying,
                 fact::child_deleted, fact::running, fact::test_started,
                 fact::workers_connected, fact::pods_failing,
                 fact::pods_healthy, fact::spec_edited, fact::ended,
                 fact::deleting, fact::resumed, fact::stored>;

/// What happened, when it became known to the operator, and at which
/// `metadata.generation` of the LocustTest.
struct lifecycle_event {
  timestamp at{};
  int64_t generation = 0;
  lifecycle_fact fact;

  bool operator==(const lifecycle_event&) const = default;
};

/// The fields of a fact as text, for history and journal. Absent optionals and
/// false flags have no entry.
using fact_data = std::map<std::string, std::string>;

std::string_view kind_of(const lifecycle_fact& fact);
fact_data encode(const lifecycle_fact& fact);

/// The inverse of `kind_of` and `encode`. Fails with one sentence that names
/// the kind and the field.
result<lifecycle_fact> decode_fact(std::string_view kind,
                                   const fact_data& data);

/// Returns the fact in one plain sentence without a full stop.
std::string describe(const lifecycle_fact& fact);

} // namespace locust
