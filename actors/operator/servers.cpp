#include "actors/operator/servers.hpp"

#include "actors/admission/admission_review.hpp"
#include "actors/conversion/conversion_review.hpp"

#include <utility>

namespace locust {

namespace {

/// The reference operator's bound. One object has 1.5 MiB at most, for etcd
/// takes no more.
constexpr uint64_t admission_limit = uint64_t{7} << 20;

/// A list of v1 objects is one review of them all: so many are 3,000 with a
/// full history each (10 KiB). Clients that read in pages, as kubectl does, ask
/// for 500 at once. What bounds it is server_limits::most_body_bytes.
constexpr uint64_t conversion_limit = uint64_t{32} << 20;

std::vector<webhook>
webhooks_with(std::shared_ptr<const operator_settings> settings) {
  return {
      {"/validate-locust-io-v2-locusttest", admission_limit,
       [settings = std::move(settings)](const http_request& request) {
         return answer_admission_review(request.body, *settings);
       }},
      {"/convert", conversion_limit,
       [](const http_request& request) {
         return answer_conversion_review(request.body);
       }},
  };
}

} // namespace

std::optional<http_server_setup>
servers_of(const operator_options& options,
           std::shared_ptr<const operator_settings> settings) {
  http_server_setup setup;
  setup.probes = options.probes;
  setup.caches = "nothing has been listed yet";
  if (options.webhook.enabled) {
    setup.webhooks = options.webhook.address;
    setup.hooks = webhooks_with(std::move(settings));
  }
  if (!setup.probes && !setup.webhooks)
    return std::nullopt;
  return setup;
}

std::optional<certificate_place> files_of(const webhook_options& webhook) {
  const auto& files = webhook.certificate;
  if (!webhook.enabled || files.path.empty())
    return std::nullopt;
  return certificate_place{files.path + "/" + files.name,
                           files.path + "/" + files.key,
                           webhook.certificate_wait};
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
