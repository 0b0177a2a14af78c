#include "test/simulation/scenario.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <map>
#include <optional>
#include <random>

using namespace locust::simulation;

namespace {

/// Problems that are shown in full; one is usually the cause of many.
constexpr size_t shown_limit = 10;

struct sum {
  uint64_t sequences = 0;
  uint64_t failures = 0;
  uint64_t events = 0;
  uint64_t writes = 0;
  int most_writes_undisturbed = 0;
  std::map<std::string, uint64_t> outcomes;

  void add(const verdict& v) {
    ++sequences;
    events += v.events;
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
  std::optional<size_t> replicas;
  app.add_option("--lives", lives, "How many, with a seed each");
  app.add_option("--first", first, "The first seed; without, a random one");
  app.add_option("--seed", seed, "Only this one");
  app.add_option("--replicas", replicas,
                 "Replicas of the operator; without, one to three")
      ->check(CLI::Range(1, 9));
  app.add_flag("--steps", steps, "Print every step");
  app.add_flag("--retold", retold,
               "Each life several times, heard of in other ways: same end?");
  CLI11_PARSE(app, argc, argv);
  if (seed)
    lives = 1;
  auto from = seed    ? *seed
              : first ? *first
                      : static_cast<uint64_t>(std::random_device{}()) * 10'000;
  std::cout << "seeds " << from << " to " << from + lives - 1 << '\n';
  auto begin = std::chrono::steady_clock::now();
  sum all;
  life_options options{steps, replicas};
  for (auto n = from; n < from + lives; ++n)
    all.add(retold ? run_retold(n, options) : run_scenario(n, options));
  print(all, std::chrono::steady_clock::now() - begin);
  return all.failures == 0 ? 0 : 1;
}
