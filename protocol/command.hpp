#pragma once

#include "protocol/children.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What `decide` wants done. Commands are idempotent: carrying one out twice is
// the same as once. Their outcome comes back as a domain event.

namespace locust {

/// Create the child, or adopt it when it is ours by owner uid, or report a
/// conflict when it is someone else's.
struct create_child {
  child_kind child;

  bool operator==(const create_child&) const = default;
};

/// Bring `.status` of the LocustTest to what the state of this revision says.
struct write_status {
  uint64_t revision = 0;
  /// False when it may wait a moment for more to come (a count that changed).
  bool urgent = true;

  bool operator==(const write_status&) const = default;
};

enum class severity : uint8_t { normal, warning };

/// Publish a Kubernetes Event about the LocustTest.
struct publish_event {
  severity type = severity::normal;
  std::string reason;
  std::string message;
  /// Sequence number of the domain event that it tells of; makes its name, so
  /// that publishing it again changes nothing.
  uint64_t sequence = 0;

  bool operator==(const publish_event&) const = default;
};

/// Take the finalizer `locust.io/cleanup` of the reference operator off the
/// LocustTest, which is being deleted.
struct release_finalizer {
  bool operator==(const release_finalizer&) const = default;
};

using command =
    std::variant<create_child, write_status, publish_event, release_finalizer>;
using commands = std::vector<command>;

/// Returns the command in one line for logs and replays, for example
/// `create_child MasterJob`.
std::string describe(const command& c);

} // namespace locust
