#pragma once

#include "actors/event_recorder/event_object.hpp"
#include "protocol/basics/delay_queue.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

// Events to be sent to the API server. Pure: the caller passes the time, sends
// the requests that `due` returns and passes the answers in.

namespace locust {

/// A request to send now; its answer goes to `outbox::answered` with this id.
struct event_step {
  uint64_t id = 0;
  api_request request;
};

/// Holds the newest state of each Event that is not stored yet, so that ten
/// occurrences during a wait are one request. At most one request in flight per
/// Event, so an update cannot overtake its creation.
class outbox {
public:
  /// Maximum number of waiting Events. One has about 500 bytes, so they need 2
  /// MB while the API server accepts none.
  static constexpr size_t most_waiting = 4096;
  /// Requests in flight. The client guarantees four for its event lane and
  /// usually allows a few more.
  static constexpr size_t most_in_flight = 8;
  /// How often, and at which interval, an Event is sent before it is dropped
  /// (as in the Go operator).
  static constexpr unsigned most_attempts = 12;
  static constexpr std::chrono::seconds retry_after{10};

  /// Adds an Event, or the newer state of one that is waiting. `exists` means
  /// that it was added before and is stored by now. Returns false if the oldest
  /// Event was dropped to make room.
  bool push(event_object event, bool exists, monotonic_time now);

  /// Returns the requests that are due. Each must be answered once.
  std::vector<event_step> due(monotonic_time now);

  /// Handles an answer. Returns a log message when the Event was dropped.
  std::string answered(uint64_t id, const api_response& response,
                       monotonic_time now);

  /// When to call `due` again although no answer arrives.
  std::optional<monotonic_time> wakes_at() const;

  size_t size() const;

private:
  struct entry {
    event_object event;
    /// It is stored: a PATCH raises its count.
    bool exists = false;
    /// The count in the request in flight.
    int32_t sent_count = 0;
    bool in_flight = false;
    unsigned attempts = 0;
  };

  using entries = std::map<uint64_t, entry>;

  static std::string key_of(const event_object& event);
  void erase(entries::iterator i);
  bool make_room();
  std::string give_up(entries::iterator i, const api_response& response);

  /// By age: ids rise.
  entries entries_;
  std::unordered_map<std::string, uint64_t> ids_;
  /// The waiting ones; the others are in flight.
  delay_queue<uint64_t> queue_;
  uint64_t last_id_ = 0;
  size_t in_flight_ = 0;
};

} // namespace locust
