#include "test/simulation/disturbances.hpp"

#include "test/simulation/known_limits.hpp"

#include <utility>

namespace locust::simulation {

disturbances::disturbances(world& in, duration until) : in_(in), until_(until) {
  const auto& plan = in_.plan;
  count_ = (plan.master != fate::runs) + (plan.worker != fate::runs) +
           plan.worker_exit_code + plan.queued_for.has_value();
}

timestamp disturbances::some_time() {
  // Most things happen while the run comes to be or ends.
  auto last = in_.dice.percent(60) ? duration(10s) : until_;
  return start_time + in_.dice.between(duration(0), last);
}

void disturbances::at_some_time(std::function<void()> what) {
  in_.time.at(some_time(), [this, what = std::move(what)] {
    ++count_;
    what();
  });
}

void disturbances::maybe(int percent, std::function<void()> what) {
  if (in_.dice.percent(percent))
    at_some_time(std::move(what));
}

replica& disturbances::any_replica() {
  auto* leader = in_.leader();
  if (leader != nullptr && in_.dice.percent(60))
    return *leader;
  auto last = static_cast<int>(in_.replicas.size()) - 1;
  return *in_.replicas[static_cast<size_t>(in_.dice.between(0, last))];
}

// -- what is drawn ------------------------------------------------------------

void disturbances::draw_all() {
  draw_for_operators();
  draw_faults();
}

void disturbances::draw_hearing(replica& of) {
  auto& dice = in_.dice;
  for (auto kind :
       {watched_kind::services, watched_kind::jobs, watched_kind::pods}) {
    of.stream(kind).lag = dice.percent(70) ? 50ms : 1s;
    of.stream(kind).repeats = dice.percent(50) ? 0 : 30;
  }
  of.net.slowness = dice.percent(80) ? 50ms : 3s;
}

void disturbances::draw_for_operators(duration longest_interruption) {
  for (auto& each : in_.replicas)
    draw_hearing(*each);
  for (int n = in_.dice.between(0, 2); n > 0; --n)
    at_some_time([this] { restart(); });
  for (int n = in_.dice.between(0, 3); n > 0; --n)
    at_some_time([this, longest_interruption] {
      interrupt_a_watch(longest_interruption);
    });
  maybe(15, [this] { freeze(); });
  if (in_.replicas.size() > 1)
    draw_replica_faults();
}

void disturbances::draw_replica_faults() {
  for (int n = in_.dice.between(0, 2); n > 0; --n)
    at_some_time([this] { restart(); });
  maybe(15, [this] { take_the_lease(); });
  maybe(15, [this] { lose_renewals(); });
}

void disturbances::draw_faults() {
  auto& dice = in_.dice;
  for (int n = dice.between(0, 3); n > 0; --n)
    at_some_time([this, act = static_cast<person_act>(dice.between(
                            0, person_acts - 1))] { carry_out(act); });
  maybe(25, [this] { cut_the_network(); });
  maybe(20, [this] { lose_answers(); });
  maybe(15, [this] { fail_requests(); });
  maybe(15, [this] { refuse_statuses(); });
  maybe(10, [this] { clash_over_quota(); });
  maybe(15, [this] { forbid_jobs(); });
  maybe(15, [this] { forbid_pods(); });
  maybe(20, [this] { step_the_clock(); });
  // Most of what is measured begins with the end of a pod.
  if (dice.percent(20))
    in_.on_pod_end = [this] {
      ++count_;
      in_.time.in(in_.dice.between(0ms, 6s), [this] { step_the_clock(); });
    };
  if (dice.percent(5)) {
    ++count_;
    in_.objects.leave_leftovers(dice.between(1s, 20s));
  }
  maybe(5, [this] {
    in_.objects.delete_test(
        static_cast<deletion>(in_.dice.between(0, deletions - 1)));
  });
}

void disturbances::plan_deed(const deed& d) {
  ++count_;
  in_.time.at(start_time + d.when, [this, d] { insist_on(d.what); });
}

// -- people -------------------------------------------------------------------

bool disturbances::carry_out(person_act act) {
  if (!in_.objects.act(act))
    return false;
  in_.log("--- a person: " + std::to_string(static_cast<int>(act)));
  bool suspends =
      act == person_act::suspend_master || act == person_act::suspend_workers;
  if (suspends)
    in_.time.in(in_.dice.between(200ms, 60s),
                [this] { in_.objects.act(person_act::resume_jobs); });
  return true;
}

void disturbances::insist_on(person_act act) {
  if (!carry_out(act))
    in_.time.in(1s, [this, act] { insist_on(act); });
}

// -- processes ----------------------------------------------------------------

void disturbances::restart() {
  auto& of = any_replica();
  if (!of.up())
    return;
  blind_ = true;
  auto pause = in_.dice.between(1s, 60s);
  switch (in_.dice.between(0, 3)) {
  case 0:
    of.stop(pause);
    break;
  case 1:
    of.crash_before_effect(in_.dice.between(1, 6), pause);
    break;
  default:
    of.crash(pause);
    bool may_lose = in_.is_down() || !known_limits::history_outlives_replicas;
    if (may_lose && in_.dice.percent(25))
      in_.lose_history();
  }
}

void disturbances::freeze() {
  blind_ = true;
  any_replica().freeze(in_.dice.between(1s, 30s));
}

void disturbances::step_the_clock() {
  auto& of = any_replica();
  auto by = in_.dice.percent(50) ? in_.dice.between(1s, 60s)
                                 : in_.dice.between(1min, 180min);
  if (in_.dice.percent(50))
    by = -by;
  in_.log("--- the clock of " + of.name() + " steps by " +
          std::to_string(by.count() / 1'000'000) + " s");
  in_.checks.clock_was_set_back |= by < duration(0);
  of.machine.step(by);
}

// -- network and API server ---------------------------------------------------

void disturbances::interrupt_a_watch(duration longest) {
  blind_ = true;
  auto& of = any_replica();
  auto kind = static_cast<watched_kind>(
      in_.dice.between(in_.replicas.size() > 1 ? 0 : 1, 5));
  in_.log("--- a watch of " + of.name() + " is interrupted");
  of.stream(kind).interrupt();
  bool lists = in_.dice.percent(60);
  in_.time.in(in_.dice.between(1s, longest), [this, &of, kind, lists] {
    in_.log("--- a watch of " + of.name() + " is back");
    of.stream(kind).reopen(lists);
  });
}

void disturbances::cut_the_network() {
  blind_ = true;
  auto& of = any_replica();
  in_.log("--- no network for " + of.name());
  of.net.down = true;
  of.net.cut_watches();
  for (size_t i = 0; i < watched_kind_count; ++i)
    of.stream(static_cast<watched_kind>(i)).interrupt();
  in_.time.in(in_.dice.between(100ms, 90s), [this, &of] {
    in_.log("--- network for " + of.name());
    of.net.down = false;
    for (size_t i = 0; i < watched_kind_count; ++i)
      in_.time.in(in_.dice.between(0ms, 30s),
                  [&of, i, lists = in_.dice.percent(40)] {
                    of.stream(static_cast<watched_kind>(i)).reopen(lists);
                  });
  });
}

void disturbances::lose_answers() {
  blind_ = true;
  auto& net = any_replica().net;
  in_.log("--- answers get lost");
  net.lost = 40;
  net.turned_away = 20;
  in_.time.in(in_.dice.between(1s, 30s), [this, &net] {
    in_.log("--- answers come again");
    net.lost = net.turned_away = 0;
  });
}

void disturbances::fail_requests() {
  blind_ = true;
  auto& net = any_replica().net;
  in_.log("--- the API server fails");
  net.failing = 40;
  in_.time.in(in_.dice.between(1s, 30s), [this, &net] {
    in_.log("--- the API server answers again");
    net.failing = 0;
  });
}

void disturbances::refuse_statuses() {
  constexpr int ways[] = {400, 403, 422};
  auto status = ways[in_.dice.between(0, 2)];
  in_.log("--- statuses are refused: " + std::to_string(status));
  in_.server.status_refusal = status;
  in_.time.in(in_.dice.between(1s, 60s), [this] {
    in_.log("--- statuses are taken again");
    in_.server.status_refusal = 0;
  });
}

void disturbances::clash_over_quota() {
  in_.server.quota_clash = true;
  in_.time.in(in_.dice.between(100ms, 5s),
              [this] { in_.server.quota_clash = false; });
}

void disturbances::forbid_jobs() {
  in_.log("--- no Jobs allowed");
  in_.objects.jobs_allowed = false;
  in_.time.in(in_.dice.between(1s, 60s),
              [this] { in_.objects.jobs_allowed = true; });
}

void disturbances::forbid_pods() {
  in_.log("--- no pods allowed");
  in_.objects.pods_allowed = false;
  in_.time.in(in_.dice.between(1s, 60s),
              [this] { in_.objects.pods_allowed = true; });
}

// -- the Lease ----------------------------------------------------------------

void disturbances::take_the_lease() {
  blind_ = true;
  bool away = in_.dice.percent(50);
  in_.log(away ? "--- a person deletes the Lease"
               : "--- a person takes the Lease");
  if (away)
    in_.server.leases.remove();
  else
    in_.server.leases.seize();
}

void disturbances::lose_renewals() {
  blind_ = true;
  auto& of = any_replica();
  in_.log("--- renewals of " + of.name() + " get lost");
  of.net.lease_down = true;
  in_.time.in(in_.dice.between(1s, 30s), [&of] { of.net.lease_down = false; });
}

void disturbances::repair() {
  in_.log("--- everything is repaired");
  in_.server.status_refusal = 0;
  in_.server.quota_clash = false;
  in_.objects.jobs_allowed = in_.objects.pods_allowed = true;
  in_.objects.act(person_act::remove_foreign_service);
  in_.objects.act(person_act::resume_jobs);
  for (auto& each : in_.replicas) {
    auto& net = each->net;
    net.down = net.lease_down = false;
    net.lost = net.turned_away = net.failing = 0;
    each->start();
  }
}

} // namespace locust::simulation
