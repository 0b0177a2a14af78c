#pragma once

#include "protocol/error.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace locust {

/// The files of a certificate and its key, and how long to wait for them.
struct certificate_place {
  std::string chain; ///< path
  std::string key;   ///< path
  /// What it is for, as in messages: `webhook`.
  std::string use;
  /// How to configure the operator without these files, as the end of a
  /// sentence.
  std::string alternative;
  /// From the start until both files exist; 0 or less: no limit.
  std::chrono::nanoseconds wait_limit{};
};

/// The contents of both files at one check.
struct certificate_view {
  result<std::string> chain;
  result<std::string> key;

  bool operator==(const certificate_view&) const = default;
};

/// Decides when the server uses new certificate files. Pure: the caller passes
/// in the contents and the time.
///
/// At the start it waits for the files. Later it uses each change that is a
/// valid pair; after an invalid one it keeps the pair in use. A pair counts as
/// invalid only if two checks find the same contents: a check may see a file
/// that is being written, or one file replaced before the other.
class certificate_watch {
public:
  certificate_watch(certificate_place place, monotonic_time now);

  struct outcome {
    /// Serve this pair from now on.
    std::optional<certificate_view> use;
    /// A line for the log; empty if there is none.
    std::string log_line;
    /// The operator cannot continue; `log_line` says why.
    bool fatal = false;
    /// When to check again, from now.
    std::chrono::milliseconds next{};
  };

  outcome check(const certificate_view& seen, monotonic_time now);

private:
  std::string subject() const;
  outcome judge(const certificate_view& seen, bool again, monotonic_time now);
  outcome still_waiting(const std::string& trouble, monotonic_time now);
  outcome keep_current(const std::string& trouble);

  certificate_place place_;
  monotonic_time begin_;
  /// When the last line about waiting was logged.
  std::optional<monotonic_time> last_line_;
  std::optional<certificate_view> last_;
  std::optional<certificate_view> in_use_;
  /// The trouble with the files that was logged last, while a pair is in use.
  std::string reported_;
};

} // namespace locust
