#include "test/simulation/invariants.hpp"

#include "test/simulation/operator_process.hpp"

#include <algorithm>
#include <iostream>

namespace locust::simulation {

namespace {

using lifecycle::state;
using lifecycle::truth;

/// A loss is told by then, however slow the watches are.
constexpr auto told_within = 10s;

/// By then trouble of a run's first pods has failed it, also when a quota was
/// in their way.
constexpr auto fails_within = 200s;

int rank_of(const state& s) {
  auto phase = phase_name(s);
  if (phase == "Pending")
    return 1;
  if (phase == "Running")
    return 2;
  return phase.empty() ? 0 : 3;
}

/// How often Locust may have been started anew: only a person's deletion of the
/// Job before allows it.
bool may_create_again(const std::vector<master_life>& masters) {
  return masters.size() < 2 || masters[masters.size() - 2].job_deleted;
}

} // namespace

void invariants::fail(const std::string& what) {
  problems.push_back(what);
  if (verbose)
    std::cout << "!!! " << what << '\n';
}

// -- step by step -------------------------------------------------------------

void invariants::begin(const state& s) {
  conditions_ = s.conditions;
  rank_ = rank_of(s);
  ended_ = rank_ == 3;
  revision_ = s.revision;
  lost_at_ = 0;
}

void invariants::on_journal(const std::string& line) {
  if (journal)
    journal->take(line);
}

void invariants::on_defect(const std::string& words) {
  fail(words);
}

void invariants::before(const state& s) {
  conditions_ = s.conditions;
  lost_ = s.run.lost;
  rank_ = rank_of(s);
  ended_ = std::holds_alternative<lifecycle::ended>(s.at);
  revision_ = s.revision;
}

void invariants::after(const lifecycle_event& event, const state& s,
                       const commands& done) {
  for (const auto& c : done)
    log(event.at, c);
  log(event.at, "    " + std::string(kind_of(event.fact)) + ": " +
                    describe(event.fact) + " [" + std::string(phase_name(s)) +
                    ']');
  bool lost = std::holds_alternative<fact::child_deleted>(event.fact);
  bool leaves = std::holds_alternative<fact::deleting>(event.fact);
  if (lost)
    lost_at_ = s.last_sequence;
  if (const auto* end = std::get_if<fact::ended>(&event.fact))
    end_ = *end;
  if (!leaves && !lost && rank_of(s) < rank_)
    fail("the phase went backwards by " + std::string(kind_of(event.fact)));
  if (ended_ && !leaves && s.revision != revision_)
    fail("a run that is over was changed");
  for (size_t i = 0; i < lifecycle::condition_count; ++i) {
    const auto& a = conditions_[i];
    const auto& b = s.conditions[i];
    if (a && !b)
      fail("a condition vanished");
    if (a && b &&
        b->last_transition !=
            (a->status == b->status ? a->last_transition : s.clock))
      fail("lastTransitionTime of " +
           std::string(to_string(static_cast<lifecycle::condition_type>(i))) +
           " did not go with status");
  }
  const auto* gone = std::get_if<fact::child_deleted>(&event.fact);
  for (size_t i = 0; i < child_count; ++i)
    if (lost_[i] && s.run.lost[i] != lost_[i] &&
        (gone == nullptr || static_cast<size_t>(gone->child) != i))
      fail("a lost pod was forgotten");
  const auto* well = find(s, lifecycle::condition_type::pods_healthy);
  if ((s.run.lost[1] || s.run.lost[2]) && well->status == truth::yes)
    fail("pods are healthy although one was lost");
  const auto* end = std::get_if<lifecycle::ended>(&s.at);
  if (end != nullptr && s.run.start_time && *s.run.start_time > end->at)
    fail("startTime is after completionTime");
  if (s.revision != revision_)
    check_history(s);
}

void invariants::check_history(const state& s) {
  if (s.history.size() > lifecycle::history_limit)
    fail("the history has more than 32 entries");
  uint64_t last = 0;
  for (const auto& entry : s.history) {
    if (entry.sequence <= last)
      fail("the sequence of the history goes backwards");
    last = entry.sequence;
  }
  if (!same_meaning(lifecycle::restore(s.history), s))
    fail("the fold of the history is not the state");
}

void invariants::on_creation(const cluster& cluster, const operator_process& op,
                             const child_result& result) {
  if (result.what != child_result::outcome::created)
    return;
  if (result.child == child_kind::master_job &&
      !may_create_again(cluster.masters()) && !forgot_early_)
    fail("a second run of a test that nobody deleted");
  if (!op.stored() && result.child != child_kind::master_service)
    fail("a run was created that no status tells of");
  if (result.child == child_kind::worker_job && !forgot_ &&
      !cluster.masters().empty() &&
      cluster.masters().back().spec != cluster.worker_spec())
    fail("master and workers are built from different specs");
}

void invariants::on_request(const std::optional<state>& stored) {
  if (stored && rank_of(*stored) == 3)
    fail("a child of a test that is over is asked for");
}

void invariants::on_stored(const state& s) {
  auto rank = rank_of(s);
  if (stored_) {
    if (rank < rank_of(*stored_) && lost_at_ <= stored_->last_sequence)
      fail("the stored phase went backwards");
    if (rank_of(*stored_) == 3 && !same_meaning(*stored_, s))
      fail("a stored terminal status was overwritten");
    const auto& started = stored_->run.start_time;
    if (started && (!s.run.start_time ||
                    to_rfc3339(*s.run.start_time) != to_rfc3339(*started)))
      fail("startTime changed");
  }
  stored_ = s;
}

void invariants::forget_history() {
  forgot_ = true;
  forgot_early_ = forgot_early_ || !stored_->run.start_time;
  published_.clear();
  stored_->last_sequence = 0;
}

void invariants::on_event(const publish_event& event,
                          const std::optional<state>& stored) {
  auto text = event.reason + ": " + event.message;
  auto& before = published_[event.sequence];
  if (!before.empty() && before != text)
    fail("two events have one name: " + before + " / " + text);
  before = text;
  if (event.reason == "Deleting")
    return;
  if (!stored || stored->last_sequence < event.sequence)
    fail("an event was published before its status was stored: " + text);
}

void invariants::check_bounds(const supervisor_core& core) {
  if (core.state().outbox.size() > lifecycle::history_limit)
    fail("too many events wait to be published");
  const auto& seen = core.observed();
  if (seen.jobs.size() > 10 || seen.pods.size() > 50 ||
      seen.warnings.size() > 50)
    fail("the supervisor remembers too much");
}

// -- at the end ---------------------------------------------------------------

void invariants::check_end(const cluster& cluster, const operator_process& op,
                           const circumstances& how) {
  if (journal && !journal->problem().empty())
    fail("the journal does not replay: " + journal->problem());
  if (how.test_deleted)
    return;
  if (!op.stored() || rank_of(*op.stored()) != 3) {
    fail("the run did not come to an end: stored phase " +
         (op.stored() ? std::string(phase_name(*op.stored())) : "none") +
         (op.core() != nullptr
              ? ", known " + std::string(phase_name(op.core()->state()))
              : ", operator down"));
    return;
  }
  int most_writes = 8 + 8 * how.disturbances;
  if (op.status_writes() > most_writes)
    fail(std::to_string(op.status_writes()) + " status writes after " +
         std::to_string(how.disturbances) + " disturbances");
  if (how.undisturbed && cluster.masters().size() != 1)
    fail("an undisturbed run has " + std::to_string(cluster.masters().size()) +
         " masters");
  check_outcome(cluster, *op.stored(), how);
  check_losses(cluster, *op.stored(), how);
}

/// What was taken from the Jobs that the run had at its end.
void invariants::check_losses(const cluster& cluster, const state& s,
                              const circumstances& how) {
  const auto& end = std::get<lifecycle::ended>(s.at);
  const auto* well = find(s, lifecycle::condition_type::pods_healthy);
  // Where nobody sees a Job end, the deletion of its pods looks like one.
  if (well->reason == "PodLost" && cluster.taken_pods().empty() &&
      !how.blind_spots)
    fail("nobody took a pod, but " + well->message);
  for (const auto& pod : cluster.taken_pods()) {
    if (how.blind_spots || !pod.missed || end.at - pod.at < told_within ||
        std::count(s.run.children.begin(), s.run.children.end(), pod.job_uid) ==
            0)
      continue;
    if (well->status == truth::yes)
      fail("nobody was told that pod " + pod.name + " was taken");
    if (end.cause == end_cause::master_completed && pod.ends_well &&
        cluster.masters().size() == 1 &&
        end.at - *s.run.start_time > fails_within)
      fail("a run succeeded long after pod " + pod.name + " was taken");
  }
}

void invariants::check_outcome(const cluster& cluster, const state& s,
                               const circumstances& how) {
  auto cause = std::get<lifecycle::ended>(s.at).cause;
  const auto* c = find(s, lifecycle::condition_type::test_completed);
  auto told = std::string(phase_name(s)) + " \"" + c->message + '"';
  const auto* truth =
      cluster.masters().empty() ? nullptr : &cluster.masters().back();
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
  case end_cause::pods_failing:
    if (!cluster.pods_were_troubled())
      fail(told + " but no pod was in trouble");
    break;
  case end_cause::outcome_unknown:
    if (!how.blind_spots || !s.run.ttl_seconds)
      fail(told + " but everything could be seen");
    if (truth == nullptr)
      ++unfounded;
    break;
  }
  if (how.undisturbed && (code == 0) != (cause == end_cause::master_completed))
    fail(told + " is not what happened");
  if (c->message.empty())
    fail("no word of what happened");
}

