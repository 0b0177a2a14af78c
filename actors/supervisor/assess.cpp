#include "actors/supervisor/assess.hpp"

#include "actors/supervisor/earlier_pods.hpp"
#include "actors/supervisor/finalizer.hpp"
#include "actors/supervisor/go_operator.hpp"
#include "actors/supervisor/outcome.hpp"
#include "actors/supervisor/pod_health.hpp"
#include "actors/supervisor/worker_connection.hpp"

#include <algorithm>

namespace locust {

namespace {

using namespace lifecycle;
using namespace std::chrono_literals;
using maybe_fact = std::optional<lifecycle_fact>;

/// Minimum interval between two reports of which pods are affected: short
/// enough to be current, long enough for any number of pods
/// (docs/behaviour/pods.md#message).
constexpr auto pod_report_interval = 4s;

void sooner(std::optional<timestamp>& a, std::optional<timestamp> b) {
  if (b && (!a || *b < *a))
    a = b;
}

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
  return seen.spec.hash !=
         (seen.run_hash.empty() ? s.run.spec_hash : seen.run_hash);
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

/// Finds a child that was deleted while the run is in progress.
assessment assess_lost_child(const state& s, const observed_objects& seen,
                             timestamp now) {
  assessment sum;
  for (auto child : per_child<bool>::keys()) {
    const auto& uid = child_uid(s, child);
    const auto& known = seen.children[child];
    if (uid.empty() || (known && known->uid == uid))
      continue;
    if (auto due = seen.awaited_until(child, uid, now)) {
      sooner(sum.look_again, due);
      continue;
    }
    const auto* job = seen.job(uid);
    if (!seen.listed(row_of(child).watch) ||
        (job != nullptr && job->job.verdict != job_verdict::none))
      continue; // not listed yet, or finished
    // A worker Job with a TTL that vanished unobserved may have finished. If it
    // did, the master ends soon, too.
    if (child == child_kind::worker_job && job == nullptr &&
        s.run.ttl_seconds) {
      auto due = seen.absent_since(child).value_or(now) + last_word_patience;
      if (now < due) {
        sooner(sum.look_again, due);
        continue;
      }
    }
    return {
        fact::child_deleted{child, child_name(seen.test->key.name, child), uid},
        {}};
  }
  return sum;
}

/// Whether a master Job of this LocustTest has a result.
bool is_over(const observed_objects& seen) {
  const auto& known = seen.children[child_kind::master_job];
  const auto* job = known && known->ours ? seen.job(known->uid) : nullptr;
  return job != nullptr && job->job.verdict != job_verdict::none;
}

/// Finds a child of this LocustTest that the state does not contain: created
/// before a restart, or by a request that got no answer.
maybe_fact assess_own_child(const state& s, const observed_objects& seen) {
  const auto* p = std::get_if<creating>(&s.at);
  if (p == nullptr)
    return std::nullopt;
  bool by_us = !s.restored && p->blocked;
  bool over = is_over(seen);
  auto waits = [&](child_kind child) {
    // The workers of a run that is over are not created: the master is taken
    // when there is nothing else to take.
    if (over)
      return child == child_kind::master_job &&
             std::count(s.run.children.begin(), s.run.children.end(), "") > 1;
    return is_under_way(s) && child == next_child(s);
  };
  for (auto child : per_child<bool>::keys()) {
    const auto& known = seen.children[child];
    if (!child_uid(s, child).empty() || !known || known->deleting ||
        !known->ours || waits(child))
      continue;
    return fact::child_created{child, child_name(seen.test->key.name, child),
                               known->uid, !by_us};
  }
  return std::nullopt;
}

/// Finds a child of the run that has lost its owner reference, or has got it
/// back (docs/behaviour/lifecycle.md#name-conflict).
maybe_fact assess_ownership(const state& s, const observed_objects& seen) {
  if (!std::holds_alternative<launched>(s.at) &&
      !std::holds_alternative<running>(s.at))
    return std::nullopt;
  const auto* ready = find(s, condition_type::ready);
  bool all_ours = true;
  for (auto child : per_child<bool>::keys()) {
    const auto& known = seen.children[child];
    bool there = known && known->uid == child_uid(s, child);
    if (there && !known->ours) {
      fact::name_conflict found{child, child_name(seen.test->key.name, child),
                                known->owner, false};
      if (ready->message == describe(found))
        return std::nullopt;
      return found;
    }
    all_ours = all_ours && there;
  }
  if (!all_ours || ready->reason != "NameConflict")
    return std::nullopt;
  auto child = child_kind::master_service;
  return fact::child_created{child, child_name(seen.test->key.name, child),
                             child_uid(s, child), true};
}

assessment assess_retry(const state& s, const observed_objects& seen,
                        timestamp now) {
  const auto* p = std::get_if<creating>(&s.at);
  if (p == nullptr || !p->blocked || p->blocked->under_way)
    return {};
  auto child = *next_child(s);
  if (p->held && child == child_kind::master_job)
    return {};
  // The object that blocked the name has been deleted.
  const auto& vanished = seen.vanished_at[child];
  bool cleared =
      p->blocked->conflict && vanished && *vanished >= p->blocked->since;
  if (cleared)
    return {fact::retrying{}, {}};
  if (p->blocked->deleting && seen.children[child])
    return {}; // the watch reports its deletion
  if (now >= p->blocked->retry_at)
    return {fact::retrying{}, {}};
  return {{}, p->blocked->retry_at};
}

/// The run begins when the master Job has an active pod, or is finished already
/// (docs/behaviour/lifecycle.md#running).
maybe_fact assess_beginning(const state& s, const observed_objects& seen) {
  const auto* job = seen.job(child_uid(s, child_kind::master_job));
  if (std::holds_alternative<launched>(s.at) && job != nullptr &&
      (job->job.active > 0 || job->job.verdict != job_verdict::none))
    return fact::running{};
  return std::nullopt;
}

maybe_fact assess_start(const state& s, const observed_objects& seen) {
  const auto* pod = seen.newest_pod_of(child_uid(s, child_kind::master_job));
  if (std::holds_alternative<running>(s.at) && !s.run.started &&
      pod != nullptr && pod->locust_runs)
    return fact::test_started{pod->name, pod->node};
  return std::nullopt;
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
                          "Test failed: " + shown->message +
                              "; the operator does not delete the Jobs: delete "
                              "the LocustTest to stop their pods"},
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

/// The initial condition already says that no worker is connected.
bool is_new_count(const state& s, const fact::workers_connected& count) {
  return count.connected != s.run.connected ||
         (count.source != s.run.source && count.connected > 0);
}

/// The policies, in the order in which their facts may occur.
assessment assess_run(const state& s, const observed_objects& seen,
                      const assess_settings& settings, timestamp now) {
  // A run that is first observed when it is finished has begun, too.
  if (auto fact = assess_beginning(s, seen))
    return {fact, {}};
  assessment sum;
  if (is_over(seen))
    if (auto fact = assess_own_child(s, seen))
      return {fact, {}};
  auto outcome = judge_jobs(s, seen, now);
  if (outcome.end)
    return {*outcome.end, {}};
  sooner(sum.look_again, outcome.look_again);
  auto spec = assess_spec(s, seen, settings);
  if (spec && s.run.spec_hash.empty())
    return {spec, {}};
  if (auto fact = assess_own_child(s, seen))
    return {fact, {}};
  auto earlier = assess_earlier_pods(s, seen, now);
  if (earlier.fact)
    return earlier;
  sooner(sum.look_again, earlier.look_again);
  if (s.restored)
    return {fact::resumed{}, {}};
  if (spec)
    return {spec, {}};
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
  if (auto fact = assess_start(s, seen))
    return {fact, {}};
  auto workers = count_workers(s, seen, settings.has_web_ui, now);
  if (workers.count && is_new_count(s, *workers.count))
    return {*workers.count, {}};
  sooner(sum.look_again, workers.look_again);
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
