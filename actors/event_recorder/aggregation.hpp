#pragma once

#include "actors/event_recorder/event_object.hpp"
#include "protocol/basics/lru_map.hpp"

#include <optional>
#include <unordered_set>

// Decides which Event an occurrence becomes: a new one, a higher count of an
// earlier one, part of a combined one, or none. Pure. The rules are those of
// the event correlator of client-go, which users are familiar with.

namespace locust {

/// Something to report about a LocustTest.
struct occurrence {
  object_key test;
  std::string test_uid;
  publish_event event;
  /// Wall-clock time at which it happened.
  timestamp at{};
};

/// The result of correlating an occurrence.
struct correlation {
  enum class verdict : uint8_t {
    fresh,    ///< a new Event
    raised,   ///< `event` exists; its count increased
    repeated, ///< this occurrence was handled before
    too_many, ///< the LocustTest exceeded its rate limit
  };
  verdict what = verdict::fresh;
  /// Set for `fresh` and `raised`.
  std::optional<event_object> event;
};

/// Remembers recent Events. Bounded: a forgotten one only leads to a separate
/// Event.
class aggregation {
public:
  /// Equal and similar occurrences are combined for this time after the latest
  /// one.
  static constexpr std::chrono::minutes window{10};
  /// Number of similar occurrences (same LocustTest, type and reason, different
  /// message) with separate Events within the window; further ones share one
  /// Event.
  static constexpr size_t most_similar = 10;
  /// Burst of Events per LocustTest ...
  static constexpr double burst = 25;
  /// ... plus one each time this interval has passed.
  static constexpr std::chrono::minutes refill{5};
  /// Number of remembered keys per kind, which take 2 KB together. Only tests
  /// that are in trouble at present need them. client-go has 4096, for Events
  /// about every pod of a cluster.
  static constexpr size_t memory = 1024;
  /// Longer messages are truncated: the limit of events.k8s.io.
  static constexpr size_t longest_message = 1024;

  correlation observe(const occurrence& x, monotonic_time now);

private:
  struct similar {
    monotonic_time last_seen{};
    std::unordered_set<std::string> messages;
  };

  struct recent_event {
    monotonic_time last_seen{};
    /// Name of a separate Event for the latest occurrence.
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
  lru_map<recent_event> recent_{memory};
  lru_map<share> shares_{memory};
};

} // namespace locust
