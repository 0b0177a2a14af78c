#pragma once

#include "protocol/api_call.hpp"
#include "protocol/error.hpp"
#include "protocol/kubernetes/api_object.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The Lease as JSON, and the requests about it.

namespace locust {

/// Of the Go operator, so that only one of both works during a rolling
/// switch (docs/behaviour/process.md#leader-election).
inline constexpr auto lease_name = "locust-k8s-operator.locust.io";

/// `.spec` of a Lease, as far as an election goes. Compared as a whole: any
/// change is a sign of life of its holder.
struct lease_record {
  /// Empty: nobody.
  std::string holder;
  int64_t duration_seconds = 0;
  /// As they are written: the clocks of others mean nothing to us.
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
  /// JSON text of the whole object: what is not ours is written back.
  std::string object;
};

/// Returns the Lease of the operator in this namespace.
api_object lease_in(const std::string& ns);

/// Reads a Lease. Fails when it is no object with a resourceVersion.
result<stored_lease> read_lease(std::string_view body);

/// Returns whether `a` is the same Lease as `b`, before a change. False when
/// that cannot be told.
bool is_older(const stored_lease& a, const stored_lease& b);

/// The requests; those that write are refused with 409 when somebody else was
/// quicker.
api_request get_lease(const api_object& lease);
api_request create_lease(const api_object& lease, const lease_record& record);
api_request update_lease(const api_object& lease, const stored_lease& stored,
                         const lease_record& record);

/// Returns the target of a watch of this one object from `resource_version` on.
std::string watch_lease(const api_object& lease,
                        const std::string& resource_version);

/// A line of that watch.
struct lease_event {
  /// Nothing: it was deleted.
  std::optional<stored_lease> lease;
};

/// Reads a line of the watch. Fails for an error that the server reports, and
/// for what is no event of a Lease.
result<lease_event> read_lease_event(std::string_view line);

/// Returns the request that tells people of the new leader, as client-go does.
/// `nanoseconds` makes the name of the Event unique.
api_request leader_event(const api_object& lease, const stored_lease& stored,
                         const std::string& identity, timestamp at,
                         int64_t nanoseconds);

} // namespace locust
