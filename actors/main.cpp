#include "actors/api_client/find_access.hpp"
#include "actors/configuration/environment.hpp"
#include "actors/configuration/flags.hpp"
#include "actors/operator/operator_actor.hpp"
#include "actors/operator/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <malloc.h>

#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

// Options, wiring, signals.

namespace {

using namespace locust;

constexpr int configuration_error = 1;

/// Workers of CAF's scheduler. Events are small and the network has a thread of
/// its own, so two keep both cores of a small machine busy.
constexpr size_t scheduler_threads = 2;

/// Messages an actor handles before others get their turn.
constexpr size_t fair_share = 100;

void set_up_logging(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("locust-operator"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  spdlog::set_level(spdlog::level::from_str(level));
  spdlog::flush_on(spdlog::level::trace);
}

/// SIGINT and SIGTERM, blocked in every thread that is started after this, so
/// that only `wait_for_signal` sees them.
sigset_t block_stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

int wait_for_signal(const sigset_t& set) {
  int signal = 0;
  sigwait(&set, &signal);
  return signal;
}

/// A second signal ends the process at once (configuration contract).
void exit_on_next_signal(const sigset_t& set) {
  std::thread([set] {
    wait_for_signal(set);
    std::_Exit(EXIT_FAILURE);
  }).detach();
}

caf::actor_system_config& tune(caf::actor_system_config& config) {
  // "sharing" sleeps when there is nothing to do; "stealing" polls.
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", scheduler_threads);
  config.set("scheduler.max-throughput", fair_share);
  return config;
}

int run(operator_setup setup, const sigset_t& signals) {
  caf::actor_system_config config;
  caf::actor_system system(tune(config));
  auto root = spawn_operator(system, std::move(setup));
  wait_for_signal(signals);
  exit_on_next_signal(signals);
  caf::scoped_actor self(system);
  bool clean = false;
  self->request(root, 2 * stop_patience, stop_request{})
      .receive([&](bool all) { clean = all; },
               [](caf::error&) { spdlog::error("the actors did not stop"); });
  if (!clean)
    spdlog::warn("stopped in a hurry");
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  // Small allocations from few threads: more arenas would only spread them.
  mallopt(M_ARENA_MAX, 2);
  auto parsed = parse_options(argc, argv);
  if (parsed.exit_code)
    return *parsed.exit_code;
  const auto& options = parsed.options;
  set_up_logging(log_level(options.log));
  for (const auto& wish : unmet_wishes(options))
    spdlog::warn("{}", wish);
  std::signal(SIGPIPE, SIG_IGN);
  auto signals = block_stop_signals();
  auto environment = read_environment(process_environment);
  for (const auto& warning : environment.warnings)
    spdlog::warn("{}", warning);
  auto wanted = access_options_from_environment();
  wanted.kubeconfig_flag = options.kubeconfig;
  wanted.context_flag = options.context;
  auto access = find_cluster_access(wanted);
  for (const auto& bad : environment.errors)
    spdlog::error("{}", bad.message);
  if (!access)
    spdlog::error("{}", access.error().message);
  if (!access || !environment.errors.empty())
    return configuration_error;
  spdlog::info("locust-operator {} for {}", LOCUST_OPERATOR_VERSION,
               access->server);
  operator_setup setup;
  setup.access = std::move(*access);
  setup.settings =
      std::make_shared<const operator_settings>(environment.settings);
  setup.journal_path = options.journal;
  setup.seed = std::random_device{}();
  return run(std::move(setup), signals);
}
