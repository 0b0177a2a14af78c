#include "actors/supervisor/worker_connection.hpp"

#include <algorithm>

namespace locust {

namespace {

const std::string& worker_uid(const lifecycle::state& s) {
  return s.run.children[child_kind::worker_job];
}

const std::string& master_uid(const lifecycle::state& s) {
  return s.run.children[child_kind::master_job];
}

/// A lower count is only accepted once it has lasted.
worker_connection settled(const lifecycle::state& s,
                          fact::workers_connected count,
                          std::optional<timestamp> fewer_since, timestamp now) {
  if (count.connected >= s.run.connected || !fewer_since)
    return {count, {}};
  auto due = *fewer_since + fewer_limit;
  if (now < due)
    return {{}, due};
  return {count, {}};
}

} // namespace

worker_connection count_workers(const lifecycle::state& s,
                                const observed_objects& seen, bool has_web_ui,
                                timestamp now) {
  const auto* master = seen.newest_pod_of(master_uid(s));
  const auto* workers = seen.job(worker_uid(s));
  // No worker is connected before the master runs. After it has ended, the
  // count does not change.
  if (master == nullptr || !master->locust_runs || !s.run.started)
    return {};
  if (workers != nullptr && workers->job.verdict != job_verdict::none)
    return {};
  const auto& load = seen.load;
  if (has_web_ui && load.reached_at &&
      now < *load.reached_at + unreachable_limit && load.latest) {
    if (load.latest->reachable)
      return settled(s, {load.latest->workers, worker_source::master},
                     load.fewer_since, now);
    return {{}, *load.reached_at + unreachable_limit};
  }
  if (has_web_ui) {
    auto silent_since =
        load.reached_at.value_or(s.run.start_time.value_or(now));
    silent_since = std::max(silent_since, seen.master_runs_since.value_or(now));
    if (now < silent_since + unreachable_limit)
      return {{}, silent_since + unreachable_limit};
  }
  auto ready = workers == nullptr ? 0 : workers->job.ready;
  return settled(s, {ready, worker_source::ready_pods}, seen.fewer_ready_since,
                 now);
}

} // namespace locust
