#include "actors/supervisor/pod_health.hpp"

#include "actors/supervisor/outcome.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <vector>

namespace locust {

namespace {

constexpr std::array<std::string_view, 7> kind_names = {
    "ConfigurationError", "ImagePullError",      "SchedulingError",
    "CrashLoopBackOff",   "InitializationError", "PodLost",
    "PodCreationFailed"};

/// Pod names in one message; a condition holds 32 KiB, a person reads less.
constexpr size_t names_shown = 5;

/// Bytes of a foreign text that are kept: the start says what is wrong.
constexpr size_t detail_limit = 1024;

bool is_image_error(const std::string& reason) {
  return reason.find("ImagePull") != std::string::npos ||
         reason == "ErrImageNeverPull" || reason == "InvalidImageName";
}

bool is_configuration_error(const std::string& reason) {
  return reason == "CreateContainerConfigError" ||
         reason == "CreateContainerError" || reason == "RunContainerError";
}

/// Names the ConfigMap that the test expects when the kubelet misses that one.
std::string with_expected_config_map(const std::string& message,
                                     const std::string& expected) {
  static const std::regex named("[Cc]onfig[Mm]ap\\s+\"([^\"]+)\"");
  std::smatch match;
  if (!expected.empty() && std::regex_search(message, match, named) &&
      match[1] == expected)
    return "ConfigMap not found (expected: " + expected + "). " + message;
  return message;
}

std::string exit_detail(const container_seen& c) {
  return "Container " + c.name + " exited with code " +
         std::to_string(*c.exit_code) + ": " + c.exit_reason;
}

std::optional<pod_trouble> trouble_of_pod(const container_seen& c,
                                          bool is_verdict, bool deleting,
                                          const std::string& test_files) {
  auto detail = [](const std::string& words) {
    return json::clean_text(words, detail_limit);
  };
  if (is_configuration_error(c.waiting_reason))
    return pod_trouble{trouble_kind::configuration_error,
                       detail(with_expected_config_map(
                           c.waiting_reason == "CreateContainerConfigError"
                               ? c.waiting_message
                               : c.waiting_reason + ": " + c.waiting_message,
                           test_files))};
  if (is_image_error(c.waiting_reason))
    return pod_trouble{trouble_kind::image_pull_error,
                       detail(c.waiting_message.empty() ? c.waiting_reason
                                                        : c.waiting_message)};
  if (c.waiting_reason == "CrashLoopBackOff")
    return pod_trouble{trouble_kind::crash_loop_back_off,
                       detail(c.waiting_message)};
  // Containers of a pod that is being deleted are killed; that is no news.
  if (c.exit_code.value_or(0) == 0 || c.sidecar || deleting || is_verdict)
    return std::nullopt;
  return pod_trouble{c.init ? trouble_kind::initialization_error
                            : trouble_kind::crash_loop_back_off,
                     detail(exit_detail(c))};
}

/// Whether this is how Locust itself ends, as opposed to being killed: exit
/// codes past 128 are signals.
bool is_locust_verdict(const container_seen& c) {
  return c.exit_code && *c.exit_code < 128 && c.exit_reason == "Error";
}

/// A sick pod, or a Job that gets no pods.
struct affected_object {
  std::string name;
  std::string detail;
};

using troubles = std::map<trouble_kind, std::vector<affected_object>>;

std::string message_of(trouble_kind kind,
                       std::vector<affected_object> affected) {
  std::sort(affected.begin(), affected.end(),
            [](auto& a, auto& b) { return a.name < b.name; });
  bool jobs = kind == trouble_kind::pod_creation_failed;
  std::string message = std::string(to_string(kind)) + ": " +
                        std::to_string(affected.size()) +
                        (jobs ? " Job(s) affected [" : " pod(s) affected [");
  for (size_t i = 0; i < affected.size() && i < names_shown; ++i)
    message += (i == 0 ? "" : ", ") + affected[i].name;
  if (affected.size() > names_shown)
    message +=
        ", and " + std::to_string(affected.size() - names_shown) + " more";
  message += "]: " + affected.front().detail;
  if (kind == trouble_kind::configuration_error)
    message += " (create what is missing in this namespace; if the test has "
               "failed by then, delete and recreate it)";
  return message;
}

class pod_assessment {
public:
  pod_assessment(const lifecycle::state& s, const observed_objects& seen,
                 timestamp now)
      : s_(s), seen_(seen), now_(now) {
    // nop
  }

