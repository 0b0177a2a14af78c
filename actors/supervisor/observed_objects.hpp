#pragma once

#include "protocol/observation.hpp"
#include "protocol/run_messages.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

// What one supervisor has seen of the objects of its test: the latest of each,
// in no order that matters. Seeing the same again changes nothing. Pure; time
// comes with each call.

namespace locust {

/// For how long a child counts as there that a stored status names and no watch
/// has shown. Another leader may have made it a moment ago; watches of one kind
/// are behind those of another by milliseconds, or by a relist.
inline constexpr auto record_patience = std::chrono::seconds(10);

/// What the spec of the LocustTest says, as far as following a run needs it.
struct spec_digest {
  std::string hash;
  int32_t workers = 0;
  /// `testFiles.configMapRef`, else `libConfigMapRef`, else empty.
  std::string test_files;
};

/// A child as it was last seen, by a watch or in the answer to a request.
struct observed_child {
  std::string uid;
  std::string resource_version;
  bool deleting = false;
  /// False: only known from an answer, the watch has not shown it yet.
  bool watched = false;
  /// Its controller is the LocustTest.
  bool ours = false;
};

/// A Job that is, or was, a child: its latest state also after it is gone.
struct observed_job {
  job_seen job;
  /// When its verdict was first seen.
  std::optional<timestamp> verdict_at;
};

/// How the Locust container of a pod ended.
struct container_end {
  int32_t exit_code = 0;
  std::string reason;
  std::string message;

  bool operator==(const container_end&) const = default;
};

/// Kinds of trouble in the order of their importance: the first kind present
/// names the condition. The first five are those of the lifecycle contract.
enum class trouble_kind : uint8_t {
  configuration_error,
  image_pull_error,
  scheduling_error,
  crash_loop_back_off,
  initialization_error,
  pod_lost,
  pod_creation_failed,
};

struct pod_trouble {
  trouble_kind kind = trouble_kind::configuration_error;
  std::string detail;

  bool operator==(const pod_trouble&) const = default;
};

/// The part of a pod that counts.
struct observed_pod {
  bool is_lost() const {
    return trouble && trouble->kind == trouble_kind::pod_lost;
  }

  std::string name;
  std::string resource_version;
  std::string job_uid;
  std::string node;
  std::string ip;
  timestamp created{};
  pod_phase phase = pod_phase::unknown;
  bool deleting = false;
  /// The Locust container runs at present.
  bool locust_runs = false;
  std::optional<container_end> end;
  /// When the watch told of it first and last.
  timestamp first_seen_at{};
  timestamp seen_at{};
  /// When that end was first seen.
  timestamp ended_at{};
  /// It had that end before anybody asked for its deletion: Locust, or what
  /// became of it, ended the container.
  bool ended_by_itself = false;
  /// What took it away (`pod_lost`) stays when it ends or vanishes.
  std::optional<pod_trouble> trouble;
  /// Since when it is being deleted, or is gone, although its Locust container
  /// had not ended.
  std::optional<timestamp> deleted_at;
  /// It does not exist any more.
  bool gone = false;
  /// Since when it is in trouble or deleted.
  std::optional<timestamp> unwell_since;
};

/// What keeps a pod from starting, or a Job from getting its pods.
struct observed_warning {
  std::string message;
  timestamp last_seen{};
};

/// The latest word of the Locust master, and since when it says so.
struct sampling {
  std::optional<load_sample> latest;
  /// When the master could last be asked.
  std::optional<timestamp> reached_at;
  /// Since when it reports fewer workers than are on record.
  std::optional<timestamp> fewer_since;
};

class observed_objects {
public:
  /// The LocustTest itself, as last seen.
  std::shared_ptr<const locust_test> test;
  /// Digest of its present spec.
  spec_digest spec;
  std::array<std::optional<observed_child>, child_count> children;
  /// When an object with the name of the child was last seen to go.
  std::array<std::optional<timestamp>, child_count> vanished_at;
  /// By uid; a few at most (those of the run and the ones before a recovery).
  std::map<std::string, observed_job> jobs;
  /// By uid; those that exist, and those that are gone of Jobs in `jobs`.
  std::map<std::string, observed_pod> pods;
  /// By uid of the pod or Job that they are about.
  std::map<std::string, observed_warning> warnings;
  /// The status that the state was taken from is of a time that this machine's
  /// clock has not come to: how old it is nobody knows.
  bool record_age_unknown = false;
  sampling load;
  /// Since when the Locust container of the newest master pod is seen running.
  std::optional<timestamp> master_runs_since;
  /// Since when fewer worker pods are ready than the most that were.
  std::optional<timestamp> fewer_ready_since;

  /// Takes in what a watcher reports about objects of this test's names.
  /// Observations of the LocustTest itself are not for this function.
  void observe(const observation& what, timestamp now);

  /// Takes in that a child exists, from the answer to `create_child`.
  void observe(const child_result& answer);

  /// Takes in what the load sampler reports; `on_record` is the number of
  /// workers that the state knows.
  void observe(const load_sample& sample, int32_t on_record);

  /// Whether a complete list of the kind has been seen.
  bool listed(watched_kind kind) const;

  /// Whether that is so of all kinds that a run is made of. Until then the
  /// absence of an object means nothing.
  bool knows_children() const;

  /// Since when there is no object with the name of the child; nothing while
  /// there is one or its kind has not been listed.
  std::optional<timestamp> absent_since(child_kind child) const;

  /// From now on the record may be ahead of what is seen, until this time.
  void await_until(timestamp due);

  /// Until when the child of this uid counts as there although nobody has seen
  /// it; nothing when it was seen, if only to go, or is awaited no more.
  std::optional<timestamp>
  awaited_until(child_kind child, const std::string& uid, timestamp now) const;

  /// The master's newest pod of this Job, or null.
  const observed_pod* newest_pod_of(const std::string& job_uid) const;

  /// The Job of this uid, present or past, or null.
  const observed_job* job(const std::string& uid) const;

  /// Forgets all that only a run in progress needs.
  void shrink();

private:
  /// The complete lists of one kind that were seen.
  struct listing {
    timestamp first_at{};
    /// Of the latest one.
    std::string resource_version;
  };

  /// The latest object with the name of a child that is known to be gone.
  struct departed {
    std::string uid;
    /// Empty when only a list showed that it is gone.
    std::string resource_version;
  };

  void on_present(const service_seen& service);
  void on_present(const job_seen& job, timestamp now);
  void on_present(const pod_seen& pod, timestamp now);
  void on_present(const warning_seen& warning);
  void on_gone(const gone& what, timestamp now);
  void on_gone_pod(const std::string& uid, bool was_seen_to_go, timestamp now);
  void on_listed(const locust::listed& what, timestamp now);
  bool is_outdated(const child_result& answer) const;
  void keep(child_kind child, observed_child known);
  void forget_past_jobs(const std::string& but);
  void forget_job(const std::string& uid);

  std::array<std::optional<listing>, watched_kind_count> lists_;
  std::array<departed, child_count> departed_;
  std::optional<timestamp> awaited_until_;
};

} // namespace locust
