#include "test/simulation/scenario.hpp"

#include "test/simulation/operator_process.hpp"

#include <algorithm>

namespace locust::simulation {

namespace {

constexpr timestamp start_time{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h};

/// By then every run has ended: the longest one, every pause and grace period.
constexpr auto settling_time = 2h;

test_plan draw_plan(chance& dice, bool calm) {
  test_plan plan;
  plan.headless = dice.percent(30);
  plan.ttl = dice.percent(50)   ? std::nullopt
             : dice.percent(50) ? std::optional(0)
                                : std::optional(dice.percent(50) ? 20 : 600);
  plan.run_time =
      dice.percent(70) ? dice.between(2s, 30s) : dice.between(100s, 300s);
  if (dice.percent(30))
    plan.exit_code = dice.percent(50) ? 1 : 2;
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

/// What a person does, and when.
struct deed {
  person_act what = person_act::delete_service;
  duration when{};
};

/// A run that comes to one end however the operator hears of it.
struct tale {
  test_plan plan;
  std::optional<deed> done;
  /// It takes long enough for everything to exist at its end.
  bool is_long = false;
};

tale draw_tale(chance& dice) {
  tale t;
  t.plan = draw_plan(dice, false);
  // A drained pod may be gone before anybody hears of it.
  for (auto* pod : {&t.plan.master, &t.plan.worker})
    if (*pod == fate::drained)
      *pod = fate::evicted;
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

class scenario {
public:
  scenario(uint64_t seed, bool calm, const test_plan& plan, bool verbose)
      : dice_(seed), calm_(calm), time_(start_time), plan_(plan),
        cluster_(time_, dice_, plan_), rules_(verbose, dice_.percent(10)),
        operator_(time_, dice_, cluster_, rules_, settings()) {
    disturbances_ = (plan_.master != fate::runs) +
                    (plan_.worker != fate::runs) + plan_.worker_exit_code;
  }

  /// People and faults do anything to the test and its operator.
  void disturb() {
    disturb_hearing();
    draw_disturbances();
  }

  /// Only the operator is disturbed.
  void disturb_hearing() {
    for (auto kind :
         {watched_kind::services, watched_kind::jobs, watched_kind::pods}) {
      operator_.stream(kind).lag = dice_.percent(70) ? 50ms : 1s;
      operator_.stream(kind).repeats = dice_.percent(50) ? 0 : 30;
    }
    operator_.slowness = dice_.percent(80) ? 50ms : 3s;
    for (int n = dice_.between(0, 2); n > 0; --n)
      at_some_time([this] { restart(); });
    for (int n = dice_.between(0, 3); n > 0; --n)
      at_some_time([this] { interrupt_a_watch(); });
  }

  /// A person does it then, or as soon as there is what it is done to.
  void plan_deed(const deed& d) {
    ++disturbances_;
    time_.at(start_time + d.when, [this, d] { insist_on(d.what); });
  }

  verdict live(uint64_t seed) {
    operator_.start();
    while (time_.step(start_time + disturbed_for_))
      ++events_;
    repair();
    while (time_.step(start_time + disturbed_for_ + settling_time))
      ++events_;
    rules_.check_end(cluster_, operator_, how());
    verdict result;
    result.seed = seed;
    result.problems = rules_.problems;
    result.events = events_;
    result.status_writes = operator_.status_writes();
    result.undisturbed = calm_;
    result.outcome = outcome();
    return result;
  }

  /// All that does not depend on when the operator heard of what.
  std::string ending(const tale& t) const {
    if (!operator_.stored())
      return "nothing";
    const auto& s = *operator_.stored();
    auto phase = std::string(phase_name(s));
    auto text = phase;
    if (const auto* c = find(s, lifecycle::condition_type::test_completed))
      text += ' ' + c->reason;
    text += ", " + std::to_string(cluster_.masters().size()) + " masters";
    // A short run, or one that failed, may be over before all exists.
    if (!t.is_long || phase != "Succeeded")
      return text;
    if (const auto* c = find(s, lifecycle::condition_type::ready))
      text += ", Ready " + c->reason;
    for (auto child : per_child<bool>::keys())
      text += ", " + std::string(to_string(child)) + " made " +
              std::to_string(cluster_.times_created()[child]) + " times" +
              (s.run.children[child].empty() ? ", missing" : "");
    return text;
  }

private:
  supervisor_rules settings() const {
    supervisor_rules made;
    operator_settings settings;
    settings.job_ttl_seconds = plan_.ttl;
    made.settings = std::make_shared<const operator_settings>(settings);
    made.journals = rules_.journal != nullptr;
    return made;
  }

  invariants::circumstances how() {
    invariants::circumstances how;
    how.test_deleted = !cluster_.test_exists() || cluster_.test().deleting;
    how.undisturbed = calm_;
    how.blind_spots = blind_;
    how.disturbances = disturbances_;
    how.plan = &plan_;
    return how;
  }

  std::string outcome() const {
    const auto& s = operator_.stored();
    if (!s || !std::holds_alternative<lifecycle::ended>(s->at))
      return "open";
    const auto* c = find(*s, lifecycle::condition_type::test_completed);
    constexpr const char* causes[] = {"completed", "master failed",
                                      "workers failed", "pods failing",
                                      "unknown"};
    auto cause = std::get<lifecycle::ended>(s->at).cause;
    if (rules_.unfounded > 0)
      return "unknown, and never was";
    return c == nullptr ? "?" : causes[static_cast<size_t>(cause)];
  }

  timestamp some_time() {
    // Most things happen while the run comes to be or ends.
    auto until = dice_.percent(60) ? duration(10s) : duration(disturbed_for_);
    return start_time + dice_.between(duration(0), until);
  }

  void at_some_time(std::function<void()> what) {
    time_.at(some_time(), [this, what = std::move(what)] {
      ++disturbances_;
      what();
    });
  }

  bool carry_out(person_act act) {
    if (!cluster_.act(act))
      return false;
    rules_.log(time_.now(),
               "--- a person: " + std::to_string(static_cast<int>(act)));
    return true;
  }

  void insist_on(person_act act) {
    if (!carry_out(act))
      time_.in(1s, [this, act] { insist_on(act); });
  }

  void draw_disturbances() {
    for (int n = dice_.between(0, 3); n > 0; --n)
      at_some_time([this, act = static_cast<person_act>(dice_.between(
                              0, person_acts - 1))] { carry_out(act); });
    if (dice_.percent(25))
      at_some_time([this] { cut_the_network(); });
    if (dice_.percent(20))
      at_some_time([this] { lose_answers(); });
    if (dice_.percent(15))
      at_some_time([this] { forbid_jobs(); });
    if (dice_.percent(15))
      at_some_time([this] { forbid_pods(); });
    if (dice_.percent(5)) {
      ++disturbances_;
      cluster_.leave_leftovers(dice_.between(1s, 20s));
    }
    if (dice_.percent(5))
      at_some_time([this] { cluster_.delete_test(dice_.percent(50)); });
  }

  void restart() {
    if (!operator_.up())
      return;
    blind_ = true;
    operator_.crash();
    if (dice_.percent(20))
      operator_.lose_history();
    time_.in(dice_.between(1s, 60s), [this] {
      rules_.log(time_.now(), "--- the operator starts");
      if (cluster_.test_exists() && !operator_.up())
        operator_.start();
    });
  }

  void interrupt_a_watch() {
    blind_ = true;
    auto kind = static_cast<watched_kind>(dice_.between(1, 5));
    operator_.stream(kind).interrupt();
    auto back = dice_.between(1s, 30s);
    bool lists = dice_.percent(60);
    time_.in(back, [this, kind, lists] {
      rules_.log(time_.now(), "--- a watch is back");
      operator_.stream(kind).reopen(lists);
    });
  }

  void cut_the_network() {
    blind_ = true;
    rules_.log(time_.now(), "--- no network");
    operator_.net.down = true;
    for (size_t i = 0; i < watched_kind_count; ++i)
      operator_.stream(static_cast<watched_kind>(i)).interrupt();
    time_.in(dice_.between(100ms, 90s), [this] {
      rules_.log(time_.now(), "--- network");
      operator_.net.down = false;
      for (size_t i = 0; i < watched_kind_count; ++i)
        time_.in(dice_.between(0ms, 30s), [this, i, lists = dice_.percent(40)] {
          operator_.stream(static_cast<watched_kind>(i)).reopen(lists);
        });
    });
  }

  void lose_answers() {
    blind_ = true;
    rules_.log(time_.now(), "--- answers get lost");
    operator_.net.lost = 40;
    operator_.net.turned_away = 20;
    time_.in(dice_.between(1s, 30s), [this] {
      rules_.log(time_.now(), "--- answers come again");
      operator_.net.lost = operator_.net.turned_away = 0;
    });
  }

  void forbid_jobs() {
    rules_.log(time_.now(), "--- no Jobs allowed");
    cluster_.jobs_allowed = false;
    time_.in(dice_.between(1s, 60s), [this] { cluster_.jobs_allowed = true; });
  }

  void forbid_pods() {
    rules_.log(time_.now(), "--- no pods allowed");
    cluster_.pods_allowed = false;
    time_.in(dice_.between(1s, 60s), [this] { cluster_.pods_allowed = true; });
  }

  /// From here on nothing is in the way of an end.
  void repair() {
    rules_.log(time_.now(), "--- everything is repaired");
    operator_.net = {};
    cluster_.jobs_allowed = cluster_.pods_allowed = true;
    cluster_.act(person_act::remove_foreign_service);
  }

  chance dice_;
  bool calm_;
  timeline time_;
  test_plan plan_;
  cluster cluster_;
  invariants rules_;
  operator_process operator_;
  duration disturbed_for_ = 150s;
  bool blind_ = false;
  int disturbances_ = 0;
  size_t events_ = 0;
};

} // namespace

verdict run_scenario(uint64_t seed, bool verbose) {
  chance dice(seed);
  bool calm = dice.percent(15);
  auto plan = draw_plan(dice, calm);
  scenario life(dice.next(), calm, plan, verbose);
  if (!calm)
    life.disturb();
  return life.live(seed);
}

verdict run_retold(uint64_t seed, bool verbose) {
  constexpr int times = 4;
  chance dice(seed);
  auto t = draw_tale(dice);
  verdict sum;
  sum.seed = seed;
  sum.outcome = "retold";
  std::string first;
  for (int i = 0; i < times; ++i) {
    scenario life(dice.next(), false, t.plan, verbose);
    if (i > 0)
      life.disturb_hearing();
    if (t.done)
      life.plan_deed(*t.done);
    auto one = life.live(seed);
    auto ending = life.ending(t);
    if (i == 0)
      first = ending;
    else if (ending != first)
      sum.problems.push_back("ended as \"" + ending + "\" instead of \"" +
                             first + '"');
    sum.problems.insert(sum.problems.end(), one.problems.begin(),
                        one.problems.end());
    sum.events += one.events;
    sum.status_writes += one.status_writes;
  }
  return sum;
}

} // namespace locust::simulation
