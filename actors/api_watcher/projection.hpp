#pragma once

#include "protocol/error.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/kubernetes/status_object.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Parses JSON of the API server into the few fields that the operator uses.
// Unknown members are skipped; missing ones are empty. Pure.

namespace locust::watcher {

using shared_object = std::shared_ptr<const seen_object>;

/// Why an object could not be used, as a sentence for the log.
using unusable = std::string;

/// One page of a list.
struct object_page {
  /// Version of the whole list; the same on each page.
  std::string resource_version;
  /// Continue token; empty on the last page.
  std::string continue_from;
  std::vector<shared_object> objects;
  /// Items that were ignored because they have no name or uid.
  std::vector<unusable> skipped;
};

/// ADDED or MODIFIED.
struct object_changed {
  shared_object object;
};
/// DELETED, with the last state of the object.
struct object_removed {
  shared_object object;
};
/// BOOKMARK: all changes up to this version were sent.
struct bookmark {
  std::string resource_version;
};
/// ERROR: the stream cannot be used any longer.
struct stream_error {
  status_object status;
};
/// An event about an object without a name or uid.
struct invalid_event {
  /// Empty if it is missing, too.
  std::string resource_version;
  unusable what;
};

using watch_event = std::variant<object_changed, object_removed, bookmark,
                                 stream_error, invalid_event>;

/// Parses the answer to a list. Fails unless it is a complete list, because
/// libcurl may report a truncated body as success.
result<object_page> project_page(watched_kind kind, std::string_view json);

/// Parses one line of a watch.
result<watch_event> project_event(watched_kind kind, std::string_view json);

/// Returns the resource version of `object`.
const std::string& resource_version_of(const seen_object& object);

} // namespace locust::watcher
