#include "actors/operator/servers.hpp"

#include "actors/admission/admission_review.hpp"
#include "actors/conversion/conversion_review.hpp"
#include "actors/leader/lease.hpp"
#include "actors/version/version.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

namespace locust {

namespace {

/// The limit of the Go operator. etcd limits an object to 1.5 MiB.
constexpr uint64_t admission_limit = uint64_t{7} << 20;

/// One review converts a list of objects. This is enough for 3,000 with a full
/// history (10 KiB each); clients that page, such as kubectl, request 500 at a
/// time.
constexpr uint64_t conversion_limit = uint64_t{32} << 20;

/// Bytes of all bodies. A conversion needs five times the size of its body, one
/// at a time is computed, and the container has 256 MiB
/// (docs/behaviour/process.md#webhook-server). Admission is not delayed by it:
/// its reviews have a budget of their own, usually some 10 KiB each.
constexpr uint64_t admission_budget = uint64_t{8} << 20;
constexpr uint64_t conversion_budget = conversion_limit;

/// For metrics; for webhooks there is a flag.
constexpr std::chrono::minutes certificate_wait{2};

std::vector<webhook>
webhooks_with(std::shared_ptr<const operator_settings> settings,
              const operator_metrics& metrics) {
  return {
      {"/validate-locust-io-v2-locusttest", admission_limit, admission_budget,
       false,
       [settings = std::move(settings)](const http_request& request) {
         return answer_admission_review(request.body, *settings);
       },
       metrics.validation},
      {"/convert", conversion_limit, conversion_budget, true,
       [](const http_request& request) {
         return answer_conversion_review(request.body);
       },
       metrics.conversion},
  };
}

certificate_place place_of(const certificate_files& files, std::string use,
                           std::string alternative,
                           std::chrono::nanoseconds wait) {
  return {files.path + "/" + files.name, files.path + "/" + files.key,
          std::move(use), std::move(alternative), wait};
}

} // namespace

std::optional<http_server_setup>
servers_of(const operator_options& options,
           std::shared_ptr<const operator_settings> settings,
           std::shared_ptr<const metrics_registry> metrics) {
  http_server_setup setup;
  setup.probes = options.probes;
  setup.caches = "waiting for the initial lists";
  if (options.webhook.enabled) {
    setup.webhooks = options.webhook.address;
    setup.hooks = webhooks_with(
        std::move(settings), metrics ? metrics->handles() : operator_metrics{});
  }
  if (options.metrics.address && metrics)
    setup.metrics =
        metrics_server{*options.metrics.address, options.metrics.secure,
                       [metrics = std::move(metrics)] {
                         return metrics->text();
                       }};
  if (!setup.probes && !setup.webhooks && !setup.metrics)
    return std::nullopt;
  return setup;
}

std::vector<followed_files> files_of(const operator_options& options) {
  const auto& [webhook, metrics] = std::tie(options.webhook, options.metrics);
  std::vector<followed_files> all;
  if (webhook.enabled && !webhook.certificate.path.empty())
    all.push_back({tls_server::webhooks,
                   place_of(webhook.certificate, "webhook",
                            "or set --webhook-self-managed-certs instead",
                            webhook.certificate_wait)});
  if (metrics.address && metrics.secure && !metrics.certificate.path.empty())
    all.push_back({tls_server::metrics,
                   place_of(metrics.certificate, "metrics",
                            "or omit --metrics-cert-path to use a self-signed "
                            "certificate",
                            certificate_wait)});
  return all;
}

bool makes_metrics_certificate(const metrics_options& metrics) {
  return metrics.address && metrics.secure && metrics.certificate.path.empty();
}

std::optional<metrics_setup> metrics_of(const operator_options& options,
                                        const std::string& server,
                                        size_t workers) {
  if (!options.metrics.address)
    return std::nullopt;
  metrics_setup setup;
  setup.version = version();
  setup.commit = commit();
  auto host = server.find("://");
  setup.api_host = host == std::string::npos ? server : server.substr(host + 3);
  setup.api_host.resize(
      std::min(setup.api_host.find('/'), setup.api_host.size()));
  setup.workers = workers;
  setup.webhooks = options.webhook.enabled;
  setup.certificate_files = !files_of(options).empty();
  if (options.election.enabled)
    setup.lease = lease_name;
  setup.most_tests = options.metrics.max_tests;
  return setup;
}

std::optional<certificate_settings>
certificates_of(const webhook_options& webhook,
                const std::string& own_namespace) {
  if (!webhook.enabled || !webhook.self_managed)
    return std::nullopt;
  certificate_settings settings;
  settings.service = {webhook.ns.empty() ? own_namespace : webhook.ns,
                      webhook.service};
  settings.secret_name = webhook.secret;
  settings.configuration_name = webhook.configuration;
  return settings;
}

} // namespace locust
