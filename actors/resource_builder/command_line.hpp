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
  /// Byte offset of the unclosed quote, or of the backslash.
  size_t offset = 0;
  /// The same position as line and column, starting at 1; columns count
  /// characters.
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
///  - 'a b' is literal; in "a b" a backslash quotes only $ ` " \ and the end of
///    a line;
///  - elsewhere a backslash quotes the next character, and at the end of a line
///    continues it;
///  - '' and "" make empty words.
/// A text without quotes and backslashes is split at white space; `#` begins no
/// comment. An unclosed quote, and a backslash at the end of the text, are
/// errors.
tl::expected<words, split_error> split_words(std::string_view text);

/// What a user of a shell may not expect of a command that is split. The places
/// are worded like those of `split_error`; empty for none.
struct command_oddities {
  /// The first `#` that would begin a comment in a shell. Here it begins an
  /// ordinary word.
  std::string comment;
  /// The first backslash that disappears although the character after it needs
  /// none.
  std::string lost_backslash;

  bool operator==(const command_oddities&) const = default;
};

/// Finds the oddities of `text`; of a text that cannot be split, those before
/// the fault.
command_oddities oddities_of(std::string_view text);

/// `spec.master.autoquit.timeout` of a spec that does not say it, in seconds.
inline constexpr int32_t default_autoquit = 60;

/// What determines the arguments of both roles besides their commands.
struct run_options {
  bool open_telemetry = false;
  /// `--expect-workers`.
  int32_t replicas = 1;
  bool autostart = true;
  /// Seconds for `--autoquit`; absent: off. Omitted without autostart, because
  /// Locust rejects the combination (docs/behaviour/children.md#autoquit).
  std::optional<int32_t> autoquit = default_autoquit;
};

/// Returns the arguments of the master: the words of the command, the
/// operator's, then `extra`.
words master_arguments(words seed, const run_options& options,
                       const words& extra);

/// Returns the arguments of a worker, which connects to `master_host`.
words worker_arguments(words seed, bool open_telemetry,
                       std::string_view master_host, const words& extra);

/// Returns the flags in `extra` that the operator sets itself, each once,
/// without its value and in order. In Locust the later occurrence wins, which
/// is rarely intended.
words managed_flags_in(const words& extra);

} // namespace locust
