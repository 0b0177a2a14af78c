#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// Why a text cannot be split, and where.
struct split_error {
  /// Byte of the text at which the quote (or backslash) stands that has no end.
  size_t offset = 0;
  /// The same place for a person, counted from 1; columns in characters.
  size_t line = 1;
  size_t column = 1;
  /// A sentence that contains the position.
  std::string message;

  bool operator==(const split_error&) const = default;
};

using words = std::vector<std::string>;

/// Splits `text` into words as a POSIX shell does, without any expansion
/// (docs/behaviour/children.md#command-words):
///  - words end at runs of Unicode white space;
///  - 'a b' is taken as it stands; in "a b" a backslash quotes only $ ` " \ and
///    the end of a line;
///  - elsewhere a backslash quotes the next character, and at the end of a line
///    continues it;
///  - '' and "" make empty words.
/// A text without quotes and backslashes gives the same words as splitting at
/// white space alone. A quote without its end, and a backslash with nothing
/// after it, are errors.
tl::expected<words, split_error> split_words(std::string_view text);

/// What decides the arguments of the two roles beside their seeds.
struct run_options {
  bool open_telemetry = false;
  /// `--expect-workers`.
  int32_t replicas = 1;
  bool autostart = true;
  /// Seconds for `--autoquit`; absent: it is off. Without autostart it is left
  /// out, because Locust refuses the pair
  /// (docs/behaviour/children.md#autoquit).
  std::optional<int32_t> autoquit = 60;
};

/// Returns the arguments of the master: the seed's words, ours, then `extra`.
words master_arguments(words seed, const run_options& options,
                       const words& extra);

/// Returns the arguments of a worker, which connects to `master_host`.
words worker_arguments(words seed, bool open_telemetry,
                       std::string_view master_host, const words& extra);

/// Returns the flags among `extra` that the operator sets by itself, each once
/// and without its value, in the order in which they come: the later occurrence
/// wins in Locust, which is rarely what was meant.
words managed_flags_in(const words& extra);

} // namespace locust
