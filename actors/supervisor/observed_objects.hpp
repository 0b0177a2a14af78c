#pragma once

#include "actors/supervisor/pod_trouble.hpp"
#include "actors/supervisor/spec_digest.hpp"
#include "protocol/children.hpp"
#include "protocol/observation.hpp"
#include "protocol/run_messages.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What one supervisor has observed of the objects of its test: the latest state
// of each. Repeated observations change nothing. Pure; each call passes the
// time.

namespace locust {

/// How long a child that a stored status names, but no watch has reported,
/// counts as existing. Another leader may have just created it, and watches of
/// different kinds lag behind each other by milliseconds, or by a relist.
inline constexpr auto record_patience = std::chrono::seconds(10);

/// A child as last observed, by a watch or in the answer to a request.
struct observed_child {
  std::string uid;
  std::string resource_version;
  bool deleting = false;
  /// False: known from an answer only; the watch has not reported it yet.
  bool watched = false;
  /// The LocustTest is its controller.
  bool ours = false;
  /// Its controller in words, unless it is ours.
  std::string owner{};
};

/// A present or past child Job; keeps its last state after deletion.
struct observed_job {
  job_seen job;
  /// When its result was first observed.
  std::optional<timestamp> verdict_at;
};

/// How the Locust container of a pod ended.
struct container_end {
  int32_t exit_code = 0;
  std::string reason;
  std::string message;

  bool operator==(const container_end&) const = default;
};

/// The fields of a pod that matter.
struct observed_pod {
  bool is_lost() const {
    return trouble && trouble->kind == trouble_kind::pod_lost;
  }

  /// Somebody else ended Locust, whatever its exit code is.
  bool is_cut_short() const {
    return interrupted || deleted_at;
  }

  std::string uid;
  std::string name;
  std::string resource_version;
  std::string job_uid;
  std::string node;
  std::string ip;
  timestamp created{};
  pod_phase phase = pod_phase::unknown;
  bool deleting = false;
  /// The Locust container is running.
  bool locust_runs = false;
  /// It runs, or has run.
  bool locust_ran = false;
  std::optional<container_end> end;
  /// Of a master that has ended: the tables that Locust printed, if they are
  /// known.
  std::optional<run_figures> final_table;
  /// When the watch first and last reported the pod.
  timestamp first_seen_at{};
  timestamp seen_at{};
  /// When that end was first observed, and when it was by the kubelet's clock.
  timestamp ended_at{};
  std::optional<timestamp> started_at;
  std::optional<timestamp> finished_at;
  /// The container ended before a deletion or an eviction of the pod began, so
  /// not because of it.
  bool ended_by_itself = false;
  /// An eviction, a preemption or a shutdown of the node began before the
  /// container had ended. Locust then ends with exit code 0, as it does at
  /// every SIGTERM.
  bool interrupted = false;
  /// Names of ordinary containers of others that have not ended.
  std::vector<std::string> others_running;
  /// `pod_lost` remains when the pod ends or vanishes.
  std::optional<pod_trouble> trouble;
  /// When the deletion began, or the pod vanished, while its Locust container
  /// had not ended.
  std::optional<timestamp> deleted_at;
  /// It no longer exists.
  bool gone = false;
  /// Since when the pod has a problem or is being deleted.
  std::optional<timestamp> unhealthy_since;
};

/// Why a pod does not start, or a Job cannot create pods.
struct observed_warning {
  std::string message;
  timestamp last_seen{};
};

/// The latest sample of the Locust master.
struct sampling {
  std::optional<load_sample> latest;
  /// When the master was last reachable.
  std::optional<timestamp> reached_at;
  /// Since when there is no usable answer.
  std::optional<timestamp> silent_since;
  /// Since when it reports fewer workers than the state has.
  std::optional<timestamp> fewer_since;
  /// Since when workers can connect to it.
  std::optional<timestamp> listens_since;
  /// Since when it has no web UI although workers can connect to it.
  std::optional<timestamp> refuses_since;
};

class observed_objects {
public:
  /// The LocustTest as last observed.
  std::shared_ptr<const locust_test> test;
  /// Digest of its current spec.
  spec_digest spec;
  /// `hash` of the spec that the run was created from; empty when that spec is
  /// unknown.
  std::string run_hash;
  per_child<std::optional<observed_child>> children;
  /// When the deletion of an object with the name of the child was last
  /// observed.
  per_child<std::optional<timestamp>> vanished_at;
  /// By uid; only a few (those of the run, those before a recovery, and those
  /// of others that have the name of a child).
  std::map<std::string, observed_job> jobs;
  /// By uid; existing pods, and deleted pods of Jobs in `jobs`.
  std::map<std::string, observed_pod> pods;
  /// By uid of the pod or Job that the warning is about.
  std::map<std::string, observed_warning> warnings;
  /// By uid of the pod; the Event may be all that is left of an eviction.
  std::map<std::string, observed_warning> evictions;
  /// The status that the state was taken from is of a time that this machine's
  /// clock has not come to: how old it is nobody knows.
  bool record_age_unknown = false;
  sampling load;
  /// Since when the Locust container of the newest master pod has been observed
  /// running.
  std::optional<timestamp> master_runs_since;
  /// Since when fewer worker pods are ready than before.
  std::optional<timestamp> fewer_ready_since;

