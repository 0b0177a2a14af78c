#include "actors/supervisor/history.hpp"

#include <algorithm>

namespace locust::lifecycle {

namespace {

/// Folds all entries but `count` of them, starting at `first`.
state fold(const std::vector<history_entry>& history, size_t first = 0,
           size_t count = 0) {
  state s;
  for (size_t i = 0; i < history.size(); ++i)
    if (i < first || i >= first + count)
      apply(s, history[i].event, false);
  return s;
}

template <class Fact>
bool is(const history_entry& entry) {
  return std::holds_alternative<Fact>(entry.event.fact);
}

/// 500 workers may connect in 500 steps. Only the latest count matters, unless
/// an earlier one changed the condition or is the peak.
bool repeats_a_count(const std::vector<history_entry>& history) {
  auto n = history.size();
  return n >= 2 && is<fact::workers_connected>(history[n - 1]) &&
         is<fact::workers_connected>(history[n - 2]);
}

/// `CreateFailed, Retrying` before an equal `CreateFailed` adds no information.
bool repeats_a_failure(const std::vector<history_entry>& history) {
  auto n = history.size();
  if (n < 3 || !is<fact::retrying>(history[n - 2]))
    return false;
  const auto& now = history[n - 1].event.fact;
  bool failed = is<fact::create_failed>(history[n - 1]) ||
                is<fact::name_conflict>(history[n - 1]);
  return failed && history[n - 3].event.fact == now;
}

/// Drops `count` entries starting at `first` if the fold does not need them.
bool drop(state& s, size_t first, size_t count) {
  if (!same_meaning(fold(s.history, first, count), s))
    return false;
  auto at = s.history.begin() + static_cast<std::ptrdiff_t>(first);
  s.history.erase(at, at + static_cast<std::ptrdiff_t>(count));
  return true;
}

/// Whether only a newer version of the operator understands the entry.
bool is_foreign(const history_entry& entry) {
  return !entry.verbatim.empty();
}

/// Drops the oldest entry that the fold does not need. A fold needs less than
/// half of the limit (one entry for each child, condition and phase, and a few
/// for transition times), so there is one. If not, drops the oldest entry; the
/// rest of `.status` stays correct.
void compact(state& s) {
  for (size_t i = 0; i + 1 < s.history.size(); ++i)
    if (!is_foreign(s.history[i]) && drop(s, i, 1))
      return;
  s.history.erase(s.history.begin());
}

} // namespace

void record(state& s, const lifecycle_event& event) {
  history_entry entry{++s.last_sequence, event};
  entry.event.at = s.clock;
  bool complete = std::holds_alternative<launched>(s.at);
  if (auto announced = announcement_for(
          entry, complete ? s.run.created : per_child<std::string>{})) {
    if (s.outbox.size() >= history_limit)
      s.outbox.erase(s.outbox.begin()); // the API server is down for long
    s.outbox.push_back({s.revision, std::move(*announced)});
  }
  s.history.push_back(std::move(entry));
  auto n = s.history.size();
  if (repeats_a_count(s.history))
    drop(s, n - 2, 1);
  else if (repeats_a_failure(s.history))
    drop(s, n - 3, 2);
  if (s.history.size() > history_limit)
    compact(s);
}

std::vector<publish_event>
announcements_of(const std::vector<history_entry>& history, timestamp since) {
  std::vector<publish_event> found;
  state s;
  for (const auto& entry : history) {
    auto created = s.run.created;
    bool incomplete = is_creating(s);
    apply(s, entry.event, false);
    const auto* f = std::get_if<fact::child_created>(&entry.event.fact);
    if (f == nullptr || !incomplete || is_creating(s))
      created = {};
    else if (!f->adopted)
      created[f->child] = f->name;
    if (entry.event.at < since)
      continue;
    if (auto announced = announcement_for(entry, created))
      found.push_back(std::move(*announced));
  }
  return found;
}

state restore(std::vector<history_entry> history) {
  auto s = fold(history);
  s.last_sequence = history.empty() ? 0 : history.back().sequence;
  s.history = std::move(history);
  s.outbox.clear();
  s.revision = 0;
  s.stored_revision = 0;
  if (auto* p = std::get_if<creating>(&s.at))
    p->shown_by = 0;
  s.restored = !std::holds_alternative<unseen>(s.at);
  return s;
}

bool same_meaning(const state& a, const state& b) {
  auto meant = [](const phase& at) {
    const auto* p = std::get_if<creating>(&at);
    if (p == nullptr)
      return at;
    creating same;
    same.again = p->again;
    same.attempt_open = p->attempt_open;
    return phase(same);
  };
  auto lasting = [](run_facts run) {
    run.created = {}; // for Events only
    return run;
  };
  // Without a copy of the histories: `compact` calls this for one entry after
  // the other.
  return meant(a.at) == meant(b.at) && lasting(a.run) == lasting(b.run) &&
         a.conditions == b.conditions &&
         a.observed_generation == b.observed_generation;
}

} // namespace locust::lifecycle
