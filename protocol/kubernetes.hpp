#pragma once

#include "protocol/time.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The fields of Kubernetes objects that the operator uses, as values.
// `api_watcher` creates them from JSON; they are immutable afterwards.

namespace locust {

/// Namespace and name of an object.
struct object_key {
  std::string ns;
  std::string name;

  auto operator<=>(const object_key&) const = default;
};

/// Returns `ns/name`.
std::string to_string(const object_key& key);

/// The controller among an object's owner references (`controller: true`).
struct owner_reference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;

  auto operator<=>(const owner_reference&) const = default;
};

/// The watched kinds. `pod_warnings`, `job_warnings` and `pod_evictions` are
/// core/v1 Events with reason `FailedMount` about Pods, `FailedCreate` about
/// Jobs and `Evicted` about Pods, because no status contains that information;
/// that of an evicted pod may be lost when its containers end quickly.
enum class watched_kind : uint8_t {
  locust_tests,
  services,
  jobs,
  pods,
  pod_warnings,
  job_warnings,
  pod_evictions,
};
inline constexpr size_t watched_kind_count = 7;
std::string_view to_string(watched_kind kind);

/// A LocustTest in version v2, as the API server returns it.
struct locust_test {
  object_key key;
  std::string uid;
  std::string resource_version;
  int64_t generation = 0;
  timestamp created{};
  /// Whether `metadata.deletionTimestamp` is set.
  bool deleting = false;
  std::vector<std::string> finalizers;
  /// The JSON text of `.spec` with sorted members; null when there is none.
  std::shared_ptr<const std::string> spec;
  /// The JSON text of `.status`; null when there is none.
  std::shared_ptr<const std::string> status;
};

/// A Service; only its metadata is watched.
struct service_seen {
  object_key key;
  std::string uid;
  std::string resource_version;
  std::optional<owner_reference> owner;
  timestamp created{};
  bool deleting = false;

  bool operator==(const service_seen&) const = default;
};

/// The result of a Job (its conditions `Complete` and `Failed`; the first one
/// in list order that is True counts;
/// docs/behaviour/lifecycle.md#end-of-a-run).
enum class job_verdict : uint8_t { none, complete, failed };

/// A batch/v1 Job.
struct job_seen {
  object_key key;
  std::string uid;
  std::string resource_version;
  std::optional<owner_reference> owner;
  timestamp created{};
  bool deleting = false;
  int32_t active = 0;
  int32_t ready = 0;
  job_verdict verdict = job_verdict::none;
  /// Condition `FailureTarget` or `SuccessCriteriaMet` is True: the result is
  /// certain, and the Job controller is removing the remaining pods.
  bool ending = false;
  /// Reason and message of the condition `Failed`, or of `FailureTarget`, which
  /// precedes it with the same texts.
  std::string failure_reason;
  std::string failure_message;
  std::optional<int32_t> ttl_seconds;
  /// A person or a queue (Kueue) has suspended it: `spec.suspend`, or condition
  /// `Suspended`. The Job controller takes its pods away.
  bool suspended = false;
  /// When it went on after that; its pods of before are taken away, too.
  std::optional<timestamp> resumed_at;

  bool operator==(const job_seen&) const = default;
};

enum class pod_phase : uint8_t { unknown, pending, running, succeeded, failed };

/// One entry of a pod's (init) container statuses.
struct container_seen {
  std::string name;
  /// In `initContainerStatuses`.
  bool init = false;
  /// An init container whose spec has `restartPolicy: Always`.
  bool sidecar = false;
  /// `state.running` is present.
  bool running = false;
  /// `state.waiting`; both empty otherwise.
  std::string waiting_reason;
  std::string waiting_message;
  /// `state.terminated`; no exit code otherwise.
  std::optional<int32_t> exit_code;
  std::string exit_reason;
  /// The termination message: what the container or its runtime said last.
  std::string exit_message;
  /// Of a container that has ended.
  std::optional<timestamp> started_at;
  std::optional<timestamp> finished_at;

  bool operator==(const container_seen&) const = default;
};

/// A Pod that carries the label `managed-by=locust-k8s-operator`.
struct pod_seen {
  object_key key;
  std::string uid;
  std::string resource_version;
  /// The Job that controls it.
  std::optional<owner_reference> owner;
  /// Label `performance-test-pod-name`: the generated name of the role's Job.
  std::string role_name;
  timestamp created{};
  bool deleting = false;
  pod_phase phase = pod_phase::unknown;
  /// `status.reason` and `status.message` (eviction, node loss).
  std::string reason;
  std::string message;
  std::string ip;
  std::string node;
  /// Reason and message of the condition `DisruptionTarget`, joined by a colon,
  /// while it is True (eviction, preemption, loss of the node).
  std::string disruption;
  /// Condition `Ready` is True.
  bool ready = false;
  /// Message of the condition `PodScheduled` while it is False.
  std::optional<std::string> unscheduled;
  /// Init containers first, then containers, each in list order (the kubelet's
  /// order by name). Webhooks may have added some.
  std::vector<container_seen> containers;

  bool operator==(const pod_seen&) const = default;
};

/// A core/v1 Event that explains why a pod does not start or a Job cannot
/// create pods.
struct warning_seen {
  /// The Event itself.
  object_key key;
  std::string uid;
  std::string resource_version;
  /// Kind of the involved object: `Pod` or `Job`.
  std::string about_kind;
  std::string about_name;
  std::string about_uid;
  std::string reason;
  std::string message;
  /// When its reporter last observed it.
  timestamp last_seen{};

  bool operator==(const warning_seen&) const = default;
};

using seen_object =
    std::variant<locust_test, service_seen, job_seen, pod_seen, warning_seen>;

const object_key& key_of(const seen_object& object);
const std::string& uid_of(const seen_object& object);

/// Compares resource versions as decimals of any length (KEP-5504). Returns
/// nothing when either is not a decimal: then they have no order.
std::optional<std::strong_ordering>
compare_resource_versions(std::string_view a, std::string_view b);

/// Whether version `a` is known to be older than `b`.
inline bool is_older_version(std::string_view a, std::string_view b) {
  return compare_resource_versions(a, b) == std::strong_ordering::less;
}

} // namespace locust

template <>
struct std::hash<locust::object_key> {
  size_t operator()(const locust::object_key& key) const noexcept {
    auto h = std::hash<std::string>{}(key.ns);
    return h ^ (std::hash<std::string>{}(key.name) + 0x9e3779b97f4a7c15ULL +
                (h << 6) + (h >> 2));
  }
};
