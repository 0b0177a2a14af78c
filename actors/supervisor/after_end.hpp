#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"
#include "protocol/api_call.hpp"
#include "protocol/command.hpp"

#include <chrono>
#include <optional>
#include <string>

// What becomes of the Jobs of a run that has ended
// (docs/behaviour/lifecycle.md#after-the-end). Pure.

namespace locust {

/// Locust containers that still run when the master has ended by itself are
/// about to end, too; a worker reports its last figures every 3 s.
inline constexpr auto end_patience = std::chrono::seconds(10);

/// Suspends the Jobs of an ended run whose Locust containers still run or may
/// yet start, one after the other. A Job stays as it is when a pod of it exists
/// whose Locust has ended, because a suspension would delete that pod and its
/// log. A Job that was just created is waited for. Belongs to one supervisor
/// core.
class job_suspension {
public:
  struct step {
    /// Send this now; the answer goes to `on_answer`.
    std::optional<api_request> request;
    /// When to call `next` again although nothing is observed.
    std::optional<timestamp> look_again;
    /// The Jobs need nothing more.
    bool done = false;
  };

  struct result {
    /// A log message; empty for none.
    std::string trouble;
    /// The Event about a suspended Job.
    std::optional<publish_event> event;
  };

  /// What to do about the Jobs of the ended run `s`. Without `acts`, as another
  /// replica acts or the end is not stored, it only finds out whether they need
  /// anything.
  step next(const lifecycle::state& s, const observed_objects& seen,
            timestamp now, bool acts);

  /// The answer to the latest request.
  result on_answer(const lifecycle::state& s, const observed_objects& seen,
                   const api_response& answer, timestamp now);

private:
  struct order {
    child_kind child{};
    std::string uid;
  };

  /// uids of the Jobs that were suspended, or cannot be.
  per_child<std::string> settled_;
  /// The Job whose request is pending.
  std::optional<order> pending_;
  unsigned failures_ = 0;
  std::optional<timestamp> retry_at_;
};

} // namespace locust
