#include "actors/supervisor/earlier_pods.hpp"

#include <algorithm>
#include <vector>

namespace locust {

namespace {

/// The names in a message: enough to look for them.
constexpr size_t names_limit = 3;

/// Whether the Job of this uid belongs to the run.
bool is_of_run(const lifecycle::state& s, const observed_objects& seen,
               const std::string& job_uid) {
  for (auto child : per_child<bool>::keys()) {
    const auto& known = seen.children[child];
    if (s.run.children[child] == job_uid ||
        (known && known->ours && known->uid == job_uid))
      return true;
  }
  return false;
}

/// Whether its Locust may run, or may yet start.
bool may_run(const observed_pod& pod) {
  return !pod.gone && !pod.end && pod.phase != pod_phase::succeeded &&
         pod.phase != pod_phase::failed;
}

std::string names_of(std::vector<const observed_pod*> pods) {
  std::sort(pods.begin(), pods.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });
  std::string text;
  for (size_t i = 0; i < std::min(pods.size(), names_limit); ++i)
    text += (i > 0 ? ", " : "") + pods[i]->name;
  if (pods.size() > names_limit)
    text += " and " + std::to_string(pods.size() - names_limit) + " more";
  return text;
}

} // namespace

assessment assess_earlier_pods(const lifecycle::state& s,
                               const observed_objects& seen, timestamp now) {
  const auto* p = std::get_if<lifecycle::creating>(&s.at);
  bool asked = p != nullptr && lifecycle::is_under_way(s) &&
               lifecycle::next_child(s) == child_kind::master_job;
  // A recovery begins with pods of the same test. And a master that may have
  // been created is not waited for.
  if (p == nullptr || p->again || asked || p->unanswered_since ||
      p->master_asked_at || !s.run.children[child_kind::master_job].empty())
    return {};
  std::vector<const observed_pod*> earlier;
  std::optional<timestamp> due;
  for (const auto& [uid, pod] : seen.pods) {
    auto until = pod.first_seen_at + earlier_pod_patience;
    if (!may_run(pod) || is_of_run(s, seen, pod.job_uid) || now >= until)
      continue;
    earlier.push_back(&pod);
    due = std::min(due.value_or(until), until);
  }
  if (earlier.empty() == !p->held)
    return {{}, due};
  return {fact::earlier_pods{names_of(std::move(earlier))}, {}};
}

} // namespace locust
