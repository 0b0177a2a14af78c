#pragma once

#include "protocol/api_call.hpp"
#include "protocol/error.hpp"
#include "protocol/kubernetes/api_object.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The Lease in JSON, and requests for it.

namespace locust {

/// The name that the Go operator uses, so that only one of the two is active
/// during a rolling migration (docs/behaviour/process.md#leader-election).
inline constexpr auto lease_name = "locust-k8s-operator.locust.io";

/// The part of a Lease's `.spec` that an election uses. Any change of it is a
/// sign of life of the holder.
struct lease_record {
  /// Empty if nobody holds the Lease.
  std::string holder;
  int64_t duration_seconds = 0;
  /// As written; never compared with the local clock.
  std::string acquire_time;
  std::string renew_time;
  int64_t transitions = 0;

  bool operator==(const lease_record&) const = default;
};

/// A Lease that exists.
struct stored_lease {
  lease_record record;
  std::string uid;
  std::string resource_version;
  /// The whole object as JSON, so that an update keeps foreign fields.
  std::string object;
};

/// Returns the Lease of the operator in namespace `ns`.
api_object lease_in(const std::string& ns);

/// Reads a Lease. Fails with `errc::malformed` for anything that is not an
/// object with a resourceVersion.
result<stored_lease> read_lease(std::string_view body);

/// Returns whether `a` is an older version of the same Lease as `b`. False if
/// the versions cannot be compared.
bool is_older(const stored_lease& a, const stored_lease& b);

/// Requests for the Lease. `create_lease` and `update_lease` get 409 when
/// another replica was faster.
api_request get_lease(const api_object& lease);
api_request create_lease(const api_object& lease, const lease_record& record);
api_request update_lease(const api_object& lease, const stored_lease& stored,
                         const lease_record& record);

/// Returns the target of a watch of this object, starting at
/// `resource_version`.
std::string watch_lease(const api_object& lease,
                        const std::string& resource_version);

/// A line of that watch.
struct lease_event {
  /// Nothing if the Lease was deleted.
  std::optional<stored_lease> lease;
};

/// Reads a line of the watch. Fails for an ERROR event and for a line that is
/// not an event of a Lease.
result<lease_event> read_lease_event(std::string_view line);

/// Returns the request that creates the Event `LeaderElection`, as client-go
/// does. `nanoseconds` makes the name of the Event unique.
api_request leader_event(const api_object& lease, const stored_lease& stored,
                         const std::string& identity, timestamp at,
                         int64_t nanoseconds);

} // namespace locust
