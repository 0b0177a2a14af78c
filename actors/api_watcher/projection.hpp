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

// From the API server's JSON to the few fields that the operator keeps. Each
// text is read once; unknown members are skipped, missing ones are empty. Pure.

namespace locust::watcher {

using shared_object = std::shared_ptr<const seen_object>;

/// An object that could not be used, in one sentence for the log.
using unusable = std::string;

/// One page of a list.
struct object_page {
  /// Of the whole list, the same on each of its pages.
  std::string resource_version;
  /// Asks for the next page; empty on the last one.
  std::string continue_from;
  std::vector<shared_object> objects;
  /// Items without name or uid: they are left out.
  std::vector<unusable> skipped;
};

/// ADDED or MODIFIED: no difference to us.
struct object_changed {
  shared_object object;
};
/// DELETED, with the last state of the object.
struct object_removed {
  shared_object object;
};
/// BOOKMARK: everything up to here was sent.
struct bookmark {
  std::string resource_version;
};
/// ERROR: the stream is of no more use.
struct stream_error {
  status_object status;
};
/// An event about an object without name or uid.
struct odd_event {
  /// Empty when even that was missing.
  std::string resource_version;
  unusable what;
};

using watch_event = std::variant<object_changed, object_removed, bookmark,
                                 stream_error, odd_event>;

/// Reads the answer to a list. Fails when it is not a complete List: libcurl
/// may report a cut body as success.
result<object_page> project_page(watched_kind kind, std::string_view json);

/// Reads one line of a watch.
result<watch_event> project_event(watched_kind kind, std::string_view json);

/// Returns the resource version of `object`.
const std::string& resource_version_of(const seen_object& object);

} // namespace locust::watcher
