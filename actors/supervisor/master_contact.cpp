#include "actors/supervisor/master_contact.hpp"

#include <algorithm>

namespace locust {

namespace {

constexpr const char* web_port_is_closed =
    "its web port refuses connections; a configuration file or a variable from "
    "a ConfigMap or Secret may make it headless";

/// When a master that says nothing counts as unreachable. One that has answered
/// gets the time from the first sample without an answer on: with many tests,
/// samples are rare.
timestamp end_of_patience(const observed_objects& seen, timestamp now) {
  const auto& load = seen.load;
  auto runs_since = seen.master_runs_since.value_or(now);
  auto since = load.reached_at ? load.silent_since.value_or(now) : runs_since;
  return since + unreachable_limit;
}

} // namespace

master_contact contact_with_master(const observed_objects& seen,
                                   const master_reach& reach, timestamp now) {
  const auto& load = seen.load;
  if (!reach.asks) {
    if (load.listens_since || !reach.knocks)
      return {contact::without_web_ui, {}, reach.why_not};
  } else if (load.latest && load.latest->reachable) {
    return {contact::answers};
  } else if (load.reached_at && load.latest && load.latest->refused) {
    // Locust closes its web UI before it ends, which may take long; its last
    // word stands.
    return {contact::pending};
  }
  auto due = end_of_patience(seen, now);
  if (reach.asks && load.refuses_since) {
    auto refused = *load.refuses_since + refused_limit;
    if (now >= refused)
      return {contact::without_web_ui, {}, web_port_is_closed};
    due = std::min(due, refused);
  }
  if (now < due)
    return {contact::pending, due};
  return {contact::unreachable, {}, load.latest ? load.latest->why : ""};
}

} // namespace locust
