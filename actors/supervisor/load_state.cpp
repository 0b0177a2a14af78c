#include "actors/supervisor/load_state.hpp"

#include "actors/supervisor/outcome.hpp"

#include <algorithm>

namespace locust {

namespace {

/// What can be said of the load.
struct finding {
  load_stage stage = load_stage::none; ///< `none`: nothing new
  /// The master does not say it.
  bool estimated = false;
};

/// A master that starts by itself does so when its workers are connected.
finding estimate(const lifecycle::state& s, const observed_objects& seen,
                 bool starts_by_itself) {
  if (s.run.stage == load_stage::made)
    return {};
  if (!starts_by_itself)
    return {load_stage::unknown};
  const auto* workers = seen.job(s.run.children[child_kind::worker_job]);
  bool all = workers != nullptr && workers->job.ready >= s.run.expected_workers;
  return all ? finding{load_stage::made, true}
             : finding{load_stage::waits_for_workers};
}

finding look(const lifecycle::state& s, const observed_objects& seen,
             const master_contact& how, bool starts_by_itself) {
  switch (how.how) {
  case contact::pending:
    return {};
  case contact::unreachable:
    // What was known last is better than nothing.
    return {s.run.stage == load_stage::none ? load_stage::unknown
                                            : load_stage::none};
  case contact::without_web_ui:
    return estimate(s, seen, starts_by_itself);
  case contact::answers:
    break;
  }
  switch (seen.load.latest->state) {
  case master_state::unknown:
    return estimate(s, seen, starts_by_itself);
  case master_state::ready:
    return {starts_by_itself ? load_stage::waits_for_workers
                             : load_stage::waits_for_start};
  case master_state::load:
    return {load_stage::made};
  case master_state::stopped:
    return {load_stage::stopped};
  }
  return {};
}

} // namespace

bool has_run(const lifecycle::state& s, const observed_objects& seen) {
  const auto& uid = s.run.children[child_kind::master_job];
  const auto* job = seen.job(uid);
  if (job != nullptr && job->job.verdict == job_verdict::complete)
    return true;
  return std::any_of(seen.pods.begin(), seen.pods.end(),
                     [&](const auto& entry) {
                       const auto& pod = entry.second;
                       return pod.job_uid == uid && pod.locust_ran &&
                              (job == nullptr || !is_withdrawn(job->job, pod));
                     });
}

std::optional<lifecycle_fact> judge_load(const lifecycle::state& s,
                                         const observed_objects& seen,
                                         const observed_pod& master,
                                         const master_contact& how,
                                         bool starts_by_itself) {
  if (!std::holds_alternative<lifecycle::running>(s.at))
    return std::nullopt;
  auto found = look(s, seen, how, starts_by_itself);
  // Between two samples it may have begun and stopped.
  bool begun =
      found.stage == load_stage::made || found.stage == load_stage::stopped;
  if (begun && !s.run.started)
    return fact::test_started{master.name, master.node, found.estimated};
  if (found.stage == load_stage::none || found.stage == s.run.stage)
    return std::nullopt;
  return fact::load_changed{found.stage};
}

} // namespace locust
