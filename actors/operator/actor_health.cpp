#include "actors/operator/actor_health.hpp"

namespace locust {

namespace {

/// No connection, no valid credential, or an API server that is not working.
bool is_blind(int status) {
  return status == 0 || status == 401 || status >= 500;
}

} // namespace

std::string why_not_ready(bool listed, const watch_faults& faults) {
  for (const auto& [watch, fault] : faults)
    if (!fault.reason.empty() && (!listed || is_blind(fault.status)))
      return fault.reason;
  return listed ? "" : "waiting for the initial lists";
}

} // namespace locust
