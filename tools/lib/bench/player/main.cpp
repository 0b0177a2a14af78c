#include "actors/api_client/find_access.hpp"
#include "tools/lib/bench/player/client.hpp"
#include "tools/lib/bench/player/plan.hpp"
#include "tools/lib/bench/player/scenes.hpp"

#include <array>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

// Plays one scene of tools/bench: reads a plan from standard input, writes the
// result to standard output. Exit code 1 with a sentence on standard error.

namespace {

using namespace locust;

struct scene {
  std::string_view command;
  std::string (*play)(const bench::plan&, const cluster_access&);
};

constexpr auto scenes = std::to_array<scene>({
    {"burst", bench::play_burst},
    {"create", bench::play_create},
    {"failures", bench::play_failures},
    {"latency", bench::play_latency},
    {"lives", bench::play_lives},
    {"objects", bench::play_objects},
    {"population", bench::play_population},
    {"running", bench::play_running},
    {"steady", bench::play_steady},
    {"workers", bench::play_workers},
});

std::string play(const bench::plan& what) {
  access_options options;
  options.kubeconfig_flag = what.kubeconfig;
  auto access = find_cluster_access(options);
  if (!access)
    throw bench::failure(access.error().message);
  for (const auto& one : scenes)
    if (one.command == what.command)
      return one.play(what, *access);
  throw bench::failure("the plan has the unknown command '" + what.command +
                       '\'');
}

} // namespace

int main() {
  std::string text(std::istreambuf_iterator<char>(std::cin), {});
  try {
    auto what = bench::read_plan(text);
    if (!what)
      throw bench::failure(what.error().message);
    std::cout << play(*what) << '\n';
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
  return 0;
}
