#include "actors/supervisor/history.hpp"

#include <algorithm>

namespace locust::lifecycle {

namespace {

state fold(const std::vector<history_entry>& history) {
  state s;
  for (const auto& entry : history)
    apply(s, entry.event, false);
  return s;
}

template <class Fact>
const Fact* as(const history_entry& entry) {
  return std::get_if<Fact>(&entry.event.fact);
}

/// A run of 500 workers connects in 500 steps; only the latest count matters,
/// unless the older one moved the condition or is the peak.
void replace_count(state& s, const workers_counted& now) {
  auto& history = s.history;
  if (history.empty())
    return;
  const auto* last = as<workers_counted>(history.back());
  const auto* shown = find(s, condition_type::workers_connected);
  if (last != nullptr && now.connected >= last->connected &&
      shown->last_transition < history.back().event.at)
    history.pop_back();
}

/// `CreateFailed, Retrying` in front of an equal `CreateFailed` says nothing
/// that the new entry does not say.
template <class Fact>
void replace_failed_attempt(state& s, const Fact& now) {
  auto& history = s.history;
  auto n = history.size();
  if (n < 2 || as<retry_due>(history[n - 1]) == nullptr)
    return;
  const auto* earlier = as<Fact>(history[n - 2]);
  if (earlier != nullptr && *earlier == now)
    history.resize(n - 2);
}

/// Drops the oldest entry that the fold does not need. A fold needs less than
/// half of the limit (one entry for each child, condition and phase, and a few
/// that hold the time of a transition), so there is one; if not, the oldest
/// goes and the rest of `.status` still stands.
void compact(state& s) {
  auto& history = s.history;
  auto whole = fold(history);
  for (size_t i = 0; i + 1 < history.size(); ++i) {
    auto without = history;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (same_meaning(fold(without), whole)) {
      history = std::move(without);
      return;
    }
  }
  history.erase(history.begin());
}

} // namespace

void record(state& s, const lifecycle_event& event) {
  if (const auto* count = std::get_if<workers_counted>(&event.fact))
    replace_count(s, *count);
  else if (const auto* refused = std::get_if<child_refused>(&event.fact))
    replace_failed_attempt(s, *refused);
  else if (const auto* conflict = std::get_if<child_conflict>(&event.fact))
    replace_failed_attempt(s, *conflict);
  history_entry entry{++s.last_sequence, event};
  entry.event.at = s.clock;
  if (auto telling = announcement_for(entry)) {
    if (s.outbox.size() >= history_limit)
      s.outbox.erase(s.outbox.begin()); // the API server is away for long
    s.outbox.push_back({s.revision, std::move(*telling)});
  }
  s.history.push_back(std::move(entry));
  if (s.history.size() > history_limit)
    compact(s);
}

state restore(std::vector<history_entry> history) {
  auto s = fold(history);
  s.last_sequence = history.empty() ? 0 : history.back().sequence;
  s.history = std::move(history);
  s.outbox.clear();
  s.revision = 0;
  s.stored_revision = 0;
  s.restored = !std::holds_alternative<unseen>(s.at);
  return s;
}

bool same_meaning(const state& a, const state& b) {
  auto plain = [](state s) {
    s.history.clear();
    s.last_sequence = s.revision = s.stored_revision = 0;
    s.outbox.clear();
    s.clock = {};
    s.restored = false;
    if (auto* p = std::get_if<creating>(&s.at)) {
      creating meant;
      meant.again = p->again;
      meant.attempt_open = p->attempt_open;
      *p = meant;
    }
    return s;
  };
  return plain(a) == plain(b);
}

} // namespace locust::lifecycle
