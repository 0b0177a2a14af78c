#include "test/simulation/disturbances.hpp"

#include "test/simulation/coverage.hpp"

#include <optional>
#include <utility>

namespace locust::simulation {

namespace {

/// What a disturbance waits for; nothing: a time.
std::optional<run_state> draw_state(chance& dice) {
  if (dice.percent(70))
    return std::nullopt;
  constexpr run_state states[] = {run_state::creating,   run_state::recreating,
                                  run_state::recreating, run_state::launched,
                                  run_state::running,    run_state::ended,
                                  run_state::departing};
  return states[dice.between(0, 6)];
}

person_act draw_loss(chance& dice) {
  return static_cast<person_act>(
      dice.between(0, static_cast<int>(person_act::delete_workers)));
}

} // namespace

disturbances::disturbances(world& in, duration until,
                           const life_options& options, size_t numbered)
    : in_(in), until_(until), options_(options), dice_(in.dice.next()),
      numbered_(numbered) {
  in_.checks.on_state = [this](const lifecycle::state& s) {
    entered(run_state_of(s));
  };
  const auto& plan = in_.plan;
  count_ = (plan.master != fate::runs) + (plan.worker != fate::runs) +
           plan.worker_exit_code + plan.queued_for.has_value() +
           plan.master_lies;
}

timestamp disturbances::some_time() {
  // Most things happen while the run comes to be or ends.
  auto last = dice_.percent(60) ? duration(10s) : until_;
  return start_time + dice_.between(duration(0), last);
}

bool disturbances::takes_part() {
  return !options_.left_out.contains(++numbered_);
}

void disturbances::at_some_time(deed_function what) {
  auto when = some_time();
  auto state = draw_state(dice_);
  if (state == run_state::recreating && !takes_children_)
    state.reset();
  chance own(dice_.next());
  if (!takes_part())
    return;
  auto happens = [this, number = numbered_, own,
                  what = std::move(what)]() mutable {
    ++count_;
    in_.log("--- disturbance " + std::to_string(number));
    what(own);
  };
  if (!state) {
    in_.time.at(when, std::move(happens));
    return;
  }
  waiting_.emplace(*state, std::move(happens));
  if (*state == run_state::recreating) // which needs a loss
    in_.time.at(when, [this, own]() mutable {
      ++count_;
      carry_out(draw_loss(own), own);
    });
}

/// What waits for this state happens within a moment.
void disturbances::entered(run_state at) {
  if (at == std::exchange(state_, at))
    return;
  for (auto [each, end] = waiting_.equal_range(at); each != end;
       each = waiting_.erase(each))
    in_.time.in(in_.dice.between(1ms, 500ms), std::move(each->second));
}

void disturbances::maybe(int percent, deed_function what) {
  if (dice_.percent(percent))
    at_some_time(std::move(what));
}

void disturbances::met(std::string_view what) {
  if (options_.counts != nullptr)
    options_.counts->met(what, in_.state_of_run());
}

replica& disturbances::any_replica(chance& dice) {
  auto* leader = in_.leader();
  if (leader != nullptr && dice.percent(60))
    return *leader;
  auto last = static_cast<int>(in_.replicas.size()) - 1;
  return *in_.replicas[static_cast<size_t>(dice.between(0, last))];
}

// -- what is drawn ------------------------------------------------------------

void disturbances::draw_all() {
  takes_children_ = true;
  draw_for_operators();
  draw_faults();
}

void disturbances::draw_hearing(replica& of) {
  chance own(dice_.next());
  if (!takes_part())
    return;
  for (auto kind :
       {watched_kind::services, watched_kind::jobs, watched_kind::pods}) {
    of.stream(kind).lag = own.percent(70) ? 50ms : 1s;
    of.stream(kind).repeats = own.percent(50) ? 0 : 30;
  }
  of.net.slowness = own.percent(80) ? 50ms : 3s;
}

void disturbances::draw_for_operators(duration longest_interruption) {
  for (auto& each : in_.replicas)
    draw_hearing(*each);
  for (int n = dice_.between(0, 2); n > 0; --n)
    at_some_time([this](chance& dice) { restart(dice); });
  for (int n = dice_.between(0, 3); n > 0; --n)
    at_some_time([this, longest_interruption](chance& dice) {
      interrupt_a_watch(longest_interruption, dice);
    });
  maybe(15, [this](chance& dice) { freeze(dice); });
  if (in_.replicas.size() > 1)
    draw_replica_faults();
}

void disturbances::draw_replica_faults() {
  for (int n = dice_.between(0, 2); n > 0; --n)
    at_some_time([this](chance& dice) { restart(dice); });
  maybe(15, [this](chance& dice) { take_the_lease(dice); });
  maybe(15, [this](chance& dice) { lose_renewals(dice); });
}

void disturbances::draw_faults() {
  for (int n = dice_.between(0, 3); n > 0; --n)
    at_some_time([this](chance& dice) {
      carry_out(static_cast<person_act>(dice.between(0, person_acts - 1)),
                dice);
    });
  maybe(25, [this](chance& dice) { cut_the_network(dice); });
  maybe(20, [this](chance& dice) { lose_answers(dice); });
  maybe(15, [this](chance& dice) { lose_a_creation(dice); });
  maybe(15, [this](chance& dice) { fail_requests(dice); });
  maybe(15, [this](chance& dice) { refuse_statuses(dice); });
  maybe(10, [this](chance& dice) { clash_over_quota(dice); });
  maybe(15, [this](chance& dice) { forbid_jobs(dice); });
  maybe(15, [this](chance& dice) { forbid_pods(dice); });
  maybe(20, [this](chance& dice) { step_the_clock(dice); });
  // Most of what is measured begins with the end of a pod.
  chance own(dice_.next());
  if (dice_.percent(20) && takes_part())
    in_.on_pod_end = [this, own]() mutable {
      ++count_;
      in_.time.in(own.between(0ms, 6s),
                  [this, own]() mutable { step_the_clock(own); });
    };
  auto how_long = dice_.between(1s, 20s);
  if (dice_.percent(5) && takes_part()) {
    ++count_;
    in_.objects.leave_leftovers(how_long);
  }
  maybe(10, [this](chance& dice) { delete_test(dice); });
}

void disturbances::plan_deed(const deed& d) {
  ++count_;
  in_.time.at(start_time + d.when, [this, d] { insist_on(d.what); });
}

// -- people -------------------------------------------------------------------

bool disturbances::carry_out(person_act act, chance& dice) {
  auto at = in_.state_of_run();
  if (!in_.objects.act(act))
    return false;
  auto name = name_of(act);
  if (options_.counts != nullptr)
    options_.counts->met(name, at);
  in_.log("--- a person: " + std::string(name));
  bool suspends =
      act == person_act::suspend_master || act == person_act::suspend_workers;
  if (suspends)
    in_.time.in(dice.between(200ms, 60s), [this, own = dice]() mutable {
      carry_out(person_act::resume_jobs, own);
    });
  if (act == person_act::edit_spec && dice.percent(50))
    in_.time.in(dice.between(1s, 60s), [this, own = dice]() mutable {
      carry_out(person_act::edit_spec_back, own);
    });
  return true;
}

void disturbances::insist_on(person_act act) {
  if (!carry_out(act, dice_))
    in_.time.in(1s, [this, act] { insist_on(act); });
}

void disturbances::delete_test(chance& dice) {
  constexpr std::string_view names[] = {"deletion", "foreground deletion",
                                        "deletion with a finalizer"};
  auto how = dice.between(0, deletions - 1);
  if (in_.state_of_run() == run_state::departing)
    return;
  met(names[how]);
  in_.objects.delete_test(static_cast<deletion>(how));
}

} // namespace locust::simulation