  void assess_pods() {
    for (const auto& [uid, pod] : seen_.pods)
      if (counts(pod))
        observe(uid, pod);
    // Of those that went before the operator was started again.
    for (auto child : jobs)
      if (const auto& lost = record(child);
          lost && !knows(child, lost->pod) && !is_replaced(child, *lost))
        add_trouble({trouble_kind::pod_lost, lost->why}, lost->pod,
                    lost->since);
  }

  void assess_jobs() {
    for (auto child : jobs) {
      const auto& uid = uid_of(child);
      auto warning = seen_.warnings.find(uid);
      if (uid.empty() || warning == seen_.warnings.end())
        continue;
      auto wanted =
          child == child_kind::master_job ? 1 : s_.run.expected_workers;
      const auto& has = tallies_[uid];
      // One that was made since shows that the trouble is over.
      if (has.pods < wanted && has.newest <= warning->second.last_seen)
        troubles_[trouble_kind::pod_creation_failed].push_back(
            {child_name(seen_.test->key.name, child), warning->second.message});
    }
  }

  pod_health result(std::chrono::seconds grace) const {
    if (troubles_.empty())
      return {fact::pods_healthy{started_ >= s_.run.expected_workers + 1},
              {},
              look_again_};
    const auto& [kind, affected] = *troubles_.begin();
    fact::pods_failing verdict{std::string(to_string(kind)),
                               message_of(kind, affected), news_};
    if (kind == trouble_kind::pod_creation_failed)
      return {verdict, {}, look_again_};
    auto begin = oldest_.value_or(*unwell_since_);
    return {verdict,
            std::max(begin + grace, *unwell_since_ + last_word_patience),
            look_again_};
  }

private:
  static constexpr std::array<child_kind, 2> jobs = {child_kind::master_job,
                                                     child_kind::worker_job};

  const std::string& uid_of(child_kind child) const {
    return s_.run.children[static_cast<size_t>(child)];
  }

  const std::optional<lifecycle::loss>& record(child_kind child) const {
    return s_.run.lost[static_cast<size_t>(child)];
  }

  bool knows(child_kind child, const std::string& name) const {
    return std::any_of(seen_.pods.begin(), seen_.pods.end(),
                       [&](const auto& entry) {
                         return entry.second.name == name &&
                                entry.second.job_uid == uid_of(child);
                       });
  }

  /// Whether the Job was suspended since, and got all of its pods anew.
  bool is_replaced(child_kind child, const lifecycle::loss& lost) const {
    const auto* known = seen_.job(uid_of(child));
    return known != nullptr && known->job.resumed_at &&
           lost.since < *known->job.resumed_at;
  }

  /// Which Job has the pod: by uid, whatever the labels say (B8).
  std::optional<child_kind> job_of(const observed_pod& pod) const {
    for (auto child : jobs)
      if (!pod.job_uid.empty() && pod.job_uid == uid_of(child))
        return child;
    return std::nullopt;
  }

  bool is_on_record(child_kind child, const observed_pod& pod) const {
    return record(child) && record(child)->pod == pod.name;
  }

  /// Whether the Job itself takes the pod away, or its own deletion does. One
  /// that completes does not, as all have ended; nor one that fails because of
  /// just this deletion.
  bool removes(child_kind child, const observed_pod& pod) const {
    const auto* known = seen_.job(uid_of(child));
    if (known == nullptr || known->job.verdict == job_verdict::complete)
      return false;
    const auto& job = known->job;
    if (job.ending || job.verdict == job_verdict::failed)
      return cause_of_failure(seen_, job) != &pod;
    const auto& there = seen_.children[static_cast<size_t>(child)];
    return job.deleting || !there || there->uid != job.uid;
  }

  /// What a Job does to its pods at its end is no trouble.
  bool counts(const observed_pod& pod) const {
    auto child = job_of(pod);
    if (!child)
      return false;
    const auto* job = seen_.job(uid_of(*child));
    if (job != nullptr && is_withdrawn(job->job, pod))
      return false;
    if (pod.is_lost() || is_on_record(*child, pod))
      return true;
    if (pod.gone && !pod.deleted_at)
      return false;
    return !((pod.deleted_at || pod.deleting) && removes(*child, pod));
  }

