#pragma once

#include "actors/certificates/certificate_pair.hpp"
#include "protocol/error.hpp"
#include "protocol/kubernetes/api_object.hpp"

#include <string>
#include <string_view>

// The Secret that all replicas share.

namespace locust {

/// The label of the operator's Secrets. A Secret without it is foreign.
inline constexpr std::string_view managed_by_label =
    "app.kubernetes.io/managed-by";
inline constexpr std::string_view managed_by = "locust-operator";

/// Returns the Secret with this name.
api_object secret_object(std::string ns, std::string name);

/// A Secret that was read.
struct secret_seen {
  /// Why the operator must not write it, to complete a sentence; empty if the
  /// operator may.
  std::string foreign_because;
  /// Empty texts for missing or unreadable entries.
  certificate_pair pair;
};

/// Reads a Secret. Fails if `body` is not a Kubernetes object.
result<secret_seen> read_secret(std::string_view body);

/// Returns the body of a request that creates the Secret with this pair.
std::string new_secret(const api_object& secret, const certificate_pair& pair);

/// Returns the body of a request that replaces the pair in the Secret `body`
/// and keeps everything else. The API server answers 409 if the Secret has
/// changed.
result<std::string> updated_secret(std::string_view body,
                                   const certificate_pair& pair);

} // namespace locust
