#include "actors/supervisor/assess_children.hpp"

#include "actors/supervisor/outcome.hpp"

#include <algorithm>

namespace locust {

using namespace lifecycle;

namespace {

const std::string& child_uid(const state& s, child_kind child) {
  return s.run.children[child];
}

} // namespace

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

bool has_finished_master(const observed_objects& seen) {
  const auto& known = seen.children[child_kind::master_job];
  const auto* job = known && known->ours ? seen.job(known->uid) : nullptr;
  return job != nullptr && job->job.verdict != job_verdict::none;
}

maybe_fact assess_own_child(const state& s, const observed_objects& seen) {
  const auto* p = std::get_if<creating>(&s.at);
  if (p == nullptr)
    return std::nullopt;
  bool by_us = !s.restored && p->blocked;
  bool over = has_finished_master(seen);
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
    const auto* job = seen.job(known->uid);
    return fact::child_created{
        child, child_name(seen.test->key.name, child), known->uid, !by_us,
        job != nullptr ? job->job.ttl_seconds : std::nullopt};
  }
  return std::nullopt;
}

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

} // namespace locust
