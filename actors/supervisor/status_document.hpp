#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/run_spec.hpp"
#include "protocol/api_call.hpp"
#include "protocol/error.hpp"
#include "protocol/finished_run.hpp"
#include "protocol/kubernetes.hpp"

#include <memory>
#include <string>
#include <string_view>

// Writes and reads `.status` of a LocustTest. The operator restarts from the
// same document that users read.

namespace locust {

/// Live figures of a run. `.status` shows them, but they are not part of the
/// folded state: neither history nor journal contains them, and other replicas
/// do not restore their state because of them.
struct live_status {
  /// `.status.load`, a JSON object; null for none.
  shared_text load;
  /// `.status.result` without `report`, a JSON object; null before the end.
  shared_text result{};
};

/// Returns the whole `.status` as JSON text. `run_spec` is the spec that the
/// children are created from; it is kept until the run ends, for a recovery
/// after a restart of the operator (docs/behaviour/lifecycle.md#run-spec).
std::string render_status(const lifecycle::state& s,
                          const packed_spec& run_spec,
                          const live_status& live = {});

/// The same, with the spec as JSON text; empty for none.
std::string render_status(const lifecycle::state& s, std::string_view run_spec,
                          const live_status& live = {});

/// The content of a stored status.
struct stored_status {
  lifecycle::state state;
  /// Empty when none is stored, or it cannot be read.
  std::string run_spec;
  live_status live;
  /// Why its history could not be read, with the JSON path; empty when it could
  /// be read or does not exist.
  std::string problem;
};

/// Restores the state from a stored status. Without a readable history (never
/// written, written by the Go operator, or damaged) the state is `unseen`, and
/// `find_migration` continues from there; but if the phase is terminal, the run
/// has ended and its status stays as it is. Fails when `status` is not JSON.
result<stored_status> read_status(std::string_view status);

/// The state that was restored from a LocustTest.
struct taken_state {
  lifecycle::state state;
  /// Null when none is stored.
  std::shared_ptr<const std::string> run_spec;
  live_status live;
  /// Which part of its status is ignored, and why; empty when none is.
  std::string problem;
};

/// Returns what to keep of a LocustTest that is first seen when its run is
/// over, if nothing has to be done about it but to look after its Jobs. Null
/// while the run goes on, when Events about its end may have to be published
/// again, and when the LocustTest is being deleted.
std::shared_ptr<const finished_run> finished_run_of(const locust_test& test,
                                                    timestamp now);

/// Restores the state from the stored status of `test`; `unseen` when the
/// status cannot be read.
taken_state take_state(const locust_test& test);

} // namespace locust
