#include "test/simulation/disturbances.hpp"
#include "test/simulation/known_limits.hpp"

// The faults among the disturbances: of processes, the network, the API server.

namespace locust::simulation {

// -- processes ----------------------------------------------------------------

void disturbances::restart(chance& dice) {
  auto& of = any_replica(dice);
  if (!of.up())
    return;
  blind_ = true;
  auto pause = dice.between(1s, 60s);
  switch (dice.between(0, 3)) {
  case 0:
    met("orderly restart");
    of.stop(pause);
    break;
  case 1:
    met("kill -9 before an effect");
    of.crash_before_effect(dice.between(1, 6), pause);
    break;
  default:
    met("kill -9");
    of.crash(pause);
    bool may_lose = in_.is_down() || !known_limits::history_outlives_replicas;
    if (may_lose && dice.percent(25) && in_.lose_history())
      met("history lost");
  }
}

void disturbances::freeze(chance& dice) {
  met("freeze");
  blind_ = true;
  any_replica(dice).freeze(dice.between(1s, 30s));
}

void disturbances::step_the_clock(chance& dice) {
  met("clock step");
  auto& of = any_replica(dice);
  auto by =
      dice.percent(50) ? dice.between(1s, 60s) : dice.between(1min, 180min);
  if (dice.percent(50))
    by = -by;
  in_.log("--- the clock of " + of.name() + " steps by " +
          std::to_string(by.count() / 1'000'000) + " s");
  in_.checks.clock_was_set = true;
  in_.checks.clock_was_set_back |= by < duration(0);
  of.machine.step(by);
}

// -- network and API server ---------------------------------------------------

void disturbances::interrupt_a_watch(duration longest, chance& dice) {
  met("watch interrupted");
  blind_ = true;
  auto& of = any_replica(dice);
  auto kind = static_cast<watched_kind>(
      dice.between(in_.replicas.size() > 1 ? 0 : 1, 5));
  in_.log("--- a watch of " + of.name() + " is interrupted");
  of.stream(kind).interrupt();
  bool lists = dice.percent(60);
  in_.time.in(dice.between(1s, longest), [this, &of, kind, lists] {
    in_.log("--- a watch of " + of.name() + " is back");
    of.stream(kind).reopen(lists);
  });
}

void disturbances::cut_the_network(chance& dice) {
  met("network cut");
  cut_off(any_replica(dice), dice);
}

void disturbances::cut_off(replica& of, chance& dice) {
  blind_ = true;
  in_.log("--- no network for " + of.name());
  of.net.down = true;
  of.net.cut_watches();
  for (size_t i = 0; i < watched_kind_count; ++i)
    of.stream(static_cast<watched_kind>(i)).interrupt();
  in_.time.in(dice.between(100ms, 90s), [this, &of, own = dice]() mutable {
    in_.log("--- network for " + of.name());
    of.net.down = false;
    for (size_t i = 0; i < watched_kind_count; ++i)
      in_.time.in(own.between(0ms, 30s), [&of, i, lists = own.percent(40)] {
        of.stream(static_cast<watched_kind>(i)).reopen(lists);
      });
  });
}

/// The next Job is created, but nobody hears of it for a while.
void disturbances::lose_a_creation(chance& dice) {
  auto& of = any_replica(dice);
  of.net.on_job_created = [this, &of, own = dice]() mutable {
    met("creation unanswered");
    cut_off(of, own);
  };
}

void disturbances::lose_answers(chance& dice) {
  met("answers lost");
  blind_ = true;
  auto& net = any_replica(dice).net;
  in_.log("--- answers get lost");
  net.lost = 40;
  net.turned_away = net.truncated = 20;
  in_.time.in(dice.between(1s, 30s), [this, &net] {
    in_.log("--- answers come again");
    net.lost = net.turned_away = net.truncated = 0;
  });
}

void disturbances::fail_requests(chance& dice) {
  met("API server failing");
  blind_ = true;
  auto& net = any_replica(dice).net;
  in_.log("--- the API server fails");
  net.failing = 40;
  in_.time.in(dice.between(1s, 30s), [this, &net] {
    in_.log("--- the API server answers again");
    net.failing = 0;
  });
}

void disturbances::refuse_statuses(chance& dice) {
  met("statuses refused");
  constexpr int ways[] = {400, 403, 422};
  auto status = ways[dice.between(0, 2)];
  in_.log("--- statuses are refused: " + std::to_string(status));
  in_.server.status_refusal = status;
  in_.time.in(dice.between(1s, 60s), [this] {
    in_.log("--- statuses are taken again");
    in_.server.status_refusal = 0;
  });
}

void disturbances::clash_over_quota(chance& dice) {
  met("quota clash");
  in_.server.quota_clash = true;
  in_.time.in(dice.between(100ms, 5s),
              [this] { in_.server.quota_clash = false; });
}

void disturbances::forbid_jobs(chance& dice) {
  met("Jobs forbidden");
  in_.log("--- no Jobs allowed");
  in_.objects.jobs_allowed = false;
  in_.time.in(dice.between(1s, 60s),
              [this] { in_.objects.jobs_allowed = true; });
}

void disturbances::forbid_pods(chance& dice) {
  met("pods forbidden");
  in_.log("--- no pods allowed");
  in_.objects.pods_allowed = false;
  in_.time.in(dice.between(1s, 60s),
              [this] { in_.objects.pods_allowed = true; });
}

// -- the Lease ----------------------------------------------------------------

void disturbances::take_the_lease(chance& dice) {
  blind_ = true;
  bool away = dice.percent(50);
  met(away ? "Lease deleted" : "Lease taken");
  in_.log(away ? "--- a person deletes the Lease"
               : "--- a person takes the Lease");
  if (away)
    in_.server.leases.remove();
  else
    in_.server.leases.seize();
}

void disturbances::lose_renewals(chance& dice) {
  met("renewals lost");
  blind_ = true;
  auto& of = any_replica(dice);
  in_.log("--- renewals of " + of.name() + " get lost");
  of.net.lease_down = true;
  in_.time.in(dice.between(1s, 30s), [&of] { of.net.lease_down = false; });
}

void disturbances::repair() {
  in_.log("--- everything is repaired");
  in_.server.status_refusal = 0;
  in_.server.quota_clash = false;
  in_.objects.jobs_allowed = in_.objects.pods_allowed = true;
  waiting_.clear();
  carry_out(person_act::remove_foreign_service, dice_);
  carry_out(person_act::resume_jobs, dice_);
  for (auto& each : in_.replicas) {
    auto& net = each->net;
    net.down = net.lease_down = false;
    net.on_job_created = nullptr;
    net.lost = net.turned_away = net.truncated = net.failing = 0;
    each->start();
  }
}

} // namespace locust::simulation
