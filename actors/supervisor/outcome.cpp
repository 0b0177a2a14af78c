#include "actors/supervisor/outcome.hpp"

#include "actors/supervisor/failure_text.hpp"

#include <algorithm>
#include <string>

namespace locust {

namespace {

const std::string& uid_of(const lifecycle::state& s, child_kind child) {
  return s.run.children[child];
}

constexpr auto vanished_message =
    "The master Job was removed (ttlSecondsAfterFinished) while the operator "
    "was not watching, so the result of the test is unknown. The operator does "
    "not run the test again: delete and recreate the LocustTest to run it";

constexpr auto unrecorded_message =
    "The master Job does not exist. It may have run and been removed "
    "(ttlSecondsAfterFinished) while the operator was not watching. The "
    "operator does not run the test again: delete and recreate the LocustTest "
    "to run it";

constexpr auto unanswered_message =
    "The API server did not answer the request to create the master Job. The "
    "Job may have run and been removed (ttlSecondsAfterFinished) since then. "
    "The operator does not run the test again: delete and recreate "
    "the LocustTest to run it";

std::optional<int32_t> exit_code_of(const observed_pod* pod) {
  return pod != nullptr && pod->end ? std::optional(pod->end->exit_code)
                                    : std::nullopt;
}

outcome wait_until(timestamp due) {
  return {{}, true, due};
}

outcome end_as(end_cause cause, std::optional<int32_t> code,
               std::string message, bool cut_short = false) {
  return {fact::ended{cause, code, std::move(message), cut_short}, false, {}};
}

/// Whether somebody or something ended the Locust of a failed Job.
bool is_cut_short(const job_seen& job, const observed_pod* pod,
                  const std::optional<lifecycle::loss>& lost) {
  if (failed_by_itself(job))
    return true;
  return pod == nullptr ? lost.has_value()
                        : pod->is_lost() || pod->is_cut_short();
}

/// Handles an attempt to create the master Job whose result is unknown, when
/// the Job could have run and been removed by its TTL since.
outcome judge_attempt(const lifecycle::state& s, const observed_objects& seen,
                      timestamp now) {
  const auto* p = std::get_if<lifecycle::creating>(&s.at);
  if (p == nullptr || !s.run.ttl_seconds || !seen.listed(watched_kind::jobs) ||
      seen.children[child_kind::master_job])
    return {};
  if (s.restored)
    return p->attempt_open &&
                   (seen.record_age_unknown ||
                    now - *p->attempt_open >= lifecycle::shortest_life(s))
               ? end_as(end_cause::outcome_unknown, {}, unrecorded_message)
               : outcome{};
  if (!p->doubt_confirmed_at)
    return {};
  auto due = *p->doubt_confirmed_at + catch_up_patience;
  return now < due ? outcome{{}, false, due}
                   : end_as(end_cause::outcome_unknown, {}, unanswered_message);
}

/// Returns the pod of a master that ended by itself, for a Job without a
/// result.
const observed_pod* finished_pod(const observed_objects& seen,
                                 const std::string& job_uid) {
  const auto* pod = seen.newest_pod_of(job_uid);
  return pod != nullptr && pod->ended_by_itself ? pod : nullptr;
}

/// Names the containers that keep the pod and so its Job.
std::string explain_others(const observed_pod& pod) {
  if (pod.others_running.empty() || pod.gone)
    return {};
  std::string names;
  for (const auto& name : pod.others_running)
    names += (names.empty() ? "" : ", ") + name;
  return "other containers still run in pod " + pod.name +
         " and keep its Job active: " + names;
}

outcome judge_by_pod(const observed_pod& pod) {
  auto others = explain_others(pod);
  if (pod.end->exit_code == 0)
    return end_as(end_cause::master_completed, 0, others);
  return end_as(end_cause::master_failed, pod.end->exit_code,
                "Test failed: the Locust master in pod " + pod.name +
                    " ended with " + explain_exit(*pod.end) +
                    (others.empty() ? "" : "; " + others));
}

/// Judges a master Job without a result.
outcome judge_unfinished(const lifecycle::state& s,
                         const observed_objects& seen, const std::string& uid,
                         timestamp now) {
  const auto* known = seen.job(uid);
  const auto& child = seen.children[child_kind::master_job];
  bool absent =
      seen.listed(watched_kind::jobs) && (!child || child->uid != uid);
  const auto* pod = finished_pod(seen, uid);
  if (!absent && pod != nullptr && pod->phase == pod_phase::running) {
    // The Job has no verdict while containers of others keep the pod.
    auto due = pod->ended_at + others_patience;
    return now < due ? wait_until(due) : judge_by_pod(*pod);
  }
  if (!absent)
    return {{}, pod != nullptr, {}};
  if (pod != nullptr)
    return judge_by_pod(*pod);
  if (auto due = seen.awaited_until(child_kind::master_job, uid, now))
    return wait_until(*due);
  // If its last state is known, it had no result: the Job was deleted.
  if (known == nullptr && s.run.ttl_seconds)
    return end_as(end_cause::outcome_unknown, {}, vanished_message);
  return {};
}

/// Judges a master Job that is Complete. Locust ends with exit code 0 at a
/// SIGTERM, too, so the pod tells whether it was cut short; its watch may lag
/// behind.
outcome judge_complete(const observed_objects& seen, const observed_job& known,
                       timestamp now) {
  const auto* pod = seen.newest_pod_of(known.job.uid);
  if (pod != nullptr && !is_withdrawn(known.job, *pod)) {
    if (pod->is_cut_short())
      return end_as(end_cause::master_failed, exit_code_of(pod),
                    explain_failure("master", known.job, pod, {}), true);
    auto due = known.verdict_at.value_or(now) + exit_code_patience;
    if (!pod->end && !pod->gone && now < due)
      return wait_until(due);
  }
  return end_as(end_cause::master_completed, 0, {});
}

/// Returns the uid of the recorded master Job; without one, that of an own
/// finished Job, because then nothing needs to be created.
const std::string& master_uid(const lifecycle::state& s,
                              const observed_objects& seen) {
  const auto& uid = uid_of(s, child_kind::master_job);
  const auto& child = seen.children[child_kind::master_job];
  if (!uid.empty() || !child || !child->ours)
    return uid;
  const auto* known = seen.job(child->uid);
  bool finished = known != nullptr && known->job.verdict != job_verdict::none;
  return finished ? child->uid : uid;
}

outcome judge_master(const lifecycle::state& s, const observed_objects& seen,
                     timestamp now) {
  const auto& uid = master_uid(s, seen);
  if (uid.empty())
    return judge_attempt(s, seen, now);
  const auto* known = seen.job(uid);
  if (known == nullptr || known->job.verdict == job_verdict::none)
    return judge_unfinished(s, seen, uid, now);
  if (known->job.verdict == job_verdict::complete)
    return judge_complete(seen, *known, now);
  const auto* pod = cause_of_failure(seen, known->job);
  auto due = known->verdict_at.value_or(now) + exit_code_patience;
  if (pod == nullptr && !failed_by_itself(known->job) && now < due)
    return wait_until(due);
  const auto& lost = s.run.lost[child_kind::master_job];
  return end_as(end_cause::master_failed, exit_code_of(pod),
                explain_failure("master", known->job, pod, lost),
                is_cut_short(known->job, pod, lost));
}

/// Whether the worker of a master that cannot be asked has made load, judged by
/// how long its Locust ran.
bool ran_for_long(const observed_pod& worker,
                  std::optional<timestamp> load_ends) {
  if (!worker.started_at || !worker.finished_at)
    return false;
  auto lasted = *worker.finished_at - *worker.started_at;
  return load_ends
             ? *worker.finished_at >= *load_ends || lasted >= longest_start
             : lasted >= shortest_load;
}

/// Whether the worker ended by itself after it had made load.
bool made_load(const lifecycle::state& s, const observed_pod* worker,
               std::optional<timestamp> load_ends) {
  if (worker == nullptr || !worker->ended_by_itself || !worker->end ||
      signal_of(worker->end->exit_code))
    return false;
  switch (s.run.stage) {
  case load_stage::made:
  case load_stage::stopped:
    if (!s.run.start_estimated)
      return true;
    break;
  case load_stage::waits_for_workers:
  case load_stage::waits_for_start:
    return false;
  case load_stage::none:
  case load_stage::unknown:
    break;
  }
  return ran_for_long(*worker, load_ends);
}

/// Until when the master's own end decides after the failure of the worker Job
/// (docs/behaviour/lifecycle.md#worker-failure).
timestamp last_word_due(const lifecycle::state& s, const observed_objects& seen,
                        const assess_settings& settings,
                        const observed_pod* cause, timestamp failed_at) {
  const auto* master = seen.newest_pod_of(uid_of(s, child_kind::master_job));
  auto load_ends = settings.run_time && s.run.start_time
                       ? std::optional(*s.run.start_time + *settings.run_time)
                       : std::nullopt;
  if (master == nullptr || !master->locust_runs)
    return failed_at + last_word_patience;
  // Only the master can tell what it has done since it was asked last.
  if (!made_load(s, cause, load_ends))
    return std::max(failed_at, settings.asks_since) + last_word_patience;
  return std::max(load_ends.value_or(failed_at), failed_at) + longest_last_word;
}

outcome judge_workers(const lifecycle::state& s, const observed_objects& seen,
                      const assess_settings& settings, timestamp now) {
  const auto* known = seen.job(uid_of(s, child_kind::worker_job));
  if (known == nullptr || known->job.verdict != job_verdict::failed)
    return {};
  const auto* pod = cause_of_failure(seen, known->job);
  auto since = known->verdict_at.value_or(now);
  auto due = last_word_due(s, seen, settings, pod, since);
  if (now < due)
    return wait_until(due);
  const auto& lost = s.run.lost[child_kind::worker_job];
  return end_as(end_cause::worker_failed, {},
                explain_failure("worker", known->job, pod, lost),
                is_cut_short(known->job, pod, lost));
}

/// How well the pod explains the failure of its Job; 0: not at all.
int explanatory_rank(const observed_pod& pod) {
  if (pod.is_lost())
    return 4;
  if (pod.end && pod.end->exit_code != 0 && pod.ended_by_itself)
    return 3;
  // A failed Job deletes its remaining pods in no certain order. A deleted pod
  // is the cause only if there is no other; its Locust may end with 0.
  if (pod.deleted_at || (pod.end && pod.end->exit_code != 0))
    return 2;
  return pod.trouble && !pod.end ? 1 : 0;
}

/// Whether `a` explains a failure better than `b`: by rank, then by the earlier
/// deletion.
bool explains_better(const observed_pod& a, const observed_pod& b) {
  auto since = [](const observed_pod& pod) {
    return pod.deleted_at.value_or(timestamp::max());
  };
  return explanatory_rank(a) != explanatory_rank(b)
             ? explanatory_rank(a) > explanatory_rank(b)
             : since(a) < since(b);
}

} // namespace

bool is_withdrawn(const job_seen& job, const observed_pod& pod) {
  return job.suspended || (job.resumed_at && pod.created < *job.resumed_at);
}

const observed_pod* cause_of_failure(const observed_objects& seen,
                                     const job_seen& job) {
  if (failed_by_itself(job))
    return nullptr;
  const observed_pod* best = nullptr;
  for (const auto& [uid, pod] : seen.pods)
    if (pod.job_uid == job.uid && !is_withdrawn(job, pod) &&
        explanatory_rank(pod) > 0 &&
        (best == nullptr || explains_better(pod, *best)))
      best = &pod;
  return best;
}

outcome judge_jobs(const lifecycle::state& s, const observed_objects& seen,
                   const assess_settings& settings, timestamp now) {
  auto by_master = judge_master(s, seen, now);
  if (by_master.end || by_master.pending || by_master.look_again)
    return by_master;
  return judge_workers(s, seen, settings, now);
}

} // namespace locust
