#pragma once

#include "actors/certificates/certificate_pair.hpp"
#include "protocol/error.hpp"
#include "protocol/kubernetes/api_object.hpp"

#include <string>
#include <string_view>

// The Secret that all replicas share.

namespace locust {

/// The operator's Secrets carry this label; one without it is someone else's.
inline constexpr std::string_view managed_by_label =
    "app.kubernetes.io/managed-by";
inline constexpr std::string_view managed_by = "locust-operator";

/// Returns the Secret of this name.
api_object secret_object(std::string ns, std::string name);

/// A Secret as the API server shows it.
struct secret_seen {
  /// Why the operator must not write it, in words that end a sentence; empty
  /// when it is the operator's.
  std::string foreign_because;
  /// Empty texts where it has nothing that can be read.
  certificate_pair pair;
};

/// Reads a Secret. Fails when `body` is not a Kubernetes object.
result<secret_seen> read_secret(std::string_view body);

/// Returns the body that creates the Secret with this pair.
std::string new_secret(const api_object& secret, const certificate_pair& pair);

/// Returns the body of an update that puts this pair into the Secret which
/// `body` is, and leaves everything else in it alone. The API server refuses it
/// with 409 when the Secret has changed meanwhile.
result<std::string> updated_secret(std::string_view body,
                                   const certificate_pair& pair);

} // namespace locust
