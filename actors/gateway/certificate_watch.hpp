#pragma once

#include "protocol/error.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace locust {

/// Where a certificate and its key stand, and how long they are waited for.
struct certificate_place {
  std::string chain; ///< path
  std::string key;   ///< path
  /// What it is for: `webhook`, as messages have it.
  std::string use;
  /// How to do without these files, the end of a sentence.
  std::string way_out;
  /// From the start until both are there; 0 or less: for ever.
  std::chrono::nanoseconds wait_limit{};
};

/// What the two files held at one look.
struct certificate_view {
  result<std::string> chain;
  result<std::string> key;

  bool operator==(const certificate_view&) const = default;
};

/// Decides what becomes of the certificate files. Pure: is told what they hold
/// and how late it is.
///
/// At the start it waits for the files. Later it follows every change that
/// makes a good pair; a broken one leaves the last in use. What looks broken
/// counts as such when it is the same at two looks: files may be seen while
/// they are written, or one of the two before the other.
class certificate_watch {
public:
  certificate_watch(certificate_place place, monotonic_time now);

  struct outcome {
    /// Show this from now on.
    std::optional<certificate_view> use;
    /// A line for the log; empty for none.
    std::string news;
    /// The operator cannot go on, `news` says why.
    bool fatal = false;
    /// When to look again, from now.
    std::chrono::milliseconds next{};
  };

  outcome look(const certificate_view& seen, monotonic_time now);

private:
  std::string subject() const;
  outcome judge(const certificate_view& seen, bool again, monotonic_time now);
  outcome not_yet(const std::string& trouble, monotonic_time now);
  outcome stays(const std::string& trouble);

  certificate_place place_;
  monotonic_time begin_;
  /// When the last line about the waiting was written.
  std::optional<monotonic_time> said_;
  std::optional<certificate_view> last_;
  std::optional<certificate_view> in_use_;
  /// What is wrong beside the pair in use, and has been told.
  std::string told_;
};

} // namespace locust
