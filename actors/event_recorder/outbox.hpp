#pragma once

#include "actors/event_recorder/event_object.hpp"
#include "protocol/basics/delay_queue.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

// Events on their way to the API server. Pure: the caller says what time it is,
// sends what comes out of `due` and hands the answers in.

namespace locust {

/// A request to send now; its answer goes to `outbox::answered` with this id.
struct event_step {
  uint64_t id = 0;
  api_request request;
};

/// Holds the newest state of each Event that is not stored yet, so that ten
/// occurrences during a wait are one request. Never more than one request under
/// way per Event: a count cannot overtake its creation.
class outbox {
public:
  /// Events that may wait. One is about 500 bytes, so a server that takes no
  /// Events costs 2 MB, not the process.
  static constexpr size_t most_waiting = 4096;
  /// Requests under way; the client guarantees its event lane four places and
  /// lends a few more.
  static constexpr size_t most_in_flight = 8;
  /// So often is an Event sent, so far apart, before it is given up (as the
  /// Go operator does).
  static constexpr unsigned most_attempts = 12;
  static constexpr std::chrono::seconds retry_after{10};

  /// Takes an Event, or the newer state of one that waits here already.
  /// `exists` says that it was handed in before and is stored by now. Returns
  /// false when the oldest one had to go to make room.
  bool push(event_object event, bool exists, monotonic_time now);

  /// Takes the requests that are due. Each must be answered once.
  std::vector<event_step> due(monotonic_time now);

  /// Takes an answer. Returns a sentence when the Event was given up, for the
  /// log.
  std::string answered(uint64_t id, const api_response& response,
                       monotonic_time now);

  /// When to call `due` again although no answer came.
  std::optional<monotonic_time> wakes_at() const;

  size_t size() const;

private:
  struct entry {
    event_object event;
    /// It is in the API server: a PATCH raises its count.
    bool exists = false;
    /// The count that the request under way carries.
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
  /// Those that wait; the others are under way.
  delay_queue<uint64_t> queue_;
  uint64_t last_id_ = 0;
  size_t in_flight_ = 0;
};

} // namespace locust
