#pragma once

#include "actors/certificates/authorities.hpp"
#include "actors/certificates/webhook_target.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

// The two objects in which the webhook's authority is published, as last seen.

namespace locust {

struct published_place {
  webhook_kind kind;
  api_object object;
  /// What it shows; nothing when there is none or it cannot be read.
  std::optional<webhook_seen> seen{};
  /// Whether `seen` is the last word; false until it was asked for with
  /// success.
  bool known = false;
};

using published_places = std::array<published_place, 2>;

/// Returns the CRD and the ValidatingWebhookConfiguration, not seen yet.
published_places places_named(std::string crd, std::string configuration);

bool all_known(const published_places& places);

/// Returns the hosts in their URLs.
host_names hosts_in(const published_places& places);

/// Returns whether whoever calls us trusts `issuer`, for all we know.
bool trusted_everywhere(const published_places& places,
                        const authority& issuer);

/// Returns all that they have the API server trust, as PEM.
std::string bundles_in(const published_places& places);

} // namespace locust
