#pragma once

#include "protocol/api_call.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace locust {

/// A line for the journal.
struct journal_entry {
  shared_text line; ///< null if there is only a gap
  /// Number of lines dropped before this one.
  uint64_t lost_before = 0;
};

/// Lines that wait for the disk, in order. When it is full, new lines are
/// dropped and the gap is recorded, so that the file has no unmarked gaps.
/// Pure.
class line_queue {
public:
  /// Most bytes that wait. About 50,000 lines, which 1,000 tests produce in a
  /// minute: the disk may stall for so long.
  static constexpr size_t byte_limit = size_t{16} << 20;
  /// Bytes of a batch, which no longer count as waiting. Small compared with
  /// `byte_limit`, but large enough to make messages cheap.
  static constexpr size_t batch_bytes = size_t{1} << 20;

  /// Returns false if the line was dropped.
  bool push(shared_text line);

  /// Removes and returns the oldest lines, about `batch_bytes`, or a gap at the
  /// end if no line waits. Empty if there is neither.
  std::vector<journal_entry> take();

  /// Whether `take` would return nothing.
  bool empty() const;

private:
  std::deque<journal_entry> entries_;
  size_t bytes_ = 0;
  /// Lines dropped since the last one that was queued.
  uint64_t lost_ = 0;
};

} // namespace locust
