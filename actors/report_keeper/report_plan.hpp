#pragma once

#include "actors/report_keeper/report_collection.hpp"
#include "protocol/basics/delay_queue.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

// Decides which reports are collected when. Pure; each call passes the time.

namespace locust {

/// The reports that are being collected, at most one per LocustTest.
class report_plan {
public:
  /// So many reports are in memory at the same time, or asked for: 1 MiB each
  /// as stored, and an answer of at most 4 MiB.
  static constexpr size_t most_at_once = 4;

  struct step {
    std::string test_uid;
    api_request request;
  };

  struct outcome {
    std::string test_uid;
    report_result result;
  };

  /// Collects this report. Returns false if one of the same LocustTest is being
  /// collected.
  [[nodiscard]] bool keep(const keep_report& what, monotonic_time now);

  /// The Locust master has ended: fetch nothing more from its address, which
  /// another pod may get.
  void master_ended(const std::string& test_uid, monotonic_time now);

  /// Returns the requests that are due. Each must be answered once.
  std::vector<step> due(monotonic_time now);

  void answered(const std::string& test_uid, const api_response& answer,
                monotonic_time now);

  /// Returns what became of reports since the last call.
  std::vector<outcome> take_outcomes();

  /// When to call `due` although no answer arrives.
  std::optional<monotonic_time> wakes_at() const;

private:
  struct entry {
    report_collection report;
    /// It is one of `most_at_once`.
    bool has_place = false;
  };

  void go_on(const std::string& test_uid, entry& x);
  void advance(const std::string& test_uid, monotonic_time now,
               std::vector<step>& out);

  std::unordered_map<std::string, entry> entries_;
  /// By test uid: those that have a place, and those that wait for one. A
  /// report that waits holds no data.
  delay_queue<std::string> placed_;
  delay_queue<std::string> waiting_;
  size_t places_taken_ = 0;
  std::vector<outcome> outcomes_;
};

} // namespace locust