  void observe(const std::string& uid, const observed_pod& pod) {
    // The API server's clock may be ahead of ours.
    auto begin = std::min(pod.created, pod.first_seen_at);
    if (!oldest_ || begin < *oldest_)
      oldest_ = begin;
    auto& of = tallies_[pod.job_uid];
    if (!pod.gone && !pod.deleted_at)
      ++of.pods;
    of.newest = std::max(of.newest, pod.created);
    if (pod.phase == pod_phase::running || pod.phase == pod_phase::succeeded)
      ++started_;
    auto trouble =
        pod.deleted_at && !pod.is_lost() ? assess_deleted(pod) : pod.trouble;
    // What another leader has put on record, a watch that is late may not show.
    auto child = *job_of(pod);
    bool is_late =
        is_on_record(child, pod) && pod.seen_at < record(child)->since;
    if (!trouble && is_late)
      trouble = pod_trouble{trouble_kind::pod_lost, record(child)->why};
    auto warning = seen_.warnings.find(uid);
    if (!trouble && pod.phase == pod_phase::pending &&
        warning != seen_.warnings.end())
      trouble = pod_trouble{trouble_kind::configuration_error,
                            with_expected_config_map(warning->second.message,
                                                     seen_.spec.test_files)};
    if (!trouble)
      return;
    auto since = is_late ? record(child)->since : pod.created;
    add_trouble(*trouble, pod.name, pod.unwell_since.value_or(since));
    if (trouble->kind == trouble_kind::pod_lost && !record(child) && !news_)
      news_ = pod_loss{child, pod.name, trouble->detail};
  }

  /// A pod that somebody deleted before it had ended.
  std::optional<pod_trouble> assess_deleted(const observed_pod& pod) {
    auto due = *pod.deleted_at + deletion_patience;
    if (now_ < due && !is_on_record(*job_of(pod), pod)) {
      if (!look_again_ || due < *look_again_)
        look_again_ = due;
      return pod.trouble;
    }
    return pod_trouble{trouble_kind::pod_lost,
                       "the pod was deleted before it had ended"};
  }

  void add_trouble(const pod_trouble& trouble, const std::string& pod,
                   timestamp since) {
    troubles_[trouble.kind].push_back({pod, trouble.detail});
    if (!unwell_since_ || since < *unwell_since_)
      unwell_since_ = since;
  }

  /// What a Job has.
  struct tally {
    int32_t pods = 0;
    /// When its newest pod was created.
    timestamp newest{};
  };

  const lifecycle::state& s_;
  const observed_objects& seen_;
  timestamp now_;
  troubles troubles_;
  std::map<std::string, tally> tallies_;
  int32_t started_ = 0;
  std::optional<timestamp> oldest_;
  /// Since when any of them is in trouble.
  std::optional<timestamp> unwell_since_;
  /// A loss that is not on record yet.
  std::optional<pod_loss> news_;
  std::optional<timestamp> look_again_;
};

} // namespace

const container_seen* locust_container(const pod_seen& pod) {
  if (!pod.owner)
    return nullptr;
  auto at = std::find_if(
      pod.containers.begin(), pod.containers.end(),
      [&](const auto& c) { return !c.init && c.name == pod.owner->name; });
  return at == pod.containers.end() ? nullptr : &*at;
}

std::optional<pod_trouble> trouble_of_pod(const pod_seen& pod, bool is_master,
                                          const std::string& test_files) {
  auto detail = [](const std::string& words) {
    return json::clean_text(words, detail_limit);
  };
  if (!pod.disruption.empty())
    return pod_trouble{trouble_kind::pod_lost, detail(pod.disruption)};
  if (pod.phase == pod_phase::failed && !pod.reason.empty())
    return pod_trouble{trouble_kind::pod_lost,
                       detail(pod.reason + ": " + pod.message)};
  if (pod.reason == "NodeLost" || pod.phase == pod_phase::unknown)
    return pod_trouble{trouble_kind::pod_lost,
                       "node " + pod.node + " does not answer any more"};
  if (pod.unscheduled)
    return pod_trouble{trouble_kind::scheduling_error,
                       detail(*pod.unscheduled)};
  const auto* locust = locust_container(pod);
  for (const auto& c : pod.containers) {
    bool is_verdict = is_master && &c == locust && is_locust_verdict(c);
    if (auto found = trouble_of_pod(c, is_verdict, pod.deleting, test_files))
      return found;
  }
  return std::nullopt;
}

std::string_view to_string(trouble_kind kind) {
  return kind_names[static_cast<size_t>(kind)];
}

pod_health judge_pods(const lifecycle::state& s, const observed_objects& seen,
                      std::chrono::seconds grace, timestamp now) {
  pod_assessment e(s, seen, now);
  e.assess_pods();
  e.assess_jobs();
  return e.result(grace);
}

} // namespace locust
