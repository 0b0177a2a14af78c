#pragma once

#include "protocol/basics/back_off.hpp"
#include "protocol/basics/delay_queue.hpp"
#include "protocol/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

// Which Locust master is asked when. Pure: the caller says what time it is,
// asks whom `due` names and hands the answers in.

namespace locust {

/// A master to ask now; the answer goes to `sample_schedule::answered`.
struct sample_due {
  std::string test_uid;
  /// Which following this belongs to; a new one has a new ticket.
  uint64_t ticket = 0;
  std::string base_url;
};

/// The masters that are followed, at most one per LocustTest.
class sample_schedule {
public:
  /// While workers are still connecting. Locust caches its answer so long.
  static constexpr std::chrono::seconds fast{2};
  /// When all are there: one that drops out shows within this time, and a
  /// thousand tests are 70 small requests a second.
  static constexpr std::chrono::seconds slow{15};
  /// When there is no usable answer.
  static constexpr back_off unanswered{fast, slow};
  /// Asked at once, all together; the client's window for masters.
  static constexpr size_t most_in_flight = 32;

  /// Asks this master from now on. Naming the same one again keeps its rhythm.
  void follow(const std::string& test_uid, const std::string& base_url,
              int32_t expected_workers, monotonic_time now);

  /// An answer that is still to come will count for nothing.
  void unfollow(const std::string& test_uid);

  /// Takes those whose time has come. Each must be answered once.
  std::vector<sample_due> due(monotonic_time now);

  /// Takes an answer: the connected workers, nothing when there was no usable
  /// one. Returns whether anybody still wants to know.
  bool answered(const std::string& test_uid, uint64_t ticket,
                std::optional<int32_t> workers, monotonic_time now);

  /// When to call `due` again although no answer came.
  std::optional<monotonic_time> wakes_at() const;

private:
  struct entry {
    uint64_t ticket = 0;
    std::string base_url;
    int32_t expected_workers = 0;
    /// Answers in a row that could not be used.
    unsigned failures = 0;
  };

  std::unordered_map<std::string, entry> entries_;
  /// By test uid; those that are asked now are not in it.
  delay_queue<std::string> queue_;
  uint64_t last_ticket_ = 0;
  /// Also counts requests whose answer nobody wants any more.
  size_t in_flight_ = 0;
};

} // namespace locust
