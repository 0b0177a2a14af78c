#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/load_ledger.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// `.status.result`: what came out of a run (docs/results.md).

namespace locust {

/// What a run came to. Its name is the value of `.status.result.outcome`.
enum class run_outcome : uint8_t {
  passed,          ///< Locust ended with exit code 0
  requests_failed, ///< Locust ended by itself, and requests have failed
  errored,         ///< it did not begin, or something else went wrong
  aborted,         ///< somebody or something ended it before its time
  unknown,         ///< nobody saw how it ended
};
std::string_view to_string(run_outcome outcome);

/// What is known at the end of a run.
struct run_record {
  const lifecycle::run_facts& run;
  const fact::ended& end;
  timestamp ended_at;
  const load_ledger& load;
  /// The pod of the master; null when unknown.
  const observed_pod* master = nullptr;
  /// Why the master could not be asked; empty when it could.
  std::string_view why_not_asked;
};

run_outcome outcome_of(const run_record& what);

/// Returns `.status.result` without `report`, as a JSON object.
std::string result_text(const run_record& what);

} // namespace locust
