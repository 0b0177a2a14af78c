#pragma once

#include "actors/status_writer/document_flow.hpp"
#include "protocol/basics/delay_queue.hpp"

#include <cstddef>
#include <unordered_map>
#include <vector>

// Whose status document is sent when. Pure: the caller says what time it is,
// sends what comes out of `due` and hands the answers in.

namespace locust {

/// A request to send now; its answer goes to `write_plan::answered`.
struct write_step {
  std::string test_uid;
  api_request request;
};

/// The document flows of all LocustTests and the order in which they get their
/// turn: by the time at which they became due, urgent ones first.
class write_plan {
public:
  /// Requests under way, all LocustTests together. What waits here can still be
  /// replaced by something newer, what is with the client cannot; and the API
  /// server stores a status in 2 to 3 ms, so that more would only queue there.
  static constexpr size_t most_in_flight = 32;

  /// Takes a document; it replaces one of the same LocustTest that waits.
  void save(status_document document, monotonic_time now);

  /// Drops what waits for this LocustTest and whatever is known of it.
  void forget(const std::string& test_uid);

  /// From now on nothing is held back: what waits is due at once.
  void flush(monotonic_time now);

  /// Takes the requests that are due. Each must be answered once.
  std::vector<write_step> due(monotonic_time now);

  /// Takes the answer to the request that is under way for this LocustTest. One
  /// that vanished is forgotten.
  write_outcome answered(const std::string& test_uid,
                         const api_response& response, monotonic_time now);

  /// When to call `due` again although no answer came.
  std::optional<monotonic_time> wakes_at() const;

  /// Whether nothing waits and nothing is under way.
  bool idle() const;

  size_t in_flight() const;

  /// LocustTests whose newest document is not stored yet.
  size_t pending() const;

private:
  struct entry {
    document_flow flow;
    /// Goes when the request under way is answered.
    bool forgotten = false;
  };

  using entries = std::unordered_map<std::string, entry>;

  void enqueue(const std::string& uid, const entry& e);
  void dequeue(const std::string& uid);

  entries entries_;
  /// By test uid, of what waits: it is in one of them.
  delay_queue<std::string> urgent_;
  delay_queue<std::string> calm_;
  size_t in_flight_ = 0;
  bool flushing_ = false;
};

} // namespace locust
