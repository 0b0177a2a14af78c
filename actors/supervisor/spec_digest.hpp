#pragma once

#include "protocol/kubernetes.hpp"
#include "protocol/operator_settings.hpp"

#include <cstdint>
#include <string>

namespace locust {

/// What a spec says, as far as following a run needs it.
struct spec_digest {
  /// Of the children that would be built from it: two specs have the same hash
  /// when their Service and Jobs are the same. What changes no child (a field
  /// that only steers the run, an empty object) is no drift
  /// (docs/behaviour/lifecycle.md#spec-drift).
  std::string hash;
  int32_t workers = 0;
  /// `testFiles.configMapRef`, else `libConfigMapRef`, else empty.
  std::string test_files;
};

/// Returns the digest of this JSON text of a spec of `test`. Only digests that
/// were made with the same settings can be compared. The hash of a spec from
/// which no child can be built is that of its text.
spec_digest digest_of(const std::string& spec, const object_key& test,
                      const operator_settings& settings);

} // namespace locust
