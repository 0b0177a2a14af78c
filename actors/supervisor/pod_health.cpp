#include "actors/supervisor/pod_health.hpp"

#include "actors/supervisor/outcome.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace locust {

namespace {

/// Maximum number of pod names in a message; a condition holds 32 KiB, but
/// people read less.
constexpr size_t names_shown = 5;

/// The pods with one kind of problem, or the Jobs that cannot create pods: what
/// a message says of them.
class affected_objects {
public:
  void add(const std::string& name, const std::string& detail) {
    ++count_;
    auto at = std::upper_bound(names_.begin(), names_.end(), name);
    if (at == names_.begin())
      detail_ = detail;
    if (at == names_.end() && names_.size() == names_shown)
      return;
    names_.insert(at, name);
    if (names_.size() > names_shown)
      names_.pop_back();
  }

  std::string message(trouble_kind kind) const {
    bool jobs = kind == trouble_kind::pod_creation_failed;
    std::string text = std::string(to_string(kind)) + ": " +
                       std::to_string(count_) +
                       (jobs ? " Job(s) affected [" : " pod(s) affected [");
    for (const auto& name : names_)
      text += (&name == &names_.front() ? "" : ", ") + name;
    if (count_ > names_.size())
      text += ", and " + std::to_string(count_ - names_.size()) + " more";
    text += "]: " + detail_;
    if (kind == trouble_kind::configuration_error)
      text += " (create the missing object in this namespace; if the test has "
              "already failed, delete and recreate it)";
    return text;
  }

private:
  size_t count_ = 0;
  /// The first ones in alphabetical order.
  std::vector<std::string> names_;
  /// The problem of the first one.
  std::string detail_;
};

using troubles = std::map<trouble_kind, affected_objects>;

class pod_assessment {
public:
  pod_assessment(const lifecycle::state& s, const observed_objects& seen,
                 std::chrono::seconds patience, timestamp now)
      : s_(s), seen_(seen), patience_(patience), now_(now) {
    // nop
  }

  void assess_pods() {
    for (auto child : per_child<bool>::keys())
      jobs_[child] = seen_.job(uid_of(child));
    for (const auto& [uid, pod] : seen_.pods)
      if (auto child = job_of(pod); child && counts(*child, pod))
        observe(*child, pod);
    // Losses that were recorded before the operator restarted.
    for (auto child : per_child<bool>::keys())
      if (const auto& lost = record(child);
          lost && !knows(child, lost->pod) && !is_replaced(child, *lost))
        add_trouble({trouble_kind::pod_lost, lost->why}, lost->pod,
                    lost->since);
  }

  void assess_jobs() {
    for (const auto& row : child_rows) {
      auto child = row.kind;
      const auto& uid = uid_of(child);
      auto warning = seen_.warnings.find(uid);
      if (uid.empty() || warning == seen_.warnings.end())
        continue;
      auto wanted =
          child == child_kind::master_job ? 1 : s_.run.expected_workers;
      const auto& has = tallies_[child];
      // A pod that was created since shows that the problem is solved.
      if (has.pods < wanted && has.newest <= warning->second.last_seen)
        troubles_[trouble_kind::pod_creation_failed].add(
            child_name(seen_.test->key.name, child), warning->second.message);
    }
  }

  pod_health result(std::chrono::seconds grace) const {
    if (troubles_.empty())
      return {fact::pods_healthy{started_ >= s_.run.expected_workers + 1},
              {},
              look_again_};
    const auto& [kind, affected] = *troubles_.begin();
    fact::pods_failing verdict{std::string(to_string(kind)),
                               affected.message(kind), new_loss_};
    if (!failing_since_)
      return {verdict, {}, look_again_};
    auto begin = oldest_.value_or(*failing_since_);
    return {verdict,
            std::max(begin + grace, *failing_since_ + last_word_patience),
            look_again_};
  }

private:
  const std::string& uid_of(child_kind child) const {
    return s_.run.children[child];
  }

  const std::optional<lifecycle::loss>& record(child_kind child) const {
    return s_.run.lost[child];
  }

  bool knows(child_kind child, const std::string& name) const {
    return std::any_of(seen_.pods.begin(), seen_.pods.end(),
                       [&](const auto& entry) {
                         return entry.second.name == name &&
                                entry.second.job_uid == uid_of(child);
                       });
  }

  /// Whether the Job was suspended since the loss, and got new pods.
  bool is_replaced(child_kind child, const lifecycle::loss& lost) const {
    const auto* known = jobs_[child];
    return known != nullptr && known->job.resumed_at &&
           lost.since < *known->job.resumed_at;
  }

  /// Returns the Job that owns the pod: by uid, regardless of labels
  /// (docs/behaviour/pods.md#which-pods-count).
  std::optional<child_kind> job_of(const observed_pod& pod) const {
    for (auto child : per_child<bool>::keys())
      if (!pod.job_uid.empty() && pod.job_uid == uid_of(child))
        return child;
    return std::nullopt;
  }

  bool is_on_record(child_kind child, const observed_pod& pod) const {
    return record(child) && record(child)->pod == pod.name;
  }

