#pragma once

#include "actors/event_recorder/event_object.hpp"
#include "protocol/basics/lru_map.hpp"

#include <optional>
#include <unordered_set>

// Which Event something that happened becomes: a new one, a higher count of an
// earlier one, part of one for several, or none. Pure. The rules are those by
// which client-go correlates, so that people see what they are used to.

namespace locust {

/// Something to tell people about a LocustTest.
struct occurrence {
  object_key test;
  std::string test_uid;
  publish_event event;
  /// Wall-clock time at which it happened.
  timestamp at{};
};

/// What becomes of an occurrence.
struct correlation {
  enum class verdict : uint8_t {
    fresh,    ///< a new Event
    raised,   ///< `event` was handed out before; its count is higher now
    repeated, ///< this very occurrence was here before
    too_many, ///< the LocustTest has used up its share
  };
  verdict what = verdict::fresh;
  /// Set for `fresh` and `raised`.
  std::optional<event_object> event;
};

/// Remembers what was told lately. Bounded: what it forgets can become an Event
/// of its own again, nothing worse.
class aggregation {
public:
  /// Equal and similar occurrences belong together for so long after the last.
  static constexpr std::chrono::minutes window{10};
  /// So many similar ones (same LocustTest, type and reason, other message) get
  /// Events of their own within the window; further messages share one.
  static constexpr size_t most_similar = 10;
  /// Each LocustTest may tell so much at once ...
  static constexpr double burst = 25;
  /// ... and one more each time this has passed.
  static constexpr std::chrono::minutes refill{5};
  /// Keys of each kind that are remembered; client-go's size of the same.
  static constexpr size_t memory = 4096;
  /// Longer messages are cut: the limit that events.k8s.io sets.
  static constexpr size_t longest_message = 1024;

  correlation observe(const occurrence& x, monotonic_time now);

private:
  struct similar {
    monotonic_time last_seen{};
    std::unordered_set<std::string> messages;
  };

  struct told {
    monotonic_time last_seen{};
    /// Name that the latest occurrence has or would have by itself.
    std::string latest;
    event_object event;
  };

  struct share {
    monotonic_time since{};
    /// Negative until first used.
    double left = -1;
  };

  bool has_share(const std::string& test_uid, monotonic_time now);

  lru_map<similar> similar_{memory};
  lru_map<told> told_{memory};
  lru_map<share> shares_{memory};
};

} // namespace locust
