#include "actors/operator/actor_health.hpp"

#include <cstdint>
#include <limits>
#include <utility>

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

std::string why_unfollowed(const std::string& error) {
  return "The operator no longer follows this LocustTest because of an "
         "internal error (" +
         error + "); it tries again after a restart of the operator";
}

publish_event crash_event(std::string why) {
  // No entry of a history has this number.
  constexpr auto sequence = std::numeric_limits<uint64_t>::max();
  return {severity::warning, "OperatorError", std::move(why), sequence};
}

} // namespace locust
