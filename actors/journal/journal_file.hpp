#pragma once

#include "actors/journal/line_queue.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The file behind `--journal FILE`: JSON lines, kept in bounds by rotation.

namespace locust {

/// Where the journal goes and how much of it is kept.
struct journal_options {
  std::string path;
  /// A file that would grow beyond this many bytes is put aside first.
  size_t rotate_bytes = size_t{64} << 20;
  /// How many such files are kept: FILE.1 (the newest) to FILE.N.
  unsigned kept_files = 3;
};

/// Appends whole lines or nothing. Blocks as the disk does, so it belongs to a
/// thread of its own. Trouble costs lines, never more: they are counted, and
/// where they are missing a line `{"gap":N}` is written as soon as one can be.
/// A path that is no regular file (/dev/stdout, a FIFO) is not rotated.
class journal_file {
public:
  /// So long after a failure is everything dropped before the file is opened
  /// anew. A full disk is emptied by people, who need minutes.
  static constexpr std::chrono::seconds retry_after{30};

  explicit journal_file(journal_options options);
  ~journal_file();

  journal_file(const journal_file&) = delete;
  journal_file& operator=(const journal_file&) = delete;

  /// Opens the file already now. Returns what `append` does.
  std::string open(monotonic_time now);

  /// Writes one entry, or counts it as lost. Returns a sentence for the log
  /// when trouble begins or ends, else nothing.
  std::string append(const journal_entry& entry, monotonic_time now);

  /// Marks a gap that has no mark yet and waits for the disk. Returns whether
  /// the file tells everything that was appended, or where it does not.
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
  /// The file ends within a line that is not ours to remove.
  bool torn_ = false;
  size_t size_ = 0;
  /// Lines that were dropped and have no mark in the file yet.
  uint64_t lost_ = 0;
  /// Not before then, after a failure.
  monotonic_time retry_at_{};
  bool in_trouble_ = false;
  std::string trouble_;
};

} // namespace locust
