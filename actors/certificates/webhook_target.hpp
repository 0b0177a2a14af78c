#pragma once

#include "actors/certificates/host_names.hpp"
#include "protocol/error.hpp"
#include "protocol/kubernetes/api_object.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The objects that tell the API server where our webhooks are and whom to trust
// there: the CRD for conversion, the ValidatingWebhookConfiguration for
// admission.

namespace locust {

enum class webhook_kind : uint8_t { conversion, admission };

/// Returns the CRD or the ValidatingWebhookConfiguration of this name.
api_object webhook_object(webhook_kind kind, std::string name);

/// The Service through which a cluster reaches the webhook server.
struct webhook_service {
  std::string ns;
  std::string name;
};

/// One `clientConfig` that leads to us.
struct trust_place {
  std::string pointer; ///< where it stands, as a JSON pointer
  std::string bundle;  ///< PEM in its `caBundle`; empty for none or garbage

  bool operator==(const trust_place&) const = default;
};

/// What one of the objects shows.
struct webhook_seen {
  std::string resource_version;
  std::vector<trust_place> places;
  /// From the URLs in `places`: so an operator outside the cluster is reached.
  host_names hosts;
  /// Why nothing is published in (a part of) it, in one sentence; empty: all of
  /// it leads to us. Nothing of this has to be a mistake.
  std::string remark;
};

/// Reads the object. A `clientConfig` leads to us when it names `ours` or has a
/// URL; the object is our own, so whatever the URL says is where we are. Fails
/// when `body` is not a Kubernetes object.
result<webhook_seen> read_webhook(webhook_kind kind, const api_object& object,
                                  const webhook_service& ours,
                                  std::string_view body);

/// Returns what all its places trust together, as PEM.
std::string published_in(const webhook_seen& seen);

/// Returns whether every place shows just `bundle`.
bool shows(const webhook_seen& seen, std::string_view bundle);

/// Returns whether every place has `pem`, one authority as OpenSSL writes it.
bool trusts(const webhook_seen& seen, std::string_view pem);

/// Returns the body of a JSON patch that puts `bundle` into every place. The
/// API server refuses it with 409 when the object is not what was seen.
std::string bundle_patch(const webhook_seen& seen, std::string_view bundle);

} // namespace locust
