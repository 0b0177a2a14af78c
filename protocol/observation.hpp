#pragma once

#include "protocol/kubernetes.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

// What watchers report: the actual state, never an instruction. Observations
// can be repeated, late or relisted; receivers must tolerate that.

namespace locust {

/// The object exists in this state. Shared and immutable, because several
/// actors may hold it.
struct present {
  std::shared_ptr<const seen_object> object;
};

/// The object no longer exists.
struct gone {
  watched_kind kind;
  object_key key;
  std::string uid;
  /// Its last state from the DELETED event; null when a relist detected the
  /// absence.
  std::shared_ptr<const seen_object> last;
};

/// A complete list of the kind as of `resource_version` has been reported:
/// objects that were not in it do not exist. Sent after each list and relist.
struct listed {
  watched_kind kind;
  std::string resource_version;
  /// The namespace of the list; empty for all.
  std::string ns{};
};

using observation = std::variant<present, gone, listed>;

/// Observations of one kind in the order in which they were made.
using observations = std::vector<observation>;

} // namespace locust
