#include "test/simulation/coverage.hpp"
#include "test/simulation/crowd.hpp"
#include "test/simulation/scenario.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace locust::simulation;

namespace {

/// Problems that are shown in full; one is usually the cause of many.
constexpr size_t shown_limit = 10;

struct sum {
  uint64_t sequences = 0;
  uint64_t failures = 0;
  uint64_t events = 0;
  uint64_t writes = 0;
  size_t disturbances = 0;
  int most_writes_undisturbed = 0;
  std::map<std::string, uint64_t> outcomes;

  void add(const verdict& v) {
    ++sequences;
    events += v.events;
    disturbances += v.disturbances;
    writes += static_cast<uint64_t>(v.status_writes);
    if (v.undisturbed)
      most_writes_undisturbed =
          std::max(most_writes_undisturbed, v.status_writes);
    ++outcomes[v.outcome];
    if (v.problems.empty())
      return;
    if (failures++ < shown_limit)
      for (const auto& problem : v.problems)
        std::cout << "seed " << v.seed << ": " << problem << '\n';
  }
};

void print(const sum& s, std::chrono::duration<double> took) {
  std::cout << s.sequences << " lives, " << s.events << " events, " << s.writes
            << " status writes (at most " << s.most_writes_undisturbed
            << " in an undisturbed life) in " << took.count() << " s, "
            << static_cast<uint64_t>(60 * static_cast<double>(s.sequences) /
                                     took.count())
            << " lives a minute\n";
  for (const auto& [outcome, n] : s.outcomes)
    std::cout << "  " << outcome << ": " << n << '\n';
  if (s.failures > 0)
    std::cout << s.failures << " lives broke a rule; see one with --seed N "
              << "--steps\n";
  if (s.sequences == 1)
    std::cout << s.disturbances << " disturbances were drawn\n";
}

/// A rule that is there to be broken.
void forbid(const std::vector<std::string>& what,
            const std::set<std::string>& met, verdict& life) {
  if (!what.empty() &&
      std::all_of(what.begin(), what.end(),
                  [&](const auto& each) { return met.contains(each); }))
    life.problems.emplace_back("the life met what is forbidden");
}

/// Returns whether there is no gap.
bool print(const coverage& met) {
  met.print(std::cout);
  auto gaps = met.gaps();
  for (const auto& gap : gaps)
    std::cout << gap << '\n';
  return gaps.empty();
}

/// How much the CPU per test may grow from the smallest crowd to the largest.
/// It should not grow at all, but a process that has just begun, and other
/// programs on the machine, have a share in it.
constexpr double most_growth = 3;

void print(const crowd_cost& cost) {
  auto per_test = [&](size_t n) {
    return static_cast<double>(n) / static_cast<double>(cost.tests);
  };
  std::cout << std::fixed << std::setprecision(2) << std::setw(7) << cost.tests
            << " tests at once: " << cost.cpu_per_test()
            << " ms of CPU per test, " << per_test(cost.inputs)
            << " inputs, requests: " << per_test(cost.creations)
            << " creations, " << per_test(cost.status_writes)
            << " status writes of "
            << cost.status_bytes / std::max<size_t>(cost.status_writes, 1)
            << " bytes, " << per_test(cost.events)
            << " Events; half of them complete after " << cost.half_after
            << " s, all after " << cost.all_after << " s\n";
}

/// Returns whether all went well, and the cost per test did not grow.
bool run_crowds(size_t most, uint64_t seed) {
  std::optional<double> first;
  double last = 0;
  bool well = true;
  for (size_t tests = std::min<size_t>(100, most);;
       tests = std::min(tests * 10, most)) {
    auto cost = run_crowd(tests, seed);
    print(cost);
    for (size_t i = 0; i < std::min(cost.problems.size(), shown_limit); ++i)
      std::cout << "  " << cost.problems[i] << '\n';
    well = well && cost.problems.empty();
    last = cost.cpu_per_test();
    first = first.value_or(last);
    if (tests == most)
      break;
  }
  std::cout << "growth of the CPU per test: " << last / *first << '\n';
  return well && last <= most_growth * *first;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Lives of LocustTests in a simulated cluster with faults and "
               "people.");
  uint64_t lives = 10'000;
  std::optional<uint64_t> seed;
  std::optional<uint64_t> first;
  bool steps = false;
  bool retold = false;
  bool until_broken = false;
  bool covers = false;
  std::vector<size_t> left_out;
  std::vector<std::string> forbidden;
  std::optional<size_t> replicas;
  std::optional<size_t> at_once;
  app.add_option("--lives", lives, "How many, with a seed each");
  app.add_option("--first", first, "The first seed; without, a random one");
  app.add_option("--seed", seed, "Only this one");
  app.add_option("--replicas", replicas,
                 "Replicas of the operator; without, one to three")
      ->check(CLI::Range(1, 9));
  app.add_flag("--steps", steps, "Print every step");
  app.add_flag("--retold", retold,
               "Each life several times, heard of in other ways: same end?");
  app.add_flag("--until-broken", until_broken,
               "End with the first life that breaks a rule");
  app.add_flag("--coverage", covers,
               "Show which disturbances met which states of the run; fail if "
               "one never met a state in which it is possible");
  app.add_option("--leave-out", left_out,
                 "Numbers of disturbances that do not happen, with commas")
      ->delimiter(',');
  app.add_option("--forbid", forbidden,
                 "A life that meets all of these disturbances of the coverage "
                 "breaks a rule: finds one, and tries out tools/soak");
  app.add_option("--at-once", at_once,
                 "Crowds of 100, 1,000, ... and this many tests, which one "
                 "leader lives through at once: CPU per test")
      ->check(CLI::Range(1, 1'000'000));
  CLI11_PARSE(app, argc, argv);
  if (at_once)
    return run_crowds(*at_once, first.value_or(1)) ? 0 : 1;
  if (seed)
    lives = 1;
  auto from = seed    ? *seed
              : first ? *first
                      : static_cast<uint64_t>(std::random_device{}()) * 10'000;
  std::cout << "seeds " << from << " to " << from + lives - 1 << '\n';
  auto begin = std::chrono::steady_clock::now();
  sum all;
  coverage met;
  life_options options{
      steps, replicas, {left_out.begin(), left_out.end()}, &met};
  for (auto n = from; n < from + lives; ++n) {
    auto life = retold ? run_retold(n, options) : run_scenario(n, options);
    forbid(forbidden, met.take_met(), life);
    all.add(life);
    if (until_broken && all.failures > 0)
      break;
  }
  print(all, std::chrono::steady_clock::now() - begin);
  bool covered = !covers || print(met);
  return all.failures == 0 && covered ? 0 : 1;
}
