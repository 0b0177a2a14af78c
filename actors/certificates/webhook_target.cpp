#include "actors/certificates/webhook_target.hpp"

#include "actors/api_client/cluster_access.hpp"
#include "actors/certificates/authorities.hpp"
#include "protocol/basics/base64.hpp"
#include "protocol/json.hpp"
#include "protocol/json/pruned.hpp"
#include "protocol/kubernetes/json_patch.hpp"

#include <algorithm>
#include <array>

namespace locust {

namespace {

using json::wanted;

constexpr wanted metadata[] = {{"resourceVersion"}, {"annotations"}};
constexpr wanted service_members[] = {{"namespace"}, {"name"}};
constexpr wanted config_members[] = {
    {"service", service_members}, {"url"}, {"caBundle"}};
constexpr wanted webhook_members[] = {{"name"},
                                      {"clientConfig", config_members}};
constexpr wanted conversion_members[] = {{"strategy"},
                                         {"webhook", webhook_members}};
constexpr wanted spec_members[] = {{"conversion", conversion_members}};
constexpr wanted object_members[] = {{"metadata", metadata},
                                     {"spec", spec_members},
                                     {"webhooks", webhook_members}};

/// With any of these annotations, cert-manager would overwrite the bundle.
constexpr std::array<std::string_view, 3> injections = {
    "cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret",
    "cert-manager.io/inject-apiserver-ca"};

class reading {
public:
  reading(const api_object& object, const webhook_service& ours)
      : object_(object), ours_(ours) {
    // nop
  }

  webhook_seen take() {
    return std::move(seen_);
  }

  /// Returns false if cert-manager writes the bundles.
  bool read_metadata(const json::value& body) {
    seen_.resource_version =
        json::text_at(body, {"metadata", "resourceVersion"});
    for (auto name : injections)
      if (json::find(body, {"metadata", "annotations", name}) != nullptr) {
        seen_.problem =
            in_words(object_) + " is not changed: its annotation " +
            std::string(name) +
            " makes cert-manager write caBundle; remove it, or omit "
            "--webhook-self-managed-certs";
        return false;
      }
    return true;
  }

  void read_conversion(const json::value& body) {
    auto strategy = json::text_at(body, {"spec", "conversion", "strategy"});
    const auto* config =
        json::find(body, {"spec", "conversion", "webhook", "clientConfig"});
    if (strategy == "Webhook" && config != nullptr)
      return read_config(*config, "/spec/conversion/webhook/clientConfig");
    seen_.problem = in_words(object_) +
                    " does not use a conversion webhook (strategy " +
                    (strategy.empty() ? "None" : strategy) +
                    "), so it has no caBundle to write";
  }

  void read_admission(const json::value& body) {
    const auto* hooks = json::find(body, {"webhooks"});
    if (hooks == nullptr || !hooks->IsArray() || hooks->Empty()) {
      seen_.problem = in_words(object_) + " has no webhooks";
      return;
    }
    for (rapidjson::SizeType i = 0; i < hooks->Size(); ++i)
      if (const auto* config = json::find((*hooks)[i], {"clientConfig"}))
        read_config(*config,
                    "/webhooks/" + std::to_string(i) + "/clientConfig");
  }

private:
  void read_config(const json::value& config, std::string pointer) {
    if (auto url = json::string_at(config, {"url"})) {
      if (!read_url(*url))
        return;
    } else if (json::text_at(config, {"service", "name"}) != ours_.name ||
               json::text_at(config, {"service", "namespace"}) != ours_.ns) {
      seen_.problem = in_words(object_) + ": " + pointer +
                      " is not changed: it refers to Service \"" +
                      json::text_at(config, {"service", "namespace"}) + '/' +
                      json::text_at(config, {"service", "name"}) +
                      "\" instead of \"" + ours_.ns + '/' + ours_.name + '"';
      return;
    }
    auto bundle = decode_base64(json::text_at(config, {"caBundle"}));
    seen_.places.push_back({std::move(pointer), bundle.value_or("")});
  }

  bool read_url(std::string_view url) {
    auto parsed = parse_server_url(url);
    auto host = parsed ? canonical_host(parsed->host) : std::nullopt;
    if (host)
      seen_.hosts.insert(*host);
    else
      seen_.problem = in_words(object_) +
                      ": cannot create a certificate for the URL '" +
                      json::clean_text(url, 256) +
                      "'; it should look like https://10.0.0.1:9443/convert";
    return host.has_value();
  }

  const api_object& object_;
  const webhook_service& ours_;
  webhook_seen seen_;
};

} // namespace

api_object webhook_object(webhook_kind kind, std::string name) {
  const auto& resource = kind == webhook_kind::conversion
                             ? resources::custom_resource_definitions
                             : resources::validating_webhook_configurations;
  return {resource, "", std::move(name)};
}

result<webhook_seen> read_webhook(webhook_kind kind, const api_object& object,
                                  const webhook_service& ours,
                                  std::string_view body) {
  json::document::AllocatorType memory;
  auto parsed = json::parse_pruned(body, object_members, memory);
  if (!parsed)
    return tl::unexpected(parsed.error());
  reading from(object, ours);
  if (from.read_metadata(*parsed)) {
    if (kind == webhook_kind::conversion)
      from.read_conversion(*parsed);
    else
      from.read_admission(*parsed);
  }
  auto seen = from.take();
  if (seen.resource_version.empty())
    return fail(errc::malformed, in_words(object) + " has no resourceVersion");
  return seen;
}

std::string published_in(const webhook_seen& seen) {
  std::string all;
  for (const auto& place : seen.places)
    (all += place.bundle) += '\n';
  return all;
}

bool shows(const webhook_seen& seen, std::string_view bundle) {
  return std::all_of(seen.places.begin(), seen.places.end(),
                     [&](const auto& x) { return x.bundle == bundle; });
}

bool trusts(const webhook_seen& seen, std::string_view pem) {
  return std::all_of(
      seen.places.begin(), seen.places.end(), [&](const auto& x) {
        auto trusted = authorities_in(x.bundle);
        return std::any_of(trusted.begin(), trusted.end(),
                           [&](const auto& one) { return one.pem == pem; });
      });
}

std::string bundle_patch(const webhook_seen& seen, std::string_view bundle) {
  json_patch patch;
  patch.replace("/metadata/resourceVersion", seen.resource_version);
  for (const auto& place : seen.places)
    patch.add(place.pointer + "/caBundle", encode_base64(bundle));
  return patch.take();
}

} // namespace locust
