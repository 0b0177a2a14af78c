#include "actors/supervisor/worker_connection.hpp"

namespace locust {

namespace {

/// The initial condition already says that no worker is connected.
bool is_new(const lifecycle::state& s, const fact::workers_connected& count) {
  const auto& run = s.run;
  bool initial = run.source == worker_source::none && count.connected == 0 &&
                 count.source != worker_source::unreachable;
  return !initial &&
         (count.connected != run.connected || count.pods != run.worker_pods ||
          count.source != run.source);
}

/// A lower count is only accepted once it has lasted.
worker_connection settled(const lifecycle::state& s,
                          fact::workers_connected count,
                          std::optional<timestamp> fewer_since, timestamp now) {
  if (!is_new(s, count))
    return {};
  if (count.connected >= s.run.connected || !fewer_since)
    return {count, {}};
  auto due = *fewer_since + fewer_limit;
  if (now < due)
    return {{}, due};
  return {count, {}};
}

fact::workers_connected count_of(const load_sample& sample) {
  fact::workers_connected count{sample.workers, worker_source::master};
  if (sample.pods != sample.workers)
    count.pods = sample.pods;
  return count;
}

/// A Job that is over has no worker left.
int32_t ready_pods(const lifecycle::state& s, const observed_objects& seen) {
  const auto* workers = seen.job(s.run.children[child_kind::worker_job]);
  return workers == nullptr || workers->job.verdict != job_verdict::none
             ? 0
             : workers->job.ready;
}

} // namespace

worker_connection count_workers(const lifecycle::state& s,
                                const observed_objects& seen,
                                const master_contact& how, timestamp now) {
  const auto& load = seen.load;
  switch (how.how) {
  case contact::pending:
    break;
  case contact::answers:
    return settled(s, count_of(*load.latest), load.fewer_since, now);
  case contact::without_web_ui:
    return settled(
        s, {ready_pods(s, seen), worker_source::ready_pods, {}, how.why},
        seen.fewer_ready_since, now);
  case contact::unreachable:
    return settled(
        s, {ready_pods(s, seen), worker_source::unreachable, {}, how.why},
        seen.fewer_ready_since, now);
  }
  return {{}, how.look_again};
}

} // namespace locust