  /// Whether the Job, or its deletion, removes the pod. A completed Job does
  /// not, because all its pods have ended; nor does a Job that failed because
  /// of this very deletion.
  bool removes(child_kind child, const observed_pod& pod) {
    const auto* known = jobs_[child];
    if (known == nullptr || known->job.verdict == job_verdict::complete)
      return false;
    const auto& job = known->job;
    if (job.ending || job.verdict == job_verdict::failed)
      return cause_of(child, job) != &pod;
    const auto& there = seen_.children[child];
    return job.deleting || !there || there->uid != job.uid;
  }

  /// The same for each pod of the Job, so that it is looked for only once.
  const observed_pod* cause_of(child_kind child, const job_seen& job) {
    auto& known = causes_[child];
    if (!known)
      known = cause_of_failure(seen_, job);
    return *known;
  }

  /// Pods that a Job removes at its end have no problem.
  bool counts(child_kind child, const observed_pod& pod) {
    const auto* job = jobs_[child];
    if (job != nullptr && is_withdrawn(job->job, pod))
      return false;
    if (pod.is_lost() || is_on_record(child, pod))
      return true;
    if (pod.gone && !pod.deleted_at)
      return false;
    return !((pod.deleted_at || pod.deleting) && removes(child, pod));
  }

  void observe(child_kind child, const observed_pod& pod) {
    // The API server's clock may be ahead of ours.
    auto begin = std::min(pod.created, pod.first_seen_at);
    if (!oldest_ || begin < *oldest_)
      oldest_ = begin;
    auto& of = tallies_[child];
    if (!pod.gone && !pod.deleted_at)
      ++of.pods;
    of.newest = std::max(of.newest, pod.created);
    if (pod.phase == pod_phase::running || pod.phase == pod_phase::succeeded)
      ++started_;
    auto trouble = pod.deleted_at && !pod.is_lost() ? assess_deleted(child, pod)
                                                    : pod.trouble;
    // A late watch may not show a loss that another leader has recorded.
    bool is_late =
        is_on_record(child, pod) && pod.seen_at < record(child)->since;
    if (!trouble && is_late)
      trouble = pod_trouble{trouble_kind::pod_lost, record(child)->why};
    if (!trouble && pod.phase == pod_phase::pending)
      trouble = trouble_of_warning(pod);
    if (!trouble)
      return;
    auto since = is_late ? record(child)->since : begin;
    add_trouble(*trouble, pod.name, pod.unhealthy_since.value_or(since));
    if (trouble->kind == trouble_kind::pod_lost && !record(child) && !new_loss_)
      new_loss_ = pod_loss{child, pod.name, trouble->detail};
  }

  /// Detects why a pod keeps waiting, which only an Event tells.
  std::optional<pod_trouble> trouble_of_warning(const observed_pod& pod) const {
    auto warning = seen_.warnings.find(pod.uid);
    if (warning == seen_.warnings.end())
      return std::nullopt;
    return pod_trouble{trouble_kind::configuration_error,
                       with_expected_config_map(warning->second.message,
                                                seen_.spec.test_files)};
  }

  /// Detects a pod that was deleted before it ended.
  std::optional<pod_trouble> assess_deleted(child_kind child,
                                            const observed_pod& pod) {
    auto due = *pod.deleted_at + patience_;
    if (now_ < due && !is_on_record(child, pod)) {
      if (!look_again_ || due < *look_again_)
        look_again_ = due;
      return pod.trouble;
    }
    return pod_trouble{trouble_kind::pod_lost,
                       "the pod was deleted before it ended"};
  }

  void add_trouble(const pod_trouble& trouble, const std::string& pod,
                   timestamp since) {
    troubles_[trouble.kind].add(pod, trouble.detail);
    bool waits = trouble.kind == trouble_kind::scheduling_error;
    if (!waits && (!failing_since_ || since < *failing_since_))
      failing_since_ = since;
  }

  /// The pods of a Job.
  struct tally {
    int32_t pods = 0;
    /// When its newest pod was created.
    timestamp newest{};
  };

  const lifecycle::state& s_;
  const observed_objects& seen_;
  /// How long a deletion does not count.
  std::chrono::seconds patience_;
  timestamp now_;
  troubles troubles_;
  per_child<std::optional<const observed_pod*>> causes_;
  per_child<tally> tallies_{};
  per_child<const observed_job*> jobs_{};
  int32_t started_ = 0;
  std::optional<timestamp> oldest_;
  /// Since when any of the pods has a problem that fails the test in the end.
  std::optional<timestamp> failing_since_;
  /// A loss that is not recorded yet.
  std::optional<pod_loss> new_loss_;
  std::optional<timestamp> look_again_;
};

pod_health judged(const lifecycle::state& s, const observed_objects& seen,
                  std::chrono::seconds grace, std::chrono::seconds patience,
                  timestamp now) {
  pod_assessment e(s, seen, patience, now);
  e.assess_pods();
  e.assess_jobs();
  return e.result(grace);
}

} // namespace

pod_health judge_pods(const lifecycle::state& s, const observed_objects& seen,
                      std::chrono::seconds grace, timestamp now) {
  return judged(s, seen, grace, deletion_patience, now);
}

pod_health judge_last_pods(const lifecycle::state& s,
                           const observed_objects& seen,
                           std::chrono::seconds grace, timestamp now) {
  return judged(s, seen, grace, std::chrono::seconds(0), now);
}

} // namespace locust
