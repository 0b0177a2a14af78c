#include "actors/api_client/find_access.hpp"
#include "actors/configuration/configuration.hpp"
#include "actors/configuration/documentation.hpp"
#include "actors/leader/leader_actor.hpp"
#include "actors/logging/line_formatter.hpp"
#include "actors/operator/election_settings.hpp"
#include "actors/operator/operator_actor.hpp"
#include "actors/operator/options.hpp"
#include "actors/operator/servers.hpp"
#include "actors/version/version.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

// Options, wiring, signals.

namespace {

using namespace locust;

constexpr int configuration_error = 1;

/// The exit code of the Go operator for an unknown flag or a bad value.
constexpr int usage_error = 2;

/// Threads of CAF's scheduler. With two, almost every message wakes the other
/// thread (docs/adr/0013-one-scheduler-thread.md).
constexpr size_t scheduler_threads = 1;

/// Messages that an actor handles before it yields to others.
constexpr size_t fair_share = 100;

/// Blocks SIGINT and SIGTERM in this thread and in all that it starts later, so
/// that only `wait_for_signal` gets them.
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

/// From the first signal to the end of the process.
constexpr timespec stop_limit{4, 800'000'000};

/// A second signal ends the process at once
/// (docs/behaviour/process.md#signals).
void exit_on_next_signal(const sigset_t& set) {
  std::thread([set] {
    if (sigtimedwait(&set, nullptr, &stop_limit) < 0)
      spdlog::error("shutdown timed out; exiting now");
    std::_Exit(EXIT_FAILURE);
  }).detach();
}

std::atomic<bool> given_up = false;

/// An actor cannot do its work: shut down in order, with a failure exit code.
void give_up() {
  given_up = true;
  kill(getpid(), SIGTERM);
}

/// Another replica may lead by now and would adopt whatever we still write.
void end_without_lease(const std::string& why) {
  spdlog::error("leader election lost, exiting: {}", why);
  std::_Exit(EXIT_FAILURE);
}

caf::actor_system_config& tune(caf::actor_system_config& config) {
  // The policy "sharing" sleeps when idle; "stealing" polls.
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", scheduler_threads);
  config.set("scheduler.max-throughput", fair_share);
  return config;
}

int run(operator_setup setup, const sigset_t& signals) {
  auto outlives_the_actors = setup.metrics;
  caf::actor_system_config config;
  caf::actor_system system(tune(config));
  auto root = spawn_operator(system, std::move(setup));
  wait_for_signal(signals);
  exit_on_next_signal(signals);
  caf::scoped_actor self(system);
  bool clean = false;
  self->request(root, caf::infinite, stop_request{})
      .receive([&](bool all) { clean = all; },
               [](caf::error&) { spdlog::error("the actors did not stop"); });
  if (!clean)
    spdlog::warn("shutdown was incomplete: some writes may be lost");
  return given_up ? EXIT_FAILURE : EXIT_SUCCESS;
}

/// Starts the probes early: they answer before there is a certificate, a
/// connection to the API server, or a list of any objects.
result<gateway_setup>
start_gateway(const operator_options& options,
              std::shared_ptr<const operator_settings> settings,
              std::shared_ptr<const metrics_registry> metrics) {
  gateway_setup gateway;
  if (metrics)
    gateway.metrics = metrics->handles().certificates;
  auto servers = servers_of(options, std::move(settings), std::move(metrics));
  if (!servers)
    return gateway;
  auto started = http_server::start(std::move(*servers));
  if (!started)
    return tl::unexpected(started.error());
  gateway.server = std::move(*started);
  gateway.files = files_of(options);
  gateway.makes_metrics_certificate =
      makes_metrics_certificate(options.metrics);
  gateway.give_up = give_up;
  return gateway;
}

/// The result of reading the configuration and the kubeconfig.
struct start {
  configuration config;
  result<cluster_access> access;
  std::optional<election_settings> election;
};

void read_election(start& all) {
  const auto& options = all.config.options.election;
  if (!options.enabled || !all.access)
    return;
  std::optional<std::string> pod_namespace;
  if (all.access->origin == in_cluster)
    pod_namespace = all.access->default_namespace;
  auto settings = make_identity().and_then([&](const std::string& identity) {
    return election_settings_of(options, pod_namespace, identity);
  });
  if (settings)
    all.election = std::move(*settings);
  else
    all.config.errors.push_back(settings.error());
}

start read_everything(const parsed_options& parsed) {
  auto config =
      read_configuration(parsed.options, parsed.given, process_environment);
  auto wanted = access_options_from_environment();
  wanted.kubeconfig_flag = config.options.kubeconfig;
  wanted.context_flag = config.options.context;
  auto access = find_cluster_access(wanted);
  if (!access)
    config.errors.push_back(access.error());
  start all{std::move(config), std::move(access), {}};
  read_election(all);
  return all;
}

int end_with_usage(const parsed_options& parsed, const configuration& config) {
  std::cerr << help_text() << '\n';
  for (const auto& sentence : parsed.problems)
    std::cerr << sentence << '\n';
  for (const auto& bad : config.errors)
    std::cerr << bad.message << '\n';
  return usage_error;
}

int end_with_errors(const std::vector<error>& errors) {
  // At any log level: these lines say why the process ended.
  spdlog::set_level(spdlog::level::err);
  for (const auto& bad : errors)
    spdlog::error("{}", bad.message);
  return configuration_error;
}

/// Pods can be reached from pods; from anywhere else, only the API server can.
master_access access_to_masters(const std::string& wanted, bool in_a_pod) {
  if (wanted == "off")
    return master_access::off;
  bool proxy = wanted == "proxy" || (wanted == "auto" && !in_a_pod);
  return proxy ? master_access::proxy : master_access::direct;
}

void print(const start& ready) {
  std::cout << report_text(ready.config.report);
  if (ready.access)
    std::cout << "# cluster: " << ready.access->server << ", "
              << ready.access->origin << '\n';
  std::cout.flush(); // before errors, which go to stderr
}

} // namespace

