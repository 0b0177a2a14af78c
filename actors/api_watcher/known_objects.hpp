#pragma once

#include "actors/api_watcher/projection.hpp"
#include "protocol/observation.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace locust::watcher {

/// Which objects were reported present, by name; what turns lists and events
/// into observations. Pure.
///
/// - `gone` comes exactly once for a uid that was reported present, also when
///   only a list shows that it is missing;
/// - another object under a known name is `gone` of the old uid, then
/// `present`;
/// - what says nothing new (the version is known, or an older one) gives
///   nothing. Versions that cannot be ordered count as new.
class known_objects {
public:
  explicit known_objects(watched_kind kind) : kind_(kind) {
    // nop
  }

  /// A list begins: nothing was seen of it yet.
  void begin_list();

  /// An item of the list.
  void listed_item(const shared_object& object, observations& out);

  /// The list is complete: what was not in it is gone.
  void end_list(observations& out);

  /// ADDED or MODIFIED.
  void changed(const shared_object& object, observations& out);

  /// DELETED.
  void removed(const shared_object& object, observations& out);

  /// Versions do not go on from where they were (the store was restored from
  /// a backup): whatever comes next counts as new.
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
    /// The last list that it was in.
    uint64_t list = 0;
  };

  /// Remembers `object` and reports it, when it says something new.
  entry& take(const shared_object& object, observations& out);

  watched_kind kind_;
  std::unordered_map<object_key, entry> table_;
  uint64_t list_ = 0;
};

} // namespace locust::watcher
