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

std::optional<pod_trouble> examine(const container_seen& c, bool is_verdict,
                                   bool deleting,
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
struct patient {
  std::string name;
  std::string detail;
};

using ward = std::map<trouble_kind, std::vector<patient>>;

std::string message_of(trouble_kind kind, std::vector<patient> patients) {
  std::sort(patients.begin(), patients.end(),
            [](auto& a, auto& b) { return a.name < b.name; });
  bool jobs = kind == trouble_kind::pod_creation_failed;
  std::string message = std::string(to_string(kind)) + ": " +
                        std::to_string(patients.size()) +
                        (jobs ? " Job(s) affected [" : " pod(s) affected [");
  for (size_t i = 0; i < patients.size() && i < names_shown; ++i)
    message += (i == 0 ? "" : ", ") + patients[i].name;
  if (patients.size() > names_shown)
    message +=
        ", and " + std::to_string(patients.size() - names_shown) + " more";
  message += "]: " + patients.front().detail;
  if (kind == trouble_kind::configuration_error)
    message += " (create what is missing in this namespace; if the test has "
               "failed by then, delete and recreate it)";
  return message;
}

class examination {
public:
  examination(const lifecycle::state& s, const world& w) : s_(s), w_(w) {
    // nop
  }

  void see_pods() {
    for (const auto& [uid, pod] : w_.pods)
      if (counts(pod))
        see(uid, pod);
  }

  void see_jobs() {
    for (auto child : {child_kind::master_job, child_kind::worker_job}) {
      const auto& uid = s_.run.children[static_cast<size_t>(child)];
      auto warning = w_.warnings.find(uid);
      if (uid.empty() || warning == w_.warnings.end())
        continue;
      auto wanted =
          child == child_kind::master_job ? 1 : s_.run.expected_workers;
      const auto& has = tallies_[uid];
      // One that was made since shows that the trouble is over.
      if (has.pods < wanted && has.newest <= warning->second.last_seen)
        ward_[trouble_kind::pod_creation_failed].push_back(
            {child_name(w_.test->key.name, child), warning->second.message});
    }
  }

  pod_health result(std::chrono::seconds grace) const {
    if (ward_.empty())
      return {pods_well{started_ >= s_.run.expected_workers + 1}, {}};
    const auto& [kind, patients] = *ward_.begin();
    pods_failing verdict{std::string(to_string(kind)),
                         message_of(kind, patients)};
    if (kind == trouble_kind::pod_creation_failed)
      return {verdict, {}};
    return {verdict,
            std::max(*oldest_ + grace, *unwell_since_ + last_word_patience)};
  }

private:
  /// B8: by the uid of the Job, whatever the labels say. What a Job that has
  /// its verdict does to its pods is no trouble but the end.
  bool counts(const pod_sight& pod) const {
    const auto& children = s_.run.children;
    if (pod.job_uid.empty() ||
        (pod.job_uid != children[1] && pod.job_uid != children[2]) ||
        (pod.gone && !pod.lost))
      return false;
    const auto* job = w_.job(pod.job_uid);
    bool ending = job != nullptr && (job->job.ending || job->job.deleting ||
                                     job->job.verdict != job_verdict::none);
    return !(ending && (pod.lost || pod.deleting));
  }

  void see(const std::string& uid, const pod_sight& pod) {
    if (!oldest_ || pod.created < *oldest_)
      oldest_ = pod.created;
    auto& of = tallies_[pod.job_uid];
    if (!pod.lost)
      ++of.pods;
    of.newest = std::max(of.newest, pod.created);
    if (pod.phase == pod_phase::running || pod.phase == pod_phase::succeeded)
      ++started_;
    auto since = pod.unwell_since.value_or(pod.created);
    auto trouble = pod.trouble;
    if (pod.lost && !trouble)
      trouble = pod_trouble{trouble_kind::pod_lost,
                            "the pod was deleted while it ran"};
    auto warning = w_.warnings.find(uid);
    if (!trouble && pod.phase == pod_phase::pending &&
        warning != w_.warnings.end())
      trouble = pod_trouble{trouble_kind::configuration_error,
                            with_expected_config_map(warning->second.message,
                                                     w_.spec.test_files)};
    if (!trouble)
      return;
    ward_[trouble->kind].push_back({pod.name, trouble->detail});
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
  const world& w_;
  ward ward_;
  std::map<std::string, tally> tallies_;
  int32_t started_ = 0;
  std::optional<timestamp> oldest_;
  /// Since when any of them is in trouble.
  std::optional<timestamp> unwell_since_;
};

} // namespace

std::optional<pod_trouble> examine(const pod_seen& pod, bool is_master,
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
  const container_seen* locust = nullptr;
  for (const auto& c : pod.containers)
    if (!c.init && locust == nullptr)
      locust = &c;
  for (const auto& c : pod.containers) {
    bool is_verdict = is_master && &c == locust && is_locust_verdict(c);
    if (auto found = examine(c, is_verdict, pod.deleting, test_files))
      return found;
  }
  return std::nullopt;
}

std::string_view to_string(trouble_kind kind) {
  return kind_names[static_cast<size_t>(kind)];
}

pod_health judge_pods(const lifecycle::state& s, const world& w,
                      std::chrono::seconds grace) {
  examination e(s, w);
  e.see_pods();
  e.see_jobs();
  return e.result(grace);
}

} // namespace locust