// -- the story ----------------------------------------------------------------

void invariants::log(timestamp at, const std::string& text) {
  if (verbose)
    std::cout << to_rfc3339_micro(at).substr(11, 15) << "  " << text << '\n';
}

void invariants::log(timestamp at, const observation& what) {
  if (!verbose)
    return;
  if (const auto* there = std::get_if<present>(&what)) {
    auto text =
        "see " + key_of(*there->object).name + ' ' + uid_of(*there->object);
    if (const auto* job = std::get_if<job_seen>(there->object.get()))
      text += " active " + std::to_string(job->active) + " ready " +
              std::to_string(job->ready) + " verdict " +
              std::to_string(static_cast<int>(job->verdict)) +
              (job->ending ? " ending" : "") +
              (job->deleting ? " deleting" : "");
    if (const auto* pod = std::get_if<pod_seen>(there->object.get()))
      text += " phase " + std::to_string(static_cast<int>(pod->phase)) +
              (pod->deleting ? " deleting" : "") +
              (pod->containers[0].exit_code
                   ? " exit " + std::to_string(*pod->containers[0].exit_code)
                   : "");
    log(at, text);
  } else if (const auto* absent = std::get_if<gone>(&what)) {
    log(at, "gone " + absent->key.name + ' ' + absent->uid +
                (absent->last ? "" : " (not in a list)"));
  } else {
    log(at, "listed " + std::string(to_string(std::get<listed>(what).kind)));
  }
}

void invariants::log(timestamp at, const command& what) {
  if (verbose)
    log(at, "    -> " + describe(what));
}

void invariants::log(timestamp at, const child_result& what) {
  if (verbose)
    log(at, "answer " + std::string(to_string(what.child)) + ' ' +
                std::to_string(static_cast<int>(what.what)) + ' ' + what.uid +
                what.message);
}

} // namespace locust::simulation
