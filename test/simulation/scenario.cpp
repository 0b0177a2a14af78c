#include "test/simulation/scenario.hpp"

#include "test/simulation/disturbances.hpp"
#include "test/simulation/known_limits.hpp"
#include "test/simulation/plans.hpp"
#include "test/simulation/world.hpp"

#include <algorithm>
#include <utility>

namespace locust::simulation {

namespace {

constexpr duration disturbed_for = 150s;

/// By then every run has ended: the longest one, every pause and grace period.
constexpr duration settling_time = 2h;

/// A life has some thousands. One in which things happen for ever, all at the
/// same time, would not come to its end.
constexpr size_t most_events = 300'000;

/// When all is stored and settled the Lease is left to its holder: renewing it
/// for hours would take most of the time and shows nothing.
constexpr duration looks_for_rest = 20s;

size_t draw_replicas(chance& dice, const life_options& options) {
  auto drawn = dice.percent(40) ? 1 : dice.percent(70) ? 2 : 3;
  return options.replicas.value_or(static_cast<size_t>(drawn));
}

class scenario {
public:
  /// `numbered`: how many disturbances were numbered before.
  scenario(uint64_t seed, bool calm, const test_plan& plan, size_t replicas,
           const life_options& options, size_t numbered = 0)
      : calm_(calm), world_(seed, plan, replicas, options.is_told),
        faults_(world_, disturbed_for, options, numbered) {
    world_.checks.is_calm = calm;
  }

  disturbances& faults() {
    return faults_;
  }

  verdict live(uint64_t seed) {
    for (auto& each : world_.replicas)
      world_.time.in(world_.dice.between(0ms, 3s), [&each] { each->start(); });
    run_until(start_time + disturbed_for);
    faults_.repair();
    world_.time.in(looks_for_rest, [this] { rest(); });
    run_until(start_time + disturbed_for + settling_time);
    check_end();
    verdict result;
    result.seed = seed;
    result.problems = world_.checks.problems;
    if (events_ == most_events)
      result.problems.insert(result.problems.begin(), "the life does not end");
    result.disturbances = faults_.numbered();
    result.events = events_;
    result.status_writes = world_.checks.writes();
    result.undisturbed = calm_;
    result.outcome = outcome();
    return result;
  }

  /// All that does not depend on when the operator heard of what.
  std::string ending(const tale& t) const {
    const auto& stored = world_.checks.stored();
    if (!stored)
      return "nothing";
    auto phase = std::string(phase_name(*stored));
    auto text = phase;
    if (const auto* c =
            find(*stored, lifecycle::condition_type::test_completed))
      text += ' ' + c->reason;
    text += ", " + std::to_string(world_.objects.masters().size()) + " masters";
    // A short run, or one that failed, may be over before all exists.
    if (!t.is_long || phase != "Succeeded")
      return text;
    if (const auto* c = find(*stored, lifecycle::condition_type::ready))
      text += ", Ready " + c->reason;
    for (auto child : per_child<bool>::keys())
      text += ", " + std::string(to_string(child)) + " made " +
              std::to_string(world_.objects.times_created()[child]) + " times" +
              (stored->run.children[child].empty() ? ", missing" : "");
    return text;
  }

private:
  void run_until(timestamp when) {
    while (events_ < most_events && world_.time.step(when))
      ++events_;
  }

  bool test_deleted() const {
    return !world_.objects.test_exists() || world_.objects.test().deleting;
  }

  /// Leaves the Lease alone once nothing can happen to it any more.
  void rest() {
    const auto& s = world_.checks.stored();
    bool over = s && std::holds_alternative<lifecycle::ended>(s->at);
    bool settled = over && world_.checks.is_put_right();
    if ((!settled && !test_deleted()) || !world_.is_at_rest()) {
      world_.time.in(looks_for_rest, [this] { rest(); });
      return;
    }
    if (!std::exchange(spoiled_, true) && spoil_the_status()) {
      world_.time.in(looks_for_rest, [this] { rest(); });
      return;
    }
    for (auto& each : world_.replicas)
      each->process()->rest();
  }

  bool spoil_the_status() {
    bool dies = std::any_of(
        world_.replicas.begin(), world_.replicas.end(),
        [](const auto& r) { return r->process()->life().is_about_to_die(); });
    if (dies || test_deleted() || !world_.checks.remembers())
      return false; // a replica that starts believes what it finds
    constexpr person_act ways[] = {person_act::wipe_status,
                                   person_act::force_success,
                                   person_act::edit_status};
    auto way = world_.dice.between(0, 5);
    return way < 3 && world_.objects.act(ways[way]);
  }

  void check_end() {
    invariants::circumstances how;
    how.test_deleted = test_deleted();
    how.undisturbed = calm_;
    how.blind_spots = faults_.blind_spots();
    how.disturbances = faults_.count();
    how.events = &world_.server.events;
    for (const auto& each : world_.replicas)
      how.requests += each->net.requests();
    world_.checks.check_end(how);
    if (how.test_deleted)
      return;
    for (const auto& each : world_.replicas)
      if (each->up() && each->process()->test() != nullptr)
        world_.checks.check_belief(each->name(),
                                   each->process()->test()->core().state());
  }

  std::string outcome() const {
    const auto& s = world_.checks.stored();
    if (!s || !std::holds_alternative<lifecycle::ended>(s->at))
      return "open";
    const auto* c = find(*s, lifecycle::condition_type::test_completed);
    constexpr const char* causes[] = {"completed", "master failed",
                                      "workers failed", "pods failing",
                                      "unknown"};
    auto cause = std::get<lifecycle::ended>(s->at).cause;
    if (world_.checks.unfounded > 0)
      return "unknown, and never was";
    return c == nullptr ? "?" : causes[static_cast<size_t>(cause)];
  }

  bool calm_;
  world world_;
  disturbances faults_;
  size_t events_ = 0;
  bool spoiled_ = false;
};

} // namespace

verdict run_scenario(uint64_t seed, const life_options& options) {
  chance dice(seed);
  chance reports(~seed);
  bool calm = dice.percent(15);
  auto plan = draw_plan(dice, calm);
  draw_report(reports, plan);
  if (!calm)
    plan.master_lies = reports.percent(15);
  auto replicas = draw_replicas(dice, options);
  scenario life(dice.next(), calm, plan, replicas, options);
  if (!calm)
    life.faults().draw_all();
  return life.live(seed);
}

verdict run_retold(uint64_t seed, const life_options& options) {
  constexpr int times = 4;
  chance dice(seed);
  auto t = draw_tale(dice);
  chance reports(~seed);
  draw_report(reports, t.plan);
  verdict sum;
  sum.seed = seed;
  sum.outcome = "retold";
  std::string first;
  for (int i = 0; i < times; ++i) {
    auto replicas = i == 0 ? 1 : draw_replicas(dice, options);
    scenario life(dice.next(), false, t.plan, replicas, options,
                  sum.disturbances);
    if (i > 0)
      life.faults().draw_for_operators(
          replicas > 1 ? known_limits::longest_retold_interruption : 30s);
    if (t.done)
      life.faults().plan_deed(*t.done);
    auto one = life.live(seed);
    auto ending = life.ending(t);
    if (i == 0)
      first = ending;
    else if (ending != first)
      sum.problems.push_back("ended as \"" + ending + "\" instead of \"" +
                             first + '"');
    sum.problems.insert(sum.problems.end(), one.problems.begin(),
                        one.problems.end());
    sum.disturbances = one.disturbances;
    sum.events += one.events;
    sum.status_writes += one.status_writes;
  }
  return sum;
}

} // namespace locust::simulation
