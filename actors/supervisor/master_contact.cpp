#include "actors/supervisor/master_contact.hpp"

#include <algorithm>

namespace locust {

master_contact contact_with_master(const observed_objects& seen,
                                   bool has_web_ui, timestamp now) {
  const auto& load = seen.load;
  auto runs_since = seen.master_runs_since.value_or(now);
  auto silent = load.reached_at.value_or(runs_since) + unreachable_limit;
  if (has_web_ui && load.latest && load.latest->reachable && now < silent)
    return {contact::answers, {}};
  if (!has_web_ui && load.listens_since)
    return {contact::without_web_ui, {}};
  // Locust closes its web UI before it ends, which may take long; its last word
  // stands.
  if (has_web_ui && load.reached_at && load.latest && load.latest->refused)
    return {contact::pending, {}};
  auto due = silent;
  if (has_web_ui && load.refuses_since) {
    auto refused = *load.refuses_since + refused_limit;
    if (now >= refused)
      return {contact::without_web_ui, {}};
    due = std::min(due, refused);
  }
  if (now < due)
    return {contact::pending, due};
  return {contact::unreachable, {}};
}

} // namespace locust
