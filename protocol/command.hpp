#pragma once

#include "protocol/children.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// The commands that `decide` returns. They are idempotent: performing one twice
// has the effect of once. Their outcome comes back as an event.

namespace locust {

/// Create the child; adopt it if it exists and its owner has our uid; report a
/// conflict if it belongs to another owner.
struct create_child {
  child_kind child;

  bool operator==(const create_child&) const = default;
};

/// Update `.status` of the LocustTest to the state of this revision.
struct write_status {
  uint64_t revision = 0;
  /// False: it may wait so that later changes join it (a count that changed).
  bool urgent = true;

  bool operator==(const write_status&) const = default;
};

enum class severity : uint8_t { normal, warning };

/// Publish a Kubernetes Event about the LocustTest.
struct publish_event {
  severity type = severity::normal;
  std::string reason;
  std::string message;
  /// Sequence number of the history entry; it is part of the name of the Event,
  /// so publishing it again has no effect.
  uint64_t sequence = 0;

  bool operator==(const publish_event&) const = default;
};

/// Remove the finalizer `locust.io/cleanup` of the Go operator from the
/// LocustTest, which is being deleted.
struct release_finalizer {
  bool operator==(const release_finalizer&) const = default;
};

/// Collect the report of the run from its Locust master, which has stopped the
/// load (docs/behaviour/lifecycle.md#report).
struct collect_report {
  bool operator==(const collect_report&) const = default;
};

using command = std::variant<create_child, write_status, publish_event,
                             release_finalizer, collect_report>;
using commands = std::vector<command>;

/// Returns the command as one line for logs and replays, for example
/// `create_child MasterJob`.
std::string describe(const command& c);

} // namespace locust
