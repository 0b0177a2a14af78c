#pragma once

#include "actors/status_writer/document_flow.hpp"
#include "protocol/basics/delay_queue.hpp"
#include "protocol/basics/rate_budget.hpp"

#include <cstddef>
#include <unordered_map>
#include <vector>

// Decides which status document is sent when. Pure: the caller passes the time,
// sends the requests that `due` returns and passes the answers in.

namespace locust {

/// A request to send now; its answer goes to `write_plan::answered`. Or a
/// document is wanted from the sender of figures, and there is no request.
struct write_step {
  std::string test_uid;
  api_request request;
  bool wants_document = false;
};

/// The document flows of all LocustTests, and their order: urgent ones first,
/// then by the time at which they became due.
///
/// Figures alone come last, and share a budget: the test whose figures wait for
/// longest is next. The first figures of a test do not wait for the budget.
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
  /// Writes of figures alone per second for all LocustTests.
  static constexpr uint32_t usual_figures = 5;

  /// `figures_per_second`: 0 for no writes of figures alone.
  explicit write_plan(uint32_t figures_per_second = usual_figures)
      : budget_(figures_per_second) {
    // nop
  }

  /// Adds a document; it replaces a waiting one of the same LocustTest.
  void save(status_document document, monotonic_time now);

  /// Adds figures; they replace waiting ones of the same LocustTest.
  void show(status_figures figures, monotonic_time now);

  /// Drops all data about this LocustTest.
  void forget(const std::string& test_uid);

  /// From now on, every document is due immediately, and figures are dropped.
  void flush(monotonic_time now);

  /// Returns what is due. Each request must be answered once.
  std::vector<write_step> due(monotonic_time now);

  /// Handles the answer to the request in flight for this LocustTest. Drops the
  /// data about one that vanished.
  write_outcome answered(const std::string& test_uid,
                         const api_response& response, monotonic_time now);

  /// When to call `due` again although no answer arrives.
  std::optional<monotonic_time> wakes_at() const;

  /// Whether no document is waiting, and nothing in flight.
  bool idle() const;

  size_t in_flight() const;

  /// LocustTests whose newest document is not stored yet.
  size_t pending() const;

private:
  struct entry {
    document_flow flow;
    /// Removed when the request in flight is answered.
    bool forgotten = false;
    /// The request in flight is not urgent, or writes figures.
    bool calm = false;
  };

  using entries = std::unordered_map<std::string, entry>;

  void enqueue(const std::string& uid, const entry& e);
  void dequeue(const std::string& uid);
  void start(const std::string& uid, std::vector<write_step>& out);
  void start_figures(const std::string& uid, std::vector<write_step>& out);
  std::optional<std::string> next_figures(monotonic_time now);
  bool has_room() const;
  bool has_calm_room() const;

  entries entries_;
  /// The waiting flows by test uid, each in one of these queues.
  delay_queue<std::string> urgent_;
  delay_queue<std::string> calm_;
  /// With figures alone.
  delay_queue<std::string> first_figures_;
  delay_queue<std::string> figures_;
  rate_budget budget_;
  size_t in_flight_ = 0;
  size_t calm_in_flight_ = 0;
  bool flushing_ = false;
};

} // namespace locust
