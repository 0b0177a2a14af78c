#pragma once

#include "actors/api_watcher/projection.hpp"
#include "protocol/observation.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace locust::watcher {

/// The objects that were reported present, by name. Turns lists and events into
/// observations. Pure.
///
/// - `gone` is reported exactly once for each uid that was reported present,
///   even if only a list shows that the object is missing.
/// - Another object with a known name is reported as `gone` of the old uid,
/// then
///   `present`.
/// - Known or older versions are not reported. Versions that cannot be compared
///   count as new.
class known_objects {
public:
  explicit known_objects(watched_kind kind) : kind_(kind) {
    // nop
  }

  /// Starts a list.
  void begin_list();

  /// An item of the list.
  void listed_item(const shared_object& object, observations& out);

  /// Ends the list: reports objects that it did not contain as gone.
  void end_list(observations& out);

  /// ADDED or MODIFIED.
  void changed(const shared_object& object, observations& out);

  /// DELETED.
  void removed(const shared_object& object, observations& out);

  /// The store was restored from a backup, so versions are not comparable with
  /// earlier ones: the next version of each object counts as new.
  void forget_versions();

  bool knows(const object_key& key) const {
    return table_.contains(key);
  }

  size_t size() const {
    return table_.size();
  }

private:
  struct entry {
    std::string uid;
    std::string resource_version;
    /// The last list that contained it.
    uint64_t list = 0;
  };

  /// Stores `object` and reports it if it is new.
  entry& take(const shared_object& object, observations& out);

  watched_kind kind_;
  std::unordered_map<object_key, entry> table_;
  uint64_t list_ = 0;
};

} // namespace locust::watcher
