#include "actors/supervisor/change.hpp"
#include "actors/supervisor/history.hpp"

#include <algorithm>

namespace locust::lifecycle {

namespace {

std::string& uid_of_child(state& s, child_kind child) {
  return s.run.children[child];
}

std::optional<loss>& loss_of(state& s, child_kind child) {
  return s.run.lost[child];
}

// -- accepted -----------------------------------------------------------------

void start_run(change& c, const fact::accepted& f, bool held = false) {
  c.s.run.spec_hash = f.spec_hash;
  c.s.run.expected_workers = f.workers;
  c.s.run.ttl_seconds = f.ttl_seconds;
  c.set(condition_type::ready, truth::no, "ResourcesCreating",
        "Resources are being created");
  begin_creating(c, held);
}

void on(change& c, const unseen&, const fact::accepted& f) {
  begin_run(c, f);
  c.note();
}

void on(change& c, const creating& p, const fact::accepted& f) {
  // Edits apply until all children exist; a recovery uses the spec of the run
  // (docs/behaviour/lifecycle.md#run-spec).
  if (p.again)
    return;
  start_run(c, f, p.held);
  c.note();
}

template <one_of<launched, running, ended, departing> P>
void on(change&, const P&, const fact::accepted&) {
  // The children exist, so edits do not change the run.
}

// -- taken_over: migration.cpp ------------------------------------------------

template <one_of<creating, launched, running, ended, departing> P>
void on(change&, const P&, const fact::taken_over&) {
  // The state knows more about the run than the Go operator recorded.
}

// -- answers to create_child: creation.cpp ------------------------------------

template <
    one_of<fact::child_created, fact::create_failed, fact::name_conflict> F,
    class P>
requires(!std::same_as<P, creating>) void on(change& c, const P&, const F& f) {
  // The answer to a repeated command, or news about the owner of a child.
  if constexpr (one_of<P, launched, running> &&
                !std::same_as<F, fact::create_failed>)
    show_owner(c, f);
}

// -- retry_due, earlier_pods --------------------------------------------------

template <one_of<unseen, launched, running, ended, departing> P,
          one_of<fact::retrying, fact::earlier_pods> F>
void on(change&, const P&, const F&) {
  // No child is missing.
}

// -- child_lost ---------------------------------------------------------------

/// Resets what only applied to the deleted master and its workers.
void forget_master(change& c) {
  auto& run = c.s.run;
  c.set(condition_type::test_completed, truth::no, "TestInProgress",
        run.started ? "The test has not restarted"
                    : "The test has not started");
  run.started = run.start_estimated = false;
  run.stage = load_stage::none;
  run.load_since = run.load_until = std::nullopt;
  run.connected = 0;
  run.worker_pods.reset();
  run.source = worker_source::none;
  c.set(condition_type::workers_connected, truth::no, "WaitingForWorkers",
        count_message(run));
}

template <alive P>
void on(change& c, const P& p, const fact::child_deleted& f) {
  auto& uid = uid_of_child(c.s, f.child);
  if (uid != f.uid)
    return; // not a current child of the run
  uid.clear();
  c.s.run.created[f.child].clear();
  loss_of(c.s, f.child).reset();
  c.s.run.suspended.clear(); // the new Job may not be
  if (f.child == child_kind::master_job)
    forget_master(c);
  if (f.child != child_kind::master_service &&
      find(c.s, condition_type::pods_healthy)->status == truth::yes)
    c.set(condition_type::pods_healthy, truth::yes, "PodsStarting",
          "Waiting for pods to start");
  c.set(condition_type::ready, truth::no, "ResourcesCreating",
        "Deleted resources are being recreated");
  if constexpr (std::same_as<P, creating>)
    create_again(c, p, f.child);
  else
    create_again(c);
  c.note();
}

template <one_of<unseen, ended, departing> P>
void on(change&, const P&, const fact::child_deleted&) {
  // Before a run no child exists; after it no child is recreated.
}

// -- suspended, continued -----------------------------------------------------

template <one_of<launched, running> P>
void on(change& c, const P&, const fact::suspended& f) {
  if (c.s.run.suspended == f.jobs)
    return;
  c.s.run.suspended = f.jobs;
  c.s.at = launched{};
  if (f.master)
    forget_master(c);
  c.set(condition_type::ready, truth::no, "Suspended",
        describe(f) + "; the test continues when spec.suspend is false again");
  c.note();
}

template <one_of<launched, running> P>
void on(change& c, const P&, const fact::continued&) {
  if (c.s.run.suspended.empty())
    return;
  c.s.run.suspended.clear();
  c.s.run.startup_since = c.at();
  c.set(condition_type::ready, truth::yes, "ResourcesCreated",
        "All resources created");
  c.note();
}

template <one_of<fact::suspended, fact::continued> F,
          one_of<unseen, creating, ended, departing> P>
void on(change&, const P&, const F&) {
  // While children are being created, they are not all there; after the end, a
  // suspension changes nothing.
}

// -- running, test_started, load_changed --------------------------------------

void on(change& c, const launched&, const fact::running&) {
  c.s.at = running{};
  show_load(c);
  c.note();
}

template <one_of<unseen, creating, running, ended, departing> P>
void on(change&, const P&, const fact::running&) {
  // A run begins only once, when all of its children exist.
}

void on(change& c, const running&, const fact::test_started& f) {
  auto& run = c.s.run;
  if (run.started)
    return;
  run.started = true;
  run.start_estimated = f.estimated;
  enter_stage(c, load_stage::made);
  show_load(c);
  c.note();
}

void on(change& c, const running&, const fact::load_changed& f) {
  auto& run = c.s.run;
  if (run.stage == f.stage)
    return;
  enter_stage(c, f.stage);
  run.start_estimated = false;
  run.collects_report |= f.collects_report;
  show_load(c);
  c.note();
}

template <one_of<fact::test_started, fact::load_changed> F,
          one_of<unseen, creating, launched, ended, departing> P>
void on(change&, const P&, const F&) {
  // A master that can be asked runs, and that is observed first.
}

template <class P>
void on(change& c, const P&, const fact::report_settled& f) {
  if constexpr (!one_of<P, unseen, departing>)
    settle_report(c, f);
}

// -- workers, pods, spec ------------------------------------------------------

template <alive P>
void on(change& c, const P&, const fact::workers_connected& f) {
  auto& run = c.s.run;
  if (run.connected == f.connected && run.source == f.source &&
      run.worker_pods == f.pods)
    return;
  run.connected = f.connected;
  run.worker_pods = f.pods;
  run.source = f.source;
  run.why_estimated = f.why;
  run.peak = std::max(run.peak, f.connected);
  show_workers(c);
  c.note();
}

template <alive P>
void on(change& c, const P&, const fact::pods_failing& f) {
  const auto* healthy = find(c.s, condition_type::pods_healthy);
  bool a_loss = f.lost && !loss_of(c.s, f.lost->child);
  if (!a_loss && healthy->reason == f.reason && healthy->message == f.message)
    return;
  if (a_loss)
    loss_of(c.s, f.lost->child) = loss{f.lost->pod, f.lost->why, c.at()};
  c.set(condition_type::pods_healthy, truth::no, f.reason, f.message);
  c.note();
}

template <alive P>
void on(change& c, const P&, const fact::pods_healthy& f) {
  std::string reason = f.all_running ? "PodsHealthy" : "PodsStarting";
  const auto* healthy = find(c.s, condition_type::pods_healthy);
  if (healthy->reason == reason)
    return;
  c.s.run.lost = {}; // the eviction or deletion did not happen
  c.set(condition_type::pods_healthy, truth::yes, reason,
        f.all_running ? "All pods are healthy" : "Pods are starting up");
  c.note();
}

template <alive P>
void on(change& c, const P&, const fact::spec_edited& f) {
  if (f.drifted == c.s.run.drifted &&
      c.event.generation <= c.s.observed_generation)
    return;
  if (f.drifted)
    show_drift(c);
  else if (find(c.s, condition_type::spec_drifted) != nullptr)
    c.set(condition_type::spec_drifted, truth::no, "SpecRestored",
          "The spec is again the original spec of the run");
  c.s.run.drifted = f.drifted;
  c.note();
}

template <one_of<fact::workers_connected, fact::pods_failing,
                 fact::pods_healthy, fact::spec_edited>
              F,
          one_of<unseen, ended, departing> P>
void on(change&, const P&, const F&) {
  // Before a run there is nothing to report; after it the status is final.
}

// -- run_ended ----------------------------------------------------------------

template <alive P>
void on(change& c, const P&, const fact::ended& f) {
  finish_run(c, f);
}

template <one_of<unseen, ended, departing> P>
void on(change&, const P&, const fact::ended&) {
  // The phase is terminal: the first outcome stands.
}

// -- deletion_seen, resumed, stored -------------------------------------------

template <class P>
void on(change& c, const P&, const fact::deleting&) {
  // Not recorded: the status of a LocustTest that is being deleted is not
  // written.
  c.s.at = departing{};
}

template <class P>
void on(change&, const P&, const fact::unknown&) {
  // Only a newer version of the operator knows what it means.
}

template <class P>
void on(change&, const P&, const fact::resumed&) {
  // Only a run in the phase `creating` has work to resume.
}

template <class P>
void on(change& c, const P& p, const fact::stored& f) {
  auto& s = c.s;
  std::erase_if(s.outbox, [&](const announcement& a) {
    return a.revision <= s.stored_revision; // published earlier
  });
  s.stored_revision = std::max(s.stored_revision, f.revision);
  if constexpr (std::same_as<P, creating>)
    confirm(c, p, f.revision);
}

} // namespace

void change::set(condition_type type, truth status, std::string reason,
                 std::string message) {
  auto& slot = s.conditions[type];
  bool moved = !slot || slot->status != status;
  if (!slot)
    slot.emplace();
  slot->status = status;
  slot->reason = std::move(reason);
  slot->message = std::move(message);
  slot->observed_generation = event.generation;
  if (moved)
    slot->last_transition = at();
}

void begin_run(change& c, const fact::accepted& f) {
  c.s.run.startup_since = c.at();
  c.set(condition_type::workers_connected, truth::no, "WaitingForWorkers",
        "Waiting for workers");
  c.set(condition_type::test_completed, truth::no, "TestInProgress",
        "The test has not started");
  c.set(condition_type::pods_healthy, truth::yes, "PodsStarting",
        "Waiting for pods to start");
  start_run(c, f);
}

void show_drift(change& c) {
  c.set(condition_type::spec_drifted, truth::yes, "SpecChangeIgnored",
        "The spec was edited after the run was created; edits are not applied: "
        "delete and recreate the LocustTest to run the new spec");
  c.s.run.drifted = true;
}

void change::note() {
  s.observed_generation = std::max(s.observed_generation, event.generation);
  ++s.revision;
  if (recording)
    record(s, event);
}

void apply(state& s, const lifecycle_event& event, bool recording) {
  s.clock = std::max(s.clock, event.at);
  change c{s, event, recording};
  if (std::holds_alternative<fact::resumed>(event.fact))
    s.restored = false;
  auto before = s.at; // handlers read the old phase while they replace s.at
  std::visit([&](const auto& p, const auto& f) { on(c, p, f); }, before,
             event.fact);
  if (!recording) // everything in a stored history was shown
    s.observed_generation = std::max(s.observed_generation, event.generation);
}

state evolve(state before, const lifecycle_event& event) {
  apply(before, event);
  return before;
}

} // namespace locust::lifecycle
