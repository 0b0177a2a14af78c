#pragma once

#include "protocol/json.hpp"
#include "protocol/observation.hpp"
#include "protocol/run_messages.hpp"
#include "test/simulation/timeline.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What is true: the objects of one LocustTest, the Job controller, the TTL
// controller, the garbage collector, a kubelet, and Locust itself, as far as
// the operator can tell the difference.

namespace locust::simulation {

inline const std::string test_namespace = "ns";
inline const std::string test_uid = "uid-test";
inline const std::string other_condition = "example.com/Seen";

/// How a LocustTest is deleted.
enum class deletion : uint8_t {
  background, ///< it is gone at once, and then what it owns
  foreground, ///< what it owns is gone before it
  held, ///< as `background`, when the reference operator's finalizer is gone
};
inline constexpr int deletions = 3;

/// What becomes of a pod.
enum class fate : uint8_t {
  runs,          ///< starts and does what Locust does
  no_image,      ///< its image is not there (until it heals, if it does)
  no_config,     ///< its ConfigMap is not there (until it heals, if it does)
  unschedulable, ///< no node has room (until it heals, if it does)
  crashes,       ///< ends with exit code 2 soon after its start
  out_of_memory, ///< is killed while it runs
  evicted,       ///< its node kills it while it runs
  drained,       ///< somebody asks for its eviction while it runs
};
inline constexpr int fates = 8;

/// Containers that a mesh or a monitoring webhook adds to each pod.
enum class company : uint8_t {
  none,
  listed_first, ///< an ordinary one; its status stands before that of Locust
  stays,        ///< an ordinary one that goes on when Locust has ended
  native,       ///< an init container that the kubelet ends after Locust
};
inline constexpr int companies = 4;

/// How this test would run if nobody interfered.
struct test_plan {
  std::string name = "load";
  int workers = 2;
  bool headless = false;
  /// The spec does not say so, but a configuration file.
  bool hides_headless = false;
  std::optional<int32_t> ttl;
  duration run_time = 10s;
  /// For so long the master stays when the load has stopped.
  duration stays{};
  /// Half of what the master says is not true.
  bool master_lies = false;
  /// A ConfigMap of a stranger has the name that the report wants.
  bool report_name_taken = false;
  int exit_code = 0;
  /// Workers leave just before the master, and with what code.
  int worker_exit_code = 0;
  fate master = fate::runs;
  fate worker = fate::runs;
  /// How long a pod runs at least before it crashes.
  duration crashes_after = 2s;
  /// After so long a pod that cannot start can.
  std::optional<duration> heals_after;
  company others = company::none;
  /// A queue (Kueue) keeps the Jobs suspended for so long at first.
  std::optional<duration> queued_for;
};

/// A pod that was evicted, drained or deleted by a person.
struct taken_pod {
  std::string name;
  std::string job_uid;
  timestamp at{};
  /// Its Job was to go on.
  bool missed = false;
  /// It ended with 0, so that its Job goes on without it, or completes.
  bool ends_well = false;
};

/// A master Job that existed, and what really became of it.
struct master_life {
  std::string uid;
  std::string spec;
  timestamp created{};
  std::optional<int> exit_code{};
  job_verdict verdict = job_verdict::none;
  timestamp verdict_at{};
  /// Its Locust container has run.
  bool ran = false;
  /// Its Locust has made load.
  bool loaded = false;
  /// Its load has stopped, and it may stay for a while.
  bool stopped = false;
  /// By a person.
  bool job_deleted = false;
  bool pod_deleted = false;
};

enum class person_act : uint8_t {
  delete_service,
  delete_master,
  delete_workers,
  delete_master_in_foreground,
  delete_workers_in_foreground,
  delete_master_pod,
  delete_worker_pod,
  edit_spec,
  edit_spec_back,
  make_foreign_service,
  remove_foreign_service,
  add_condition,
  edit_status,
  suspend_master,
  suspend_workers,
  resume_jobs,
  // Not drawn at random times: a replica that starts meanwhile believes them.
  wipe_status,
  force_success,
};
inline constexpr int person_acts = 16;

/// An observation and where it belongs in the history of its kind.
struct logged {
  watched_kind kind;
  observation what;
};

class cluster {
public:
  cluster(timeline& time, chance& dice, test_plan plan);

  /// Called with each change, as the API server would stream it.
  std::function<void(const logged&)> on_change;

  // -- what the API server does for the operator ------------------------------

  /// What is there under the name that a new object wants, if anything.
  struct existing {
    std::string uid;
    std::string resource_version;
    std::optional<owner_reference> owner;
    bool deleting = false;
  };

  std::optional<existing> find_service(std::string_view name) const;
  std::optional<existing> find_job(std::string_view name) const;

  /// Creates what the manifest describes; there must be none of its name.
  existing create_service(const json::value& manifest);
  existing create_job(const json::value& manifest);

  /// Stores `.status`; the same one again changes nothing.
  void store_status(const std::string& document);

  /// Without a finalizer a LocustTest that is being deleted is gone.
  void store_finalizers(std::vector<std::string> names);

  std::string next_version();

  /// All objects of a kind as a list would show them now.
  std::vector<std::shared_ptr<const seen_object>> list(watched_kind kind) const;

  std::string version() const {
    return std::to_string(version_);
  }

  // -- what others do ---------------------------------------------------------

  /// Returns whether it changed anything.
  bool act(person_act what);

  void delete_test(deletion how);

  /// The leftovers of a LocustTest of the same name that are going away: its
  /// master Job and a worker.
  void leave_leftovers(duration how_long);

  /// Whether Jobs, or pods, may be created at present.
  bool jobs_allowed = true;
  bool pods_allowed = true;

