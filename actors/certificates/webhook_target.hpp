#pragma once

#include "actors/certificates/host_names.hpp"
#include "protocol/error.hpp"
#include "protocol/kubernetes/api_object.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The objects that tell the API server where the webhooks are and which CA to
// trust: the CRD for conversion, the ValidatingWebhookConfiguration for
// admission.

namespace locust {

enum class webhook_kind : uint8_t { conversion, admission };

/// Returns the CRD or the ValidatingWebhookConfiguration with this name.
api_object webhook_object(webhook_kind kind, std::string name);

/// The Service of the webhook server.
struct webhook_service {
  std::string ns;
  std::string name;
};

/// A `clientConfig` that refers to this operator.
struct trust_place {
  std::string pointer; ///< its JSON pointer
  std::string bundle;  ///< PEM in its `caBundle`; empty if missing or invalid

  bool operator==(const trust_place&) const = default;
};

/// The contents of one of the objects.
struct webhook_seen {
  std::string resource_version;
  std::vector<trust_place> places;
  /// Hosts of the URLs in `places`, for an operator outside of the cluster.
  host_names hosts;
  /// Why (a part of) it is not changed, as a sentence; empty if all of it
  /// refers to this operator. It need not be a mistake.
  std::string problem;
};

/// Reads the object. A `clientConfig` refers to this operator if it names
/// `ours` or has a URL: the object is the operator's own, so its URLs are, too.
/// Fails if `body` is not a Kubernetes object.
result<webhook_seen> read_webhook(webhook_kind kind, const api_object& object,
                                  const webhook_service& ours,
                                  std::string_view body);

/// Returns the union of the bundles of all places, as PEM.
std::string published_in(const webhook_seen& seen);

/// Returns whether every place has exactly `bundle`.
bool shows(const webhook_seen& seen, std::string_view bundle);

/// Returns whether every place trusts `pem`, a CA as OpenSSL writes it.
bool trusts(const webhook_seen& seen, std::string_view pem);

/// Returns the JSON patch that sets `bundle` in every place. The API server
/// answers 409 if the object has changed.
std::string bundle_patch(const webhook_seen& seen, std::string_view bundle);

} // namespace locust
