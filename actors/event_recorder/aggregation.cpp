#include "actors/event_recorder/aggregation.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace locust {

namespace {

/// The text of client-go, because users search for it.
constexpr std::string_view combined = "(combined from similar events): ";

} // namespace

correlation aggregation::observe(const occurrence& x, monotonic_time now) {
  auto message = json::clean_text(x.event.message, longest_message);
  auto kind = x.test_uid + '\0' +
              (x.event.type == severity::warning ? 'W' : 'N') + '\0' +
              x.event.reason;
  auto& alike = similar_[kind];
  if (now - alike.last_seen > window)
    alike.messages.clear();
  alike.last_seen = now;
  bool merge = !alike.messages.contains(message) &&
               alike.messages.size() >= most_similar;
  if (merge)
    message =
        json::clean_text(std::string(combined) + message, longest_message);
  else
    alike.messages.insert(message);
  auto name =
      event_name(x.test.name, x.test_uid, x.event.sequence, x.event.reason);
  auto& known = recent_[merge ? kind : kind + '\0' + message];
  if (known.latest == name)
    return {correlation::verdict::repeated, std::nullopt};
  bool raise = !known.latest.empty() && now - known.last_seen <= window;
  known.last_seen = now;
  known.latest = name;
  if (raise) {
    ++known.event.count;
    known.event.last = std::max(known.event.last, x.at);
    known.event.message = message;
  } else {
    known.event = {x.test,       x.test_uid,     name,
                   x.event.type, x.event.reason, message,
                   x.at,         x.at,           1};
  }
  if (!has_share(x.test_uid, now))
    return {correlation::verdict::too_many, std::nullopt};
  return {raise ? correlation::verdict::raised : correlation::verdict::fresh,
          known.event};
}

bool aggregation::has_share(const std::string& test_uid, monotonic_time now) {
  auto& s = shares_[test_uid];
  if (s.left < 0) {
    s.left = burst;
  } else {
    std::chrono::duration<double> passed = now - s.since;
    s.left = std::min(burst, s.left + passed / refill);
  }
  s.since = now;
  if (s.left < 1)
    return false;
  s.left -= 1;
  return true;
}

} // namespace locust
