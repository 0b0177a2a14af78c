#pragma once

#include "protocol/api_call.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace locust {

/// A line on its way to the journal.
struct journal_entry {
  shared_text line; ///< null: only the gap
  /// So many lines that belong here were dropped.
  uint64_t lost_before = 0;
};

/// Lines that wait for the disk, in order. When there are too many, the newest
/// are dropped, and the place where they are missing is remembered: what is in
/// the file then begins whole and says where it has holes. Pure.
class line_queue {
public:
  /// Waiting bytes; what goes beyond is dropped. Some 50,000 lines, which is a
  /// minute of a disk that stands still under the events of 1,000 tests.
  static constexpr size_t byte_limit = size_t{16} << 20;
  /// What is handed on at once is not counted any more: small beside
  /// `byte_limit`, large enough that handing over costs nothing.
  static constexpr size_t batch_bytes = size_t{1} << 20;

  /// Returns false when the line was dropped.
  bool push(shared_text line);

  /// Takes the oldest lines, about `batch_bytes` of them, or the gap at the end
  /// when no line waits. Empty when there is nothing at all.
  std::vector<journal_entry> take();

  /// Whether `take` would return nothing.
  bool empty() const;

private:
  std::deque<journal_entry> entries_;
  size_t bytes_ = 0;
  /// Dropped since the last line that was not.
  uint64_t lost_ = 0;
};

} // namespace locust
