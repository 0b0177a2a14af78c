#pragma once

#include "protocol/kubernetes.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

// What watchers report: what IS, never what to do. Reports may repeat, come
// late or be re-listed; whoever receives them must not mind.

namespace locust {

/// The object exists and looks like this. Shared, because several actors may
/// hold it; nobody changes it.
struct present {
  std::shared_ptr<const seen_object> object;
};

/// The object does not exist any more.
struct gone {
  watched_kind kind;
  object_key key;
  std::string uid;
  /// Its last state from the DELETED event; null when the absence was found by
  /// a re-list, so that nobody knows how it looked at its end.
  std::shared_ptr<const seen_object> last;
};

/// A complete list of the kind as of `resource_version` has been reported:
/// whatever was not in it does not exist. Sent after each list and re-list.
struct listed {
  watched_kind kind;
  std::string resource_version;
  /// The only namespace that the list is about; empty for all of them.
  std::string ns{};
};

using observation = std::variant<present, gone, listed>;

/// Observations of one kind in the order in which they became known.
using observations = std::vector<observation>;

} // namespace locust
