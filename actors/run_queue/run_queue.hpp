#pragma once

#include "protocol/kubernetes.hpp"
#include "protocol/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

// The order in which the children of all LocustTests are created. Pure.

namespace locust {

/// A child to create, with a unique number.
struct queued_child {
  uint64_t id = 0;
  object_key test;
  std::string test_uid;
  /// When the LocustTest was created.
  timestamp created{};
  /// The run already has a child.
  bool begun = false;
};

/// Depth first: runs that have begun come before new runs, and older tests
/// before younger ones. So half of a burst of tests is ready after half of the
/// time, instead of all of them at the end. All operations take logarithmic
/// time.
class run_queue {
public:
  /// Maximum number of concurrent creations: less than the API client has in
  /// flight in the lane `create` (api_client_limits::most) when they are slow,
  /// because more would only wait there, in a fixed order.
  static constexpr size_t most_in_flight = 28;
  /// The maximum in one namespace, so that a namespace whose admission webhook
  /// hangs does not block others.
  static constexpr size_t most_per_namespace = 12;

  void push(queued_child child);

  /// Returns the child to create now, if there is room. `finished` frees its
  /// place.
  std::optional<uint64_t> next();

  void finished(uint64_t id);

  /// Drops the waiting children of this LocustTest. Returns their numbers.
  std::vector<uint64_t> forget(const std::string& test_uid);

  size_t waiting() const {
    return waiting_.size();
  }

  size_t in_flight() const {
    return under_way_.size();
  }

private:
  /// Sorted by: has begun, age, name, number.
  using place = std::tuple<bool, timestamp, object_key, uint64_t>;

  struct lane {
    std::set<place> places;
    size_t in_flight = 0;
  };

  static place place_of(const queued_child& child);
  void show_head(const std::string& ns, const lane& l);
  void hide_head(const lane& l);
  void remove(const queued_child& child);

  std::unordered_map<uint64_t, queued_child> waiting_;
  std::unordered_map<std::string, std::set<uint64_t>> by_test_;
  std::map<std::string, lane> namespaces_;
  /// The first child of each namespace that has room.
  std::set<place> heads_;
  /// Namespace of each child in progress.
  std::unordered_map<uint64_t, std::string> under_way_;
};

} // namespace locust
