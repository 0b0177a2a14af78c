#pragma once

#include "actors/journal/line_queue.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The file of `--journal FILE`: JSON lines, limited in size by rotation.

namespace locust {

/// Path and rotation of the journal.
struct journal_options {
  std::string path;
  /// A write that would make the file larger than this rotates it first.
  size_t rotate_bytes = size_t{64} << 20;
  /// Number of rotated files: FILE.1 (the newest) to FILE.N.
  unsigned kept_files = 3;
};

/// Appends whole lines or nothing. Blocks while the disk does, so it needs a
/// thread of its own. A failure loses lines, but nothing else: they are
/// counted, and a line `{"gap":N}` takes their place as soon as it can be
/// written. Only regular files are rotated, so not /dev/stdout or a FIFO.
class journal_file {
public:
  /// After a failure, all lines are dropped for this long before the file is
  /// opened again. A full disk is fixed by people, who need minutes.
  static constexpr std::chrono::seconds retry_after{30};

  explicit journal_file(journal_options options);
  ~journal_file();

  journal_file(const journal_file&) = delete;
  journal_file& operator=(const journal_file&) = delete;

  /// Opens the file. Returns the same as `append`.
  std::string open(monotonic_time now);

  /// Writes one entry, or counts it as lost. Returns a sentence for the log
  /// when failures begin or end, else an empty text.
  std::string append(const journal_entry& entry, monotonic_time now);

  /// Marks a remaining gap and waits for the disk. Returns whether the file
  /// holds everything that was appended, or a mark where it does not.
  bool flush(monotonic_time now);

private:
  bool ready(size_t bytes, monotonic_time now);
  bool open_file();
  bool rotate();
  bool mark_gap();
  bool write_line(std::string_view line);
  bool cut_off(size_t bytes);
  bool failed(const std::string& action, const std::string& reason);
  std::string report(bool well, monotonic_time now);

  journal_options options_;
  int descriptor_ = -1;
  bool regular_ = false;
  /// The file ends within a line that another process wrote.
  bool torn_ = false;
  size_t size_ = 0;
  /// Lines dropped without a mark in the file yet.
  uint64_t lost_ = 0;
  /// After a failure: no attempt before this time.
  monotonic_time retry_at_{};
  bool in_trouble_ = false;
  std::string trouble_;
};

} // namespace locust
