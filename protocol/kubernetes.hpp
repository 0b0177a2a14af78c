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

// What the operator keeps of Kubernetes objects: the few fields that it needs,
// as values. `api_watcher` makes them from JSON; nobody changes them.

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

/// The kinds that are watched. `pod_warnings` and `job_warnings` are core/v1
/// Events with reason `FailedMount` about Pods and `FailedCreate` about Jobs:
/// what they say stands in no status.
enum class watched_kind : uint8_t {
  locust_tests,
  services,
  jobs,
  pods,
  pod_warnings,
  job_warnings,
};
inline constexpr size_t watched_kind_count = 6;
std::string_view to_string(watched_kind kind);

/// The objects that one LocustTest owns, in the order of their creation
/// (spec/resources.md §2).
enum class child_kind : uint8_t { master_service, master_job, worker_job };
inline constexpr size_t child_count = 3;

/// Returns `MasterService`, `MasterJob` or `WorkerJob`.
std::string_view to_string(child_kind child);
std::optional<child_kind> parse_child_kind(std::string_view text);

/// Returns `name` with every `.` replaced by `-` (spec/resources.md §1).
std::string sanitised(std::string_view name);

/// Returns the name of a child of the LocustTest called `test_name`; Service
/// and master Job share one. Example: `shop.load` -> `shop-load-master`.
std::string child_name(std::string_view test_name, child_kind child);

/// A LocustTest as the API server shows it in version v2.
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

/// A Service, of which only the metadata is watched.
struct service_seen {
  object_key key;
  std::string uid;
  std::string resource_version;
  std::optional<owner_reference> owner;
  timestamp created{};
  bool deleting = false;

  bool operator==(const service_seen&) const = default;
};

/// How a Job ended (its conditions `Complete` and `Failed`; the first one that
/// is True in list order counts, spec/lifecycle.md §4).
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
  /// Condition `FailureTarget` or `SuccessCriteriaMet` is True: the verdict is
  /// certain and the Job controller is removing the pods that are left.
  bool ending = false;
  /// Reason and message of the condition `Failed`, or of `FailureTarget`, which
  /// comes before it with the same ones.
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
  std::string exit_message;

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
  /// Condition `DisruptionTarget` when that is True: its reason, a colon and
  /// its message (eviction, preemption, loss of the node).
  std::string disruption;
  /// Condition `Ready` is True.
  bool ready = false;
  /// Message of condition `PodScheduled` when that is False.
  std::optional<std::string> unscheduled;
  /// Init containers first, then containers, each in list order (the kubelet's
  /// order by name). Webhooks may have added some.
  std::vector<container_seen> containers;

  bool operator==(const pod_seen&) const = default;
};

/// A core/v1 Event that explains why a pod or a Job does not get on.
struct warning_seen {
  /// The Event itself.
  object_key key;
  std::string uid;
  std::string resource_version;
  /// The object it is about: `Pod` or `Job`.
  std::string about_kind;
  std::string about_name;
  std::string about_uid;
  std::string reason;
  std::string message;
  /// When it was last seen by its reporter.
  timestamp last_seen{};

  bool operator==(const warning_seen&) const = default;
};

using seen_object =
    std::variant<locust_test, service_seen, job_seen, pod_seen, warning_seen>;

const object_key& key_of(const seen_object& object);
const std::string& uid_of(const seen_object& object);

/// Parses resource versions as decimals of any length (KEP-5504). Returns
/// nothing when either is not a decimal: then they cannot be ordered.
std::optional<std::strong_ordering>
compare_resource_versions(std::string_view a, std::string_view b);

} // namespace locust

template <>
struct std::hash<locust::object_key> {
  size_t operator()(const locust::object_key& key) const noexcept {
    auto h = std::hash<std::string>{}(key.ns);
    return h ^ (std::hash<std::string>{}(key.name) + 0x9e3779b97f4a7c15ULL +
                (h << 6) + (h >> 2));
  }
};
