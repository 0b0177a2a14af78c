#include "actors/supervisor/assess.hpp"

#include "actors/supervisor/assess_children.hpp"
#include "actors/supervisor/earlier_pods.hpp"
#include "actors/supervisor/finalizer.hpp"
#include "actors/supervisor/go_operator.hpp"
#include "actors/supervisor/load_state.hpp"
#include "actors/supervisor/outcome.hpp"
#include "actors/supervisor/pod_health.hpp"
#include "actors/supervisor/worker_connection.hpp"

#include <algorithm>

namespace locust {

namespace {

using namespace lifecycle;
using namespace std::chrono_literals;

/// Minimum interval between two reports of which pods are affected: short
/// enough to be current, long enough for any number of pods
/// (docs/behaviour/pods.md#message).
constexpr auto pod_report_interval = 4s;

const std::string& child_uid(const state& s, child_kind child) {
  return s.run.children[child];
}

maybe_fact assess_deletion(const state& s, const observed_objects& seen) {
  if (!seen.test->deleting || std::holds_alternative<departing>(s.at))
    return std::nullopt;
  const auto& held = seen.test->finalizers;
  return fact::deleting{
      std::find(held.begin(), held.end(), go_operator_finalizer) != held.end()};
}

/// What an edit of the spec means in the current phase.
enum class spec_phase : uint8_t {
  open,    ///< no child exists: the run uses the edited spec
  closing, ///< a create request for a Job is pending: wait for its result
  fixed,   ///< children exist: the run keeps its spec
};

spec_phase phase_of_spec(const state& s) {
  if (s.run.spec_hash.empty())
    return spec_phase::open; // unseen, or a migrated run whose spec is unknown
  const auto* p = std::get_if<creating>(&s.at);
  if (p == nullptr || p->again || !child_uid(s, child_kind::master_job).empty())
    return spec_phase::fixed;
  bool asked_for = next_child(s) == child_kind::master_job && is_under_way(s);
  return asked_for || p->unanswered_since || p->master_asked_at
             ? spec_phase::closing
             : spec_phase::open;
}

/// Whether the spec differs from the one that the children were created from.
bool has_drifted(const state& s, const observed_objects& seen) {
  if (s.run.spec_hash == unknown_value)
    return true;
  if (!seen.run_hash.empty())
    return seen.spec.hash != seen.run_hash;
  // Another version or other settings may have made the stored hash, so only an
  // edit can mean that it differs.
  return seen.test->generation > s.observed_generation
             ? seen.spec.hash != s.run.spec_hash
             : s.run.drifted;
}

/// Handles a new spec and edits of the spec
/// (docs/behaviour/lifecycle.md#spec-drift,
/// docs/behaviour/lifecycle.md#run-spec).
maybe_fact assess_spec(const state& s, const observed_objects& seen,
                       const assess_settings& settings) {
  switch (phase_of_spec(s)) {
  case spec_phase::open:
    if (seen.spec.hash != s.run.spec_hash)
      return fact::accepted{seen.spec.hash, seen.spec.workers,
                            settings.job_ttl_seconds};
    return std::nullopt;
  case spec_phase::closing:
    return std::nullopt;
  case spec_phase::fixed:
    bool drifted = has_drifted(s, seen);
    if (drifted != s.run.drifted ||
        seen.test->generation > s.observed_generation)
      return fact::spec_edited{seen.spec.hash, drifted};
    return std::nullopt;
  }
  return std::nullopt;
}

/// A run whose spec no child can be built from ends before it begins: time does
/// not mend the spec, and a pipeline that waits for the end must not hang
/// (docs/behaviour/lifecycle.md#end-of-a-run).
maybe_fact assess_fault(const state& s, const observed_objects& seen) {
  bool accepted =
      phase_of_spec(s) == spec_phase::open && s.run.spec_hash == seen.spec.hash;
  if (seen.spec.fault.empty() || !accepted)
    return std::nullopt;
  return fact::ended{
      end_cause::spec_unusable, {}, "Test failed: " + seen.spec.fault};
}

/// Finds Jobs that were suspended or resumed
/// (docs/behaviour/lifecycle.md#suspended-jobs).
maybe_fact assess_suspension(const state& s, const observed_objects& seen) {
  if (!std::holds_alternative<launched>(s.at) &&
      !std::holds_alternative<running>(s.at))
    return std::nullopt;
  fact::suspended found;
  for (auto child : {child_kind::master_job, child_kind::worker_job}) {
    const auto* known = seen.job(child_uid(s, child));
    if (known == nullptr || !known->job.suspended || known->job.deleting ||
        known->job.verdict != job_verdict::none)
      continue;
    found.jobs += (found.jobs.empty() ? "" : ", ") + known->job.key.name;
    found.master |= child == child_kind::master_job;
  }
  if (found.jobs == s.run.suspended)
    return std::nullopt;
  if (found.jobs.empty())
    return fact::continued{};
  return found;
}

/// The current trouble, for a run that has not begun to make load.
std::string trouble_of(const state& s) {
  const auto* pods = find(s, condition_type::pods_healthy);
  const auto* ready = find(s, condition_type::ready);
  if (pods->status == truth::no)
    return pods->message;
  return ready->status == truth::no
             ? ready->message
             : find(s, condition_type::workers_connected)->message;
}

/// Ends a run that does not get to its load in time
/// (docs/behaviour/lifecycle.md#startup-timeout).
assessment assess_startup(const state& s, const observed_objects& seen,
                          timestamp now) {
  const auto& limit = seen.spec.startup_timeout;
  // Of a master that cannot be asked nobody knows whether it makes load.
  if (!limit || s.run.started || !s.run.suspended.empty() ||
      s.run.stage == load_stage::unknown)
    return {};
  auto due = s.run.startup_since + *limit;
  if (now < due)
    return {{}, due};
  return {fact::ended{end_cause::startup_timeout,
                      {},
                      "Test failed: no load after " +
                          std::to_string(limit->count()) +
                          " s (spec.startupTimeoutSeconds): " + trouble_of(s)},
          {}};
}

/// docs/behaviour/lifecycle.md#running.
maybe_fact assess_beginning(const state& s, const observed_objects& seen) {
  bool launches =
      std::holds_alternative<launched>(s.at) && s.run.suspended.empty();
  return launches && has_run(s, seen) ? maybe_fact(fact::running{})
                                      : std::nullopt;
}

/// Of a running master: whether it makes load, and for how many workers.
assessment assess_master(const state& s, const observed_objects& seen,
                         const assess_settings& settings, timestamp now) {
  const auto* pod = seen.newest_pod_of(child_uid(s, child_kind::master_job));
  // No worker is connected before it runs. After its end nothing changes. The
  // pod of a suspended Job says nothing of the run any more.
  const auto* job = seen.job(child_uid(s, child_kind::master_job));
  if (pod == nullptr || !pod->locust_runs ||
      (job != nullptr && is_withdrawn(job->job, *pod)))
    return {};
  auto how = contact_with_master(seen, settings.reach, now);
  // Without the web UI of its spec it is headless, and nobody can click.
  bool is_headless = settings.reach.asks && how.how == contact::without_web_ui;
  auto load =
      judge_load(s, seen, *pod, how, settings.starts_by_itself || is_headless);
  if (load) {
    // It has a web UI, or it could not have said so.
    if (auto* to = std::get_if<fact::load_changed>(&*load))
      to->collects_report = settings.keeps_reports &&
                            to->stage == load_stage::stopped &&
                            !has_report(s.run);
    return {load, {}};
  }
  auto workers = count_workers(s, seen, how, now);
  if (workers.count)
    return {*workers.count, {}};
  sooner(how.look_again, workers.look_again);
  return {{}, how.look_again};
}

bool same_pod_trouble(const condition& shown, const fact::pods_failing& now) {
  // The kubelet alternates between texts for the same problem ("ErrImagePull",
  // "Back-off pulling image"). Keep the first one while the same pods have the
  // same problem.
  auto head = [](const std::string& message) {
    return message.substr(0, message.find("]: "));
  };
  return shown.reason == now.reason && head(shown.message) == head(now.message);
}

/// When the list of affected pods may be updated: 500 pods that fail one after
/// the other must not cause 500 status writes.
std::optional<timestamp> next_pod_report(const state& s,
                                         const fact::pods_failing& now) {
  const auto* shown = find(s, condition_type::pods_healthy);
  if (shown->status == truth::yes || shown->reason != now.reason)
    return std::nullopt;
  for (auto entry = s.history.rbegin(); entry != s.history.rend(); ++entry)
    if (std::holds_alternative<fact::pods_failing>(entry->event.fact))
      return entry->event.at + pod_report_interval;
  return std::nullopt;
}

/// Whether the trouble is of the kind that is shown, so that no Event is due
/// (docs/behaviour/lifecycle.md#events). The first loss of a Job is news.
bool is_same_kind(const condition& shown, const fact::pods_failing& now) {
  return shown.status == truth::no && shown.reason == now.reason &&
         !(now.lost && now.reason == to_string(trouble_kind::pod_lost));
}

/// What the pods say at the end of the run is shown, too, even if the end of
/// the Job is seen at the same moment.
maybe_fact last_word_of_pods(const state& s, const observed_objects& seen,
                             const assess_settings& settings, timestamp now) {
  auto health = judge_last_pods(s, seen, settings.pod_health_grace, now);
  auto* failing = std::get_if<fact::pods_failing>(&health.verdict);
  const auto* shown = find(s, condition_type::pods_healthy);
  if (failing == nullptr ||
      (!failing->lost && same_pod_trouble(*shown, *failing)))
    return std::nullopt;
  failing->same_kind = is_same_kind(*shown, *failing);
  return *failing;
}

/// `pending`: the end of the run is certain, and its result is about to be
/// observed.
assessment assess_pods(const state& s, const observed_objects& seen,
                       const assess_settings& settings, bool pending,
                       timestamp now) {
  auto health = judge_pods(s, seen, settings.pod_health_grace, now);
  const auto* shown = find(s, condition_type::pods_healthy);
  if (auto* failing = std::get_if<fact::pods_failing>(&health.verdict)) {
    failing->same_kind = is_same_kind(*shown, *failing);
    auto due = health.look_again;
    sooner(due, health.fails_at);
    if (failing->lost || !same_pod_trouble(*shown, *failing)) {
      auto list_due =
          failing->lost ? std::nullopt : next_pod_report(s, *failing);
      if (!list_due || now >= *list_due)
        return {*failing, {}};
      sooner(due, list_due);
    }
    if (pending)
      return {{}, health.look_again};
    if (health.fails_at && now >= *health.fails_at)
      return {fact::ended{end_cause::pods_failing,
                          {},
                          "Test failed: " + shown->message,
                          shown->reason == to_string(trouble_kind::pod_lost)},
              {}};
    return {{}, due};
  }
  // Until warnings are listed, a waiting pod only seems healthy. And pods that
  // a finished Job removes are not repaired.
  bool all_heard = seen.listed(watched_kind::pod_warnings) &&
                   seen.listed(watched_kind::job_warnings);
  if (shown->status == truth::no && (pending || !all_heard))
    return {{}, health.look_again};
  bool all = std::get<fact::pods_healthy>(health.verdict).all_running;
  bool was_all = shown->reason == "PodsHealthy";
  // A running test does not go back to PodsStarting when pods end.
  bool turned = shown->status == truth::no ||
                (all && !was_all && !std::holds_alternative<creating>(s.at));
  if (turned)
    return {health.verdict, {}};
  return {{}, health.look_again};
}

/// The policies, in the order in which their facts may occur.
assessment assess_run(const state& s, const observed_objects& seen,
                      const assess_settings& settings, timestamp now) {
  // A run that is first observed when it is finished has begun, too.
  if (auto fact = assess_beginning(s, seen))
    return {fact, {}};
  assessment sum;
  if (has_finished_master(seen))
    if (auto fact = assess_own_child(s, seen))
      return {fact, {}};
  auto outcome = judge_jobs(s, seen, settings, now);
  if (outcome.end) {
    if (auto fact = last_word_of_pods(s, seen, settings, now))
      return {fact, {}};
    return {*outcome.end, {}};
  }
  sooner(sum.look_again, outcome.look_again);
  auto spec = assess_spec(s, seen, settings);
  if (spec && s.run.spec_hash.empty())
    return {spec, {}};
  // Before a child is adopted, after which the master Job may be next.
  auto earlier = assess_earlier_pods(s, seen, now);
  if (earlier.fact)
    return earlier;
  sooner(sum.look_again, earlier.look_again);
  if (auto fact = assess_own_child(s, seen))
    return {fact, {}};
  if (s.restored)
    return {fact::resumed{}, {}};
  if (spec)
    return {spec, {}};
  if (auto fact = assess_fault(s, seen))
    return {fact, {}};
  if (auto fact = assess_suspension(s, seen))
    return {fact, {}};
  // Objects that are missing while the result is pending belong to the end of
  // the run.
  auto lost = outcome.pending ? assessment{} : assess_lost_child(s, seen, now);
  if (lost.fact)
    return lost;
  sooner(sum.look_again, lost.look_again);
  if (auto fact = assess_ownership(s, seen))
    return {fact, {}};
  auto retry = assess_retry(s, seen, now);
  if (retry.fact)
    return retry;
  sooner(sum.look_again, retry.look_again);
  auto master = assess_master(s, seen, settings, now);
  if (master.fact)
    return master;
  sooner(sum.look_again, master.look_again);
  if (!outcome.pending) {
    auto startup = assess_startup(s, seen, now);
    if (startup.fact)
      return startup;
    sooner(sum.look_again, startup.look_again);
  }
  auto pods = assess_pods(s, seen, settings, outcome.pending, now);
  if (pods.fact)
    return pods;
  sooner(sum.look_again, pods.look_again);
  return sum;
}

} // namespace

assessment assess(const lifecycle::state& s, const observed_objects& seen,
                  const assess_settings& settings, timestamp now) {
  if (auto fact = assess_deletion(s, seen))
    return {fact, {}};
  if (std::holds_alternative<departing>(s.at))
    return {};
  if (std::holds_alternative<ended>(s.at)) {
    if (s.restored)
      return {fact::resumed{}, {}};
    return {};
  }
  if (std::holds_alternative<unseen>(s.at)) {
    if (auto found = find_migration(seen, settings))
      return {*found, {}};
    return {assess_spec(s, seen, settings), {}};
  }
  return assess_run(s, seen, settings, now);
}

} // namespace locust