  // -- what is true -----------------------------------------------------------

  bool test_exists() const {
    return test_exists_;
  }

  const locust_test& test() const {
    return test_;
  }

  const std::vector<master_life>& masters() const {
    return masters_;
  }

  /// The image, which tells one spec from another.
  const std::string& worker_spec() const {
    return worker_spec_;
  }

  const object_key& key() const {
    return test_.key;
  }

  /// Worker pods whose Locust runs.
  int workers_up() const;

  /// The Locust of a master runs.
  bool master_up() const;

  const test_plan& plan() const {
    return plan_;
  }

  /// All workers of the present master were once connected to it.
  bool load_was_made() const {
    return !masters_.empty() && masters_.back().loaded;
  }

  /// The run time of the present master is over.
  bool load_has_stopped() const {
    return !masters_.empty() && masters_.back().stopped;
  }

  /// Some pod was ever in trouble, or was deleted.
  bool pods_were_troubled() const {
    return troubled_;
  }

  /// All trouble that there ever was is that pods wait for a node.
  bool only_nodes_were_missing() const {
    return !troubled_otherwise_;
  }

  /// When a Job of workers failed last.
  const std::optional<timestamp>& workers_failed_at() const {
    return workers_failed_at_;
  }

  /// How often each child was created.
  const per_child<int>& times_created() const {
    return created_;
  }

  /// An operator suspends the Job; nobody resumes it.
  void suspend_for_good(std::string_view name);

  /// Whether somebody who has suspended a Job is going to resume it.
  bool holds_jobs() const;

  /// Whether a Job that is not suspended has a Locust that runs, or may start
  /// one, and no pod whose log a suspension would delete.
  bool may_make_load() const;

  /// Whether the Job was ever suspended: then it got its pods anew.
  bool was_suspended(const std::string& job_uid) const {
    return suspended_.count(job_uid) > 0;
  }

  /// When a person last changed what operators have written.
  timestamp spoiled_at() const {
    return spoiled_at_;
  }

  /// A worker of an earlier LocustTest of this name runs.
  bool has_earlier_worker() const {
    return has_earlier_worker_;
  }

  /// Whether another controller has put a condition into the status.
  bool has_other_condition() const {
    return has_other_condition_;
  }

  /// Whether the garbage collector has deleted the child of this uid.
  bool was_collected(const std::string& uid) const {
    return collected_.count(uid) > 0;
  }

  const std::vector<taken_pod>& taken_pods() const {
    return taken_;
  }

private:
  struct job {
    job_seen seen;
    bool foreground = false;
    bool syncing = false;
    /// `spec.suspend`, and condition `Suspended`.
    bool suspended = false;
    bool shows_suspended = false;
    bool for_good = false;
    int pods = 0;
    /// Of its pods; Locust's is named like the Job.
    std::vector<container_seen> containers;
  };

  struct pod {
    pod_seen seen;
    fate what = fate::runs;
    bool ready = false;
    /// Its Job was suspended.
    bool withdrawn = false;
  };

  shared_text spec() const;
  void touch_test();
  void remove_service();
  void change(watched_kind kind, std::shared_ptr<const seen_object> object);
  void remove(watched_kind kind, std::shared_ptr<const seen_object> last);
  void show(job& j);
  void show(pod& p);
  void warn(const std::string& about_kind, const std::string& about_name,
            const std::string& about_uid, const std::string& message);
  std::string next_uid(const std::string& what);
  std::string name_of(child_kind child) const;
  bool suspend(child_kind child);
  void suspend(job& j);
  bool resume();
  bool edit_stored_status(person_act what);
  void leave_worker(duration how_long);

  // Job controller
  void sync_soon(const std::string& job_name);
  void sync(const std::string& job_name);
  void make_pods(job& j);
  void withdraw_pods(job& j);
  void judge(job& j);
  void remove_job(std::string name, std::string uid);
  void collect_pods(const std::string& job_uid);
  /// Deletes what the LocustTest owns, some time after it is gone.
  void collect_children();
  void collect(const std::string& child_uid);
  bool delete_job(child_kind child, bool foreground);

  // kubelet
  void start(const std::string& pod_uid);
  void run(const std::string& pod_uid);
  void end(const std::string& pod_uid, int code, const std::string& reason);
  /// No container of the pod runs any more.
  void finish(pod& p, int code);
  void kill(const std::string& pod_uid, int code = 143);
  /// Takes a pod away that its Job needs. Locust often ends in time and with 0.
  void take(const pod& p, int code);
  void drain(const std::string& pod_uid);
  void end_locust(const std::string& master_uid);
  pod* find_pod(const std::string& uid);
  bool delete_pod(child_kind child);
  bool is_master(const pod& p) const;
  master_life* life_of(const std::string& job_uid);

  timeline& time_;
  chance& dice_;
  test_plan plan_;
  uint64_t version_ = 100;
  uint64_t uids_ = 0;
  bool test_exists_ = true;
  bool edited_ = false;
  bool has_other_condition_ = false;
  timestamp spoiled_at_{};
  bool has_earlier_worker_ = false;
  locust_test test_;
  std::optional<service_seen> service_;
  std::map<std::string, job> jobs_;
  std::map<std::string, pod> pods_;
  /// By uid of what they are about.
  std::map<std::string, warning_seen> warnings_;
  std::vector<master_life> masters_;
  std::string worker_spec_;
  bool troubled_ = false;
  bool troubled_otherwise_ = false;
  std::vector<taken_pod> taken_;
  std::set<std::string> suspended_;
  std::set<std::string> collected_;
  std::optional<timestamp> workers_failed_at_;
  per_child<int> created_;
};

} // namespace locust::simulation
