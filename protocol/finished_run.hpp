#pragma once

#include "protocol/kubernetes.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace locust {

/// What is kept of a LocustTest whose run needs nothing more, instead of its
/// supervisor: enough to notice that somebody has changed its status, and to
/// write that again.
struct finished_run {
  /// The newest resourceVersion that was observed with this status.
  std::string resource_version;
  /// `metadata.generation` at that version.
  int64_t generation = 0;
  /// The stored `.status`, in the zlib format.
  std::string packed_status;
  timestamp ended_at{};
  bool succeeded = false;
  /// This process has stored that status, so no other leader has done so since.
  bool stored_here = false;
};

/// Returns the JSON text as `packed_status`.
std::string pack_status(const std::string& status);

/// Whether this LocustTest shows the same status and is not being deleted, so
/// that nothing has to be done about it.
bool is_unchanged(const finished_run& run, const locust_test& test);

/// Returns the LocustTest as it was observed, but for its spec, which a
/// finished run does not need.
std::shared_ptr<const locust_test>
as_observed(const finished_run& run, const object_key& key, std::string uid);

} // namespace locust
