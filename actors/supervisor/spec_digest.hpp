#pragma once

#include "protocol/kubernetes.hpp"
#include "protocol/operator_settings.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace locust {

/// The parts of a spec that the supervisor needs.
struct spec_digest {
  /// Hash of the children that would be created from it: two specs have the
  /// same hash if their Service and Jobs are the same. A change that affects no
  /// child (a control field, an empty object) is no drift
  /// (docs/behaviour/lifecycle.md#spec-drift).
  std::string hash;
  int32_t workers = 0;
  /// `testFiles.configMapRef`, else `libConfigMapRef`, else empty.
  std::string test_files;
  /// `startupTimeoutSeconds`.
  std::optional<std::chrono::seconds> startup_timeout;
  /// Why no child can be built from it, with the JSON path; empty if they can.
  std::string fault;
};

/// Returns the digest of a spec of `test`, given as JSON text. Only digests
/// that the same version made with the same settings are comparable. If no
/// child can be built from a spec, its hash is that of its text.
spec_digest digest_of(const std::string& spec, const object_key& test,
                      const operator_settings& settings);

} // namespace locust
