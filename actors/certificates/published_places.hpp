#pragma once

#include "actors/certificates/authorities.hpp"
#include "actors/certificates/webhook_target.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

// The two objects that publish the CA of the webhooks, as last read.

namespace locust {

struct published_place {
  webhook_kind kind;
  api_object object;
  /// What it contains; nothing if it does not exist or cannot be read.
  std::optional<webhook_seen> seen{};
  /// Whether `seen` is current. False until it was read successfully.
  bool known = false;
};

using published_places = std::array<published_place, 2>;

/// Returns the CRD and the ValidatingWebhookConfiguration, not read yet.
published_places places_named(std::string crd, std::string configuration);

bool all_known(const published_places& places);

/// Returns the hosts of their URLs.
host_names hosts_in(const published_places& places);

/// Returns whether all clients trust `issuer`, as far as known.
bool trusted_everywhere(const published_places& places,
                        const authority& issuer);

/// Returns all CAs that they make the API server trust, as PEM.
std::string bundles_in(const published_places& places);

} // namespace locust
