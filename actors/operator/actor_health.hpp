#pragma once

#include "protocol/command.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// What the probes say about the actors. Pure.

namespace locust {

/// Tracks whether the actors that the operator cannot work without answer. The
/// caller numbers them from zero and asks them in rounds.
class answer_rounds {
public:
  explicit answer_rounds(size_t actors) : actors_(actors) {
    // nop
  }

  /// Begins a round. Returns how many actors to ask: all of them, or none while
  /// an answer of the previous round is missing.
  size_t begin() {
    if (missing_ > 0)
      return 0;
    missing_ = actors_;
    return actors_;
  }

  /// An actor has answered. Returns true if all of the round have.
  bool answered() {
    return --missing_ == 0;
  }

private:
  size_t actors_;
  size_t missing_ = 0;
};

/// What is wrong with a watch.
struct watch_fault {
  int status = 0; ///< HTTP status, 0 for no connection
  std::string reason;
};

/// The faults by watch; one without a reason is over.
using watch_faults = std::map<std::string, watch_fault, std::less<>>;

/// Returns why /readyz must fail, empty if it must not
/// (docs/behaviour/process.md#probes). `listed`: all lists have been complete
/// once. After that, a watch that the API server refuses concerns one kind, and
/// webhooks must go on; but without the API server there is no work.
std::string why_not_ready(bool listed, const watch_faults& faults);

/// Returns what to say of a LocustTest whose supervisor failed with this error
/// (docs/behaviour/process.md#internal-errors).
std::string why_unfollowed(const std::string& error);

/// Returns the Event with that text.
publish_event crash_event(std::string why);

} // namespace locust
