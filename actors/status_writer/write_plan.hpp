#pragma once

#include "actors/status_writer/document_flow.hpp"
#include "protocol/basics/delay_queue.hpp"

#include <cstddef>
#include <unordered_map>
#include <vector>

// Decides which status document is sent when. Pure: the caller passes the time,
// sends the requests that `due` returns and passes the answers in.

namespace locust {

/// A request to send now; its answer goes to `write_plan::answered`.
struct write_step {
  std::string test_uid;
  api_request request;
};

/// The document flows of all LocustTests, and their order: urgent ones first,
/// then by the time at which they became due.
class write_plan {
public:
  /// Requests in flight for all LocustTests. Documents that wait here can still
  /// be replaced, requests in the client cannot; and the API server stores a
  /// status in 2 to 3 ms, so more requests would only queue there.
  static constexpr size_t most_in_flight = 32;
  /// The same for documents that are not urgent: until the client has sent one
  /// that waits in its lane `background`, an urgent document of that test
  /// waits.
  static constexpr size_t most_calm_in_flight = 2;

  /// Adds a document; it replaces a waiting one of the same LocustTest.
  void save(status_document document, monotonic_time now);

  /// Drops all data about this LocustTest.
  void forget(const std::string& test_uid);

  /// From now on, every document is due immediately.
  void flush(monotonic_time now);

  /// Returns the requests that are due. Each must be answered once.
  std::vector<write_step> due(monotonic_time now);

  /// Handles the answer to the request in flight for this LocustTest. Drops the
  /// data about one that vanished.
  write_outcome answered(const std::string& test_uid,
                         const api_response& response, monotonic_time now);

  /// When to call `due` again although no answer arrives.
  std::optional<monotonic_time> wakes_at() const;

  /// Whether nothing is waiting or in flight.
  bool idle() const;

  size_t in_flight() const;

  /// LocustTests whose newest document is not stored yet.
  size_t pending() const;

private:
  struct entry {
    document_flow flow;
    /// Removed when the request in flight is answered.
    bool forgotten = false;
    /// The request in flight is not urgent.
    bool calm = false;
  };

  using entries = std::unordered_map<std::string, entry>;

  void enqueue(const std::string& uid, const entry& e);
  void dequeue(const std::string& uid);
  void start(const std::string& uid, std::vector<write_step>& out);

  entries entries_;
  /// The waiting flows by test uid, each in one of these queues.
  delay_queue<std::string> urgent_;
  delay_queue<std::string> calm_;
  size_t in_flight_ = 0;
  size_t calm_in_flight_ = 0;
  bool flushing_ = false;
};

} // namespace locust
