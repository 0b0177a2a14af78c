#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/load_ledger.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <string>
#include <string_view>

// `.status.result`: what came out of a run (docs/results.md).

namespace locust {

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

/// Returns `.status.result` without `report`, as a JSON object.
std::string result_text(const run_record& what);

} // namespace locust
