#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "protocol/api_call.hpp"
#include "protocol/error.hpp"
#include "protocol/kubernetes.hpp"

#include <memory>
#include <string>
#include <string_view>

// `.status` of a LocustTest as JSON, in both directions. What a person reads
// and what the operator restarts from are one thing.

namespace locust {

/// What fluctuates while a run goes on. It is shown in `.status` beside the
/// fold, but is no event: neither history nor journal has it, and no other
/// replica folds anew because of it.
struct live_status {
  /// `.status.load`, a JSON object; null for none.
  shared_text load;
};

/// Returns the whole `.status` as JSON text. `run_spec` is the JSON text of the
/// spec that the children are built from; it is kept until the run is over, so
/// that a recovery can use it after a restart of the operator
/// (docs/behaviour/lifecycle.md#run-spec).
std::string render_status(const lifecycle::state& s, std::string_view run_spec,
                          const live_status& live = {});

/// What a stored status says.
struct stored_status {
  lifecycle::state state;
  /// Empty when none is stored.
  std::string run_spec;
  /// Why its history could not be read, with the JSON path; empty when it could
  /// or when there is none.
  std::string problem;
};

/// Rebuilds the state from a stored status. One without a readable history
/// (never written, written by the reference operator, or spoilt) gives an
/// unseen state, of which `see_predecessor` makes what it can; but one whose
/// phase is terminal is over, and stays as it is written. Fails when `status`
/// is not JSON.
result<stored_status> read_status(std::string_view status);

/// What a LocustTest shows of its run.
struct taken_state {
  lifecycle::state state;
  /// Null when none is stored.
  std::shared_ptr<const std::string> run_spec;
  /// What of its status is ignored, and why; empty when nothing is.
  std::string problem;
};

/// Rebuilds the state from the stored status of `test`; an unseen one when that
/// is nothing that can be read.
taken_state take_state(const locust_test& test);

} // namespace locust
