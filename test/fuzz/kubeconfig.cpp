#include "actors/api_client/kubeconfig.hpp"

#include "test/fuzz/fuzz.hpp"

// Parses a kubeconfig and resolves all of its contexts.

using namespace locust;

namespace {

const std::string file = "/etc/kube/config";

void check_pem(const pem_source& source) {
  fuzz::check(source.pem.empty() || source.path.empty(),
              "a PEM is either a path or a text");
  fuzz::check(source.path.empty() || source.path.starts_with('/'),
              "paths are absolute: " + source.path);
}

void check_access(const cluster_access& access) {
  auto url = parse_server_url(access.server);
  fuzz::check(url && url->to_string() == access.server,
              "the server URL is normalized: " + access.server);
  check_pem(access.ca);
  check_pem(access.client_certificate);
  check_pem(access.client_key);
  fuzz::check(access.client_certificate.empty() == access.client_key.empty(),
              "certificate and key are set together");
  fuzz::check(!access.default_namespace.empty(), "the namespace is set");
  if (const auto* plugin = std::get_if<exec_plugin>(&access.token))
    fuzz::check(!plugin->command.empty(), "a plugin has a command");
}

void try_context(const kubeconfig& config, const std::string& context) {
  auto access = resolve(config, context);
  if (!access) {
    fuzz::check_sentence(access.error().message, "kubeconfig ");
    return;
  }
  check_access(*access);
  kubeconfig merged;
  merge(merged, config);
  merge(merged, config);
  fuzz::check(resolve(merged, context) == access,
              "a file that is listed twice has no effect");
}

} // namespace

void fuzz::try_input(std::string_view text) {
  auto config = parse_kubeconfig(text, file);
  if (!config) {
    fuzz::check_sentence(config.error().message, "kubeconfig " + file);
    return;
  }
  try_context(*config, "");
  for (const auto& [name, entry] : config->contexts)
    try_context(*config, name);
}
