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

// In which order the children of all LocustTests are created. Pure.

namespace locust {

/// A child that is to be created, under a number that no other has.
struct queued_child {
  uint64_t id = 0;
  object_key test;
  std::string test_uid;
  /// When the LocustTest was created.
  timestamp created{};
  /// The run has a child already.
  bool begun = false;
};

/// Depth first: a run that has begun gets its children before another one
/// begins, and the oldest comes first. So half of a burst of tests is ready
/// after half of the time, instead of all of it at the end. All operations cost
/// the logarithm of what waits.
class run_queue {
public:
  /// Creations under way at once. As many as the API client's lane `create`
  /// gets while the others are busy (api_client_limits::guaranteed): more would
  /// only wait there, where their order cannot change any more.
  static constexpr size_t most_in_flight = 20;
  /// Of these, in one namespace. A namespace whose admission webhook hangs must
  /// leave room for others.
  static constexpr size_t most_per_namespace = 15;

  void push(queued_child child);

  /// Takes the child to create now, if there is room for one. `finished` gives
  /// its place back.
  std::optional<uint64_t> next();

  void finished(uint64_t id);

  /// Drops what waits for this LocustTest. Returns the numbers.
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
  /// The first of each namespace that may have one more under way.
  std::set<place> heads_;
  /// Namespace of each child under way.
  std::unordered_map<uint64_t, std::string> under_way_;
};

} // namespace locust