int main(int argc, char** argv) {
  // Few threads with small allocations: more arenas would waste memory.
  mallopt(M_ARENA_MAX, 2); // NOLINT(concurrency-mt-unsafe): no thread yet
  auto parsed = parse_options(argc, argv);
  if (parsed.answer) {
    std::cout << *parsed.answer;
    return EXIT_SUCCESS;
  }
  auto ready = read_everything(parsed);
  auto& [config, access, election] = ready;
  if (!parsed.problems.empty())
    return end_with_usage(parsed, config);
  set_up_log(logs_json(config.options.log) ? log_format::json
                                           : log_format::plain,
             log_level(config.options.log));
  for (const auto& warning : config.warnings)
    spdlog::warn("{}", warning);
  if (config.options.print_configuration)
    print(ready);
  if (!config.errors.empty())
    return end_with_errors(config.errors);
  if (config.options.print_configuration)
    return EXIT_SUCCESS;
  std::signal(SIGPIPE, SIG_IGN);
  auto signals = block_stop_signals();
  spdlog::info("{} for {}", version_line(), access->server);
  if (!config.options.namespaces.empty())
    spdlog::info("watching LocustTests in these namespaces only: {}",
                 fmt::join(config.options.namespaces, ", "));
  operator_setup setup;
  setup.settings = std::make_shared<const operator_settings>(config.settings);
  auto counted = metrics_of(config.options, access->server, scheduler_threads);
  if (counted)
    setup.metrics = std::make_shared<const metrics_registry>(*counted);
  setup.guards_metrics = counted && config.options.metrics.secure;
  auto gateway = start_gateway(config.options, setup.settings, setup.metrics);
  if (!gateway)
    return end_with_errors({gateway.error()});
  setup.gateway = std::move(*gateway);
  setup.certificates =
      certificates_of(config.options.webhook, access->default_namespace);
  setup.access_to_masters = access_to_masters(config.options.master_access,
                                              access->origin == in_cluster);
  setup.access = std::move(*access);
  setup.journal_path = config.options.journal;
  setup.suspends_after_end = config.options.after_end == "suspend";
  setup.live_status_qps = config.options.live_status_qps;
  setup.keeps_reports = config.options.reports == "on";
  setup.namespaces = config.options.namespaces;
  setup.election = std::move(election);
  setup.lease_lost = end_without_lease;
  setup.actor_lost = give_up;
  setup.seed = std::random_device{}();
  return run(std::move(setup), signals);
}