  /// Adds what a watcher reports about objects with names of this test. Not for
  /// observations of the LocustTest itself.
  void observe(const observation& what, timestamp now);

  /// Adds a child from the answer to `create_child`.
  void observe(const child_result& answer);

  /// Adds a sample of the load sampler; `on_record` is the number of workers in
  /// the state.
  void observe(const load_sample& sample, int32_t on_record);

  /// Whether a complete list of the kind has been observed.
  bool listed(watched_kind kind) const;

  /// Whether all kinds of children and pods are listed. Until then, the absence
  /// of an object means nothing.
  bool knows_children() const;

  /// Since when no object with the name of the child exists; nothing while one
  /// exists or its kind is not listed.
  std::optional<timestamp> absent_since(child_kind child) const;

  /// Until this time, the stored status may be ahead of the watches.
  void await_until(timestamp due);

  /// Returns until when the unobserved child of this uid counts as existing;
  /// nothing when it, or its deletion, was observed or that time is over.
  std::optional<timestamp>
  awaited_until(child_kind child, const std::string& uid, timestamp now) const;

  /// Returns the newest pod of this Job, or null.
  const observed_pod* newest_pod_of(const std::string& job_uid) const;

  /// Returns the present or past Job of this uid, or null.
  const observed_job* job(const std::string& uid) const;

  /// The clock of `now` is ahead by this much from now on.
  void shift(std::chrono::microseconds by);

  /// Drops everything that only a run in progress needs.
  void shrink();

private:
  /// The complete lists of one kind that were observed.
  struct listing {
    timestamp first_at{};
    /// Of the latest list.
    std::string resource_version;
  };

  /// The latest deleted object with the name of a child.
  struct departed {
    std::string uid;
    /// Empty when the deletion was detected by a list.
    std::string resource_version;
  };

  void on_present(const service_seen& service);
  void on_present(const job_seen& job, timestamp now);
  void on_present(const pod_seen& pod, timestamp now);
  void on_present(const warning_seen& warning);
  void on_eviction(const warning_seen& warning, timestamp now);
  void mark_evicted(observed_pod& pod, timestamp now);
  void on_gone(const gone& what, timestamp now);
  void on_gone_pod(const std::string& uid, bool was_seen_to_go, timestamp now);
  void on_listed(const locust::listed& what, timestamp now);
  bool is_outdated(const child_result& answer) const;
  void keep(child_kind child, observed_child known);
  void forget_past_jobs(const std::string& but);
  void forget_job(const std::string& uid);

  enum_map<watched_kind, std::optional<listing>, watched_kind_count> lists_;
  per_child<departed> departed_;
  std::optional<timestamp> awaited_until_;
};

} // namespace locust
