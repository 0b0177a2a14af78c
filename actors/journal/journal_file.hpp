#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

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

} // namespace locust
