#include "actors/operator/options.hpp"

#include <CLI/CLI.hpp>

#include <map>

namespace locust {

namespace {

/// Exit code of the reference operator for an unknown flag or a bad value.
constexpr int usage_error = 2;

/// The reference's words, and spdlog's for the same.
const std::map<std::string, std::string> log_levels = {{"debug", "debug"},
                                                       {"info", "info"},
                                                       {"error", "error"},
                                                       {"panic", "critical"}};

} // namespace

parsed_options parse_options(int argc, const char* const* argv) {
  parsed_options parsed;
  auto& options = parsed.options;
  CLI::App app("Runs Locust load tests in Kubernetes: one LocustTest, one run.",
               "locust-operator");
  app.set_version_flag("--version", LOCUST_OPERATOR_VERSION);
  app.add_option("--kubeconfig", options.kubeconfig,
                 "Path of a kubeconfig; without it KUBECONFIG, then the "
                 "service account of the pod, then ~/.kube/config is used")
      ->type_name("FILE");
  app.add_option("--context", options.context, "Context in the kubeconfig")
      ->type_name("NAME");
  app.add_option("--journal", options.journal,
                 "Append every event of every test to this file as JSON lines")
      ->type_name("FILE");
  app.add_option("--zap-log-level", options.log_level,
                 "How much to log: debug, info, error or panic")
      ->transform(CLI::CheckedTransformer(log_levels))
      ->type_name("LEVEL")
      ->default_str("info");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    parsed.exit_code = app.exit(failure) == 0 ? 0 : usage_error;
  }
  return parsed;
}

} // namespace locust
