#include "test/simulation/plans.hpp"

#include <string>

namespace locust::simulation {

namespace {

/// The longest name that a LocustTest may have: those of its Jobs are labels of
/// pods, which end at 63 characters.
constexpr int longest_name = 56;

/// From here on the API server shortens the names of pods.
constexpr int first_shortened = 51;

std::string draw_name(chance& dice) {
  std::string name = "load";
  if (dice.percent(20))
    name.resize(
        static_cast<size_t>(dice.between(first_shortened, longest_name)), 'x');
  return name;
}

} // namespace

std::string_view name_of(person_act act) {
  constexpr std::string_view names[] = {"delete the Service",
                                        "delete the master Job",
                                        "delete the worker Job",
                                        "delete the master Job in foreground",
                                        "delete the worker Job in foreground",
                                        "delete the master pod",
                                        "delete a worker pod",
                                        "edit the spec",
                                        "edit the spec back",
                                        "make a foreign Service",
                                        "remove the foreign Service",
                                        "add a condition",
                                        "edit the status",
                                        "suspend the master",
                                        "suspend the workers",
                                        "resume the Jobs",
                                        "wipe the status",
                                        "write a success into the status"};
  return names[static_cast<size_t>(act)];
}

test_plan draw_plan(chance& dice, bool calm) {
  test_plan plan;
  plan.name = draw_name(dice);
  plan.headless = dice.percent(30);
  plan.hides_headless = plan.headless && dice.percent(30);
  plan.ttl = dice.percent(50)   ? std::nullopt
             : dice.percent(50) ? std::optional(0)
                                : std::optional(dice.percent(50) ? 20 : 600);
  plan.run_time =
      dice.percent(70) ? dice.between(2s, 30s) : dice.between(100s, 300s);
  if (dice.percent(30))
    plan.exit_code = dice.percent(50) ? 1 : 2;
  if (dice.percent(30))
    plan.others = static_cast<company>(dice.between(1, companies - 1));
  if (dice.percent(10))
    plan.queued_for = dice.between(100ms, 60s);
  if (calm)
    return plan;
  if (dice.percent(10))
    plan.worker_exit_code = 1;
  auto trouble = [&] {
    return dice.percent(85) ? fate::runs
                            : static_cast<fate>(dice.between(1, fates - 1));
  };
  plan.master = trouble();
  plan.worker = trouble();
  if (dice.percent(50))
    plan.heals_after = dice.between(1s, 200s);
  return plan;
}

void draw_report(chance& dice, test_plan& plan) {
  if (dice.percent(60))
    plan.stays = dice.between(1s, 20s);
  plan.report_name_taken = dice.percent(20);
}

tale draw_tale(chance& dice) {
  tale t;
  t.plan = draw_plan(dice, false);
  // A drained pod may be gone before anybody hears of it.
  for (auto* pod : {&t.plan.master, &t.plan.worker})
    if (*pod == fate::drained)
      *pod = fate::evicted;
  // One that crashes before all pods have started may have made no load.
  t.plan.crashes_after = 8s;
  // Which of two troubles comes first is not certain.
  if (t.plan.worker != fate::runs)
    t.plan.master = fate::runs;
  bool troubled = t.plan.worker != fate::runs || t.plan.master != fate::runs;
  if (!troubled && dice.percent(40))
    t.done = deed{static_cast<person_act>(dice.between(
                      0, static_cast<int>(person_act::delete_workers))),
                  dice.between(8s, 40s)};
  t.is_long = troubled || t.done || dice.percent(50);
  t.plan.run_time =
      t.is_long ? dice.between(200s, 300s) : dice.between(2s, 30s);
  if (t.plan.heals_after) // well before the grace ends
    t.plan.heals_after = dice.between(1s, 30s);
  // What a TTL removes unseen may have ended or been deleted.
  if (t.plan.ttl)
    t.plan.ttl = t.done ? std::nullopt : std::optional(3600);
  return t;
}

} // namespace locust::simulation
