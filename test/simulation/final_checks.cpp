#include "actors/supervisor/outcome.hpp"
#include "actors/supervisor/status_document.hpp"
#include "test/simulation/invariants.hpp"

#include <algorithm>

// What must hold when a life is over.

namespace locust::simulation {

namespace {

using lifecycle::state;
using lifecycle::truth;

/// A loss is told by then, however slow the watches are.
constexpr auto told_within = 10s;

/// Without blind spots an end is found by then: the watches are at most a
/// second late, and a pod's exit code is waited for.
constexpr auto found_within = 30s;

/// By then trouble of a run's first pods has failed it, also when a quota was
/// in their way.
constexpr auto fails_within = 200s;

/// Jobs that still run are suspended by then, also by a process that starts
/// after the end.
constexpr auto rests_within = 60s;

/// In an undisturbed life.
constexpr auto stored_within = 2s;

/// A master that makes load, and then stays, for longer has told all that a
/// report needs.
constexpr auto reported_within = 15s;

/// A LocustTest with more Events may have reached its share, or similar ones
/// are combined.
constexpr size_t most_separate_events = 20;

} // namespace

void invariants::check_end(const circumstances& how) {
  for (const auto& journal : journals_)
    if (auto problem = journal.problem(); !problem.empty())
      fail("the journal does not replay: " + problem);
  int most_requests = 80 + 60 * how.disturbances;
  if (how.requests > most_requests)
    fail(std::to_string(how.requests) + " requests after " +
         std::to_string(how.disturbances) + " disturbances");
  if (how.test_deleted) {
    if (objects_.test_exists())
      fail("a deleted LocustTest is still there");
    return;
  }
  if (!stored_ || rank_of(*stored_) != 3) {
    fail("the run did not come to an end: stored phase " +
         (stored_ ? std::string(phase_name(*stored_)) : "none"));
    return;
  }
  auto status = status_text(objects_.test());
  if (!is_put_right())
    fail("what somebody changed in the status stays: " + status);
  if (objects_.has_other_condition() &&
      status.find(other_condition) == std::string::npos)
    fail("a condition of another controller is gone");
  // Who lies makes news with each sample.
  auto news = objects_.plan().master_lies && started_at_
                  ? (ended_at_ - *started_at_) / 5s
                  : 0;
  int most_writes = 8 + 8 * how.disturbances + static_cast<int>(news);
  if (writes_ > most_writes)
    fail(std::to_string(writes_) + " status writes after " +
         std::to_string(how.disturbances) + " disturbances");
  if (how.undisturbed)
    check_calm_end(*stored_);
  if (stored_->run.collects_report)
    fail("the report is still being collected");
  if (how.events != nullptr)
    check_events(*stored_, *how.events);
  if (time_.now() - ended_at_ > rests_within && !forgot_ &&
      objects_.may_make_load())
    fail("the run is over, but Locust still runs");
  check_outcome(*stored_, how);
  check_losses(*stored_, how);
}

void invariants::check_calm_end(const state& s) {
  if (objects_.masters().size() != 1)
    fail("an undisturbed run has " + std::to_string(objects_.masters().size()) +
         " masters");
  if (*end_stored_at_ - ended_at_ > stored_within)
    fail("the end was stored late");
  const auto& plan = objects_.plan();
  if (plan.stays > reported_within && plan.run_time > reported_within &&
      !plan.headless && !has_report(s.run))
    fail("a master stayed, but its report is not there");
}

/// Every Event that is handed over is stored, and counts as often as it was.
void invariants::check_events(const state& s, const event_store& events) {
  if (forgot_ || lost_events || published_.size() > most_separate_events)
    return;
  auto stored = [&](const publish_event& x) {
    return events.count_of(x.reason, x.message);
  };
  // A process that takes over publishes what is not older than a minute, by the
  // clocks of the machines.
  auto since = std::max(took_over_at_, resumed_at_) -
               duration(lifecycle::announce_again_within) / 2;
  if (!clock_was_set)
    for (const auto& due : announcements_of(s.history, since))
      if (stored(due) == 0)
        fail("an event is missing: " + due.reason + ": " + due.message);
  if (process_starts_ > 1)
    return; // another process counts anew
  for (const auto& [sequence, x] : published_) {
    auto times = std::count_if(published_.begin(), published_.end(),
                               [&x = x](const auto& other) {
                                 return other.second.reason == x.reason &&
                                        other.second.message == x.message;
                               });
    if (stored(x) != times)
      fail("an event counts " + std::to_string(stored(x)) + " instead of " +
           std::to_string(times) + ": " + x.reason + ": " + x.message);
  }
}

bool invariants::is_put_right() const {
  return forgot_ || started_process_at_ >= objects_.spoiled_at() ||
         own_part_of(status_text(objects_.test())) == own_part_of(document_);
}

void invariants::check_belief(const std::string& replica, const state& s) {
  if (!same_meaning(take_state(objects_.test()).state, s))
    fail(replica + " believes \"" + std::string(phase_name(s)) +
         "\", which is not what is stored");
}

/// What was taken from the Jobs that the run had at its end.
void invariants::check_losses(const state& s, const circumstances& how) {
  const auto& end = std::get<lifecycle::ended>(s.at);
  const auto* well = find(s, lifecycle::condition_type::pods_healthy);
  // Where nobody sees a Job end, the deletion of its pods looks like one.
  if (well->reason == "PodLost" && objects_.taken_pods().empty() &&
      !how.blind_spots)
    fail("nobody took a pod, but " + well->message);
  for (const auto& pod : objects_.taken_pods()) {
    if (how.blind_spots || !pod.missed || ended_at_ - pod.at < told_within ||
        std::count(s.run.children.begin(), s.run.children.end(), pod.job_uid) ==
            0)
      continue;
    if (well->status == truth::yes)
      fail("nobody was told that pod " + pod.name + " was taken");
    if (end.cause == end_cause::master_completed && pod.ends_well &&
        objects_.masters().size() == 1 &&
        ended_at_ - *started_at_ > fails_within)
      fail("a run succeeded long after pod " + pod.name + " was taken");
  }
}

void invariants::check_outcome(const state& s, const circumstances& how) {
  auto cause = std::get<lifecycle::ended>(s.at).cause;
  const auto* c = find(s, lifecycle::condition_type::test_completed);
  auto told = std::string(phase_name(s)) + " \"" + c->message + '"';
  const auto* truth =
      objects_.masters().empty() ? nullptr : &objects_.masters().back();
  auto code = truth == nullptr ? std::nullopt : truth->exit_code;
  switch (cause) {
  case end_cause::master_completed:
    if (code != 0 && truth->verdict != job_verdict::complete)
      fail(told + " but Locust did not end with 0");
    break;
  case end_cause::master_failed:
    if (truth == nullptr || (code == 0 && !truth->pod_deleted))
      fail(told + " but Locust ended with 0");
    if (end_ && end_->exit_code && code && *end_->exit_code != *code)
      fail(told + " but the exit code was " + std::to_string(*code));
    break;
  case end_cause::worker_failed:
    if (ended_at_ < *objects_.workers_failed_at() + last_word_patience)
      fail(told + " before the master could have the last word");
    [[fallthrough]];
  case end_cause::pods_failing:
    if (!objects_.pods_were_troubled())
      fail(told + " but no pod was in trouble");
    if (cause == end_cause::pods_failing && objects_.only_nodes_were_missing())
      fail(told + " but its pods only waited for a node");
    break;
  case end_cause::startup_timeout:
    fail(told + " but the test has no limit");
    break;
  case end_cause::outcome_unknown:
    if (!how.blind_spots || !s.run.ttl_seconds)
      fail(told + " but everything could be seen");
    if (truth == nullptr)
      ++unfounded;
    break;
  case end_cause::spec_unusable:
    fail(told + " but the spec has no fault");
    break;
  }
  if (how.undisturbed && (code == 0) != (cause == end_cause::master_completed))
    fail(told + " is not what happened");
  bool has_verdict = truth != nullptr && truth->verdict != job_verdict::none;
  if (has_verdict && !how.blind_spots &&
      ended_at_ > truth->verdict_at + found_within)
    fail(told + " was found late");
  if (c->message.empty())
    fail("no word of what happened");
}

} // namespace locust::simulation
