#include "actors/supervisor/change.hpp"

#include <algorithm>

// Children are created one after the other. Whatever answer gets lost, and
// whenever the operator dies: no master Job is created a second time because
// nobody knows of the first.

namespace locust::lifecycle {

namespace {

std::chrono::microseconds backoff(const obstacle& o) {
  using std::chrono::microseconds;
  microseconds delay = o.transient ? microseconds(transient_retry_min)
                                   : microseconds(permanent_retry_min);
  microseconds limit = o.transient ? microseconds(transient_retry_max)
                                   : microseconds(permanent_retry_max);
  for (int i = 1; i < o.attempts && delay < limit; ++i)
    delay *= 2;
  return std::min(delay, limit);
}

/// Notes one more failed attempt in `p` and when to make the next one. These
/// times never leave this process, so they are as its clock shows them, which
/// another clock in the history cannot hold up.
void block(const change& c, creating& p, obstacle next) {
  next.since = c.event.at;
  if (p.blocked && p.blocked->conflict == next.conflict &&
      p.blocked->transient == next.transient)
    next.attempts = p.blocked->attempts + 1;
  next.retry_at = next.since + backoff(next);
  p.blocked = next;
}

/// Whether a master Job may come and go while nobody looks. Then each attempt
/// is on record before it is made (B11).
bool may_vanish(const state& s) {
  auto child = next_child(s);
  return s.run.ttl_seconds && child && *child != child_kind::worker_job;
}

/// The child that was asked for before `lost` was lost.
std::optional<child_kind> asked_for(const state& s, child_kind lost) {
  for (size_t i = 0; i < child_count; ++i)
    if (static_cast<child_kind>(i) != lost && s.run.children[i].empty())
      return static_cast<child_kind>(i);
  return std::nullopt;
}

/// After a definite no, what an earlier attempt without an answer made would
/// still be there to be seen; unless a TTL removes it.
void settle(const change& c, creating& p) {
  if (!c.s.run.ttl_seconds)
    p.unanswered_since.reset();
}

/// Shows `reason` when that is news, or when it must be on record that the
/// attempt came to nothing.
void show(change& c, const creating& before, std::string reason,
          std::string message) {
  const auto* ready = find(c.s, condition_type::ready);
  const auto& now = std::get<creating>(c.s.at);
  if (ready->reason == reason && ready->message == message &&
      before.attempt_open == now.attempt_open)
    return;
  c.set(condition_type::ready, truth::no, std::move(reason),
        std::move(message));
  c.note();
}

/// The attempt after one that succeeded.
creating next_attempt(const change& c, const creating& p, child_kind missing) {
  creating next;
  next.again = p.again;
  next.announced = p.announced;
  next.attempted_at = c.event.at;
  next.unanswered_since = p.unanswered_since;
  // The master Job is attempted now, and not before.
  if (missing != child_kind::worker_job)
    next.attempt_open = c.at();
  return next;
}

} // namespace

void begin_creating(change& c) {
  creating next;
  next.attempt_open = c.at();
  c.s.at = next;
}

void create_again(change& c) {
  creating next;
  next.again = true;
  next.attempt_open = c.at();
  c.s.at = next;
}

void create_again(change& c, const creating& p, child_kind lost) {
  creating next;
  next.again = p.again || lost != child_kind::master_service;
  next.attempt_open = c.at();
  next.unanswered_since = p.unanswered_since;
  if (is_under_way(p) && asked_for(c.s, lost) == child_kind::master_job &&
      !next.unanswered_since)
    next.unanswered_since = p.attempted_at; // its answer may still come
  c.s.at = next;
}

void on(change& c, const creating& p, const child_created& f) {
  auto& uid = c.s.run.children[static_cast<size_t>(f.child)];
  if (uid == f.uid)
    return; // the same answer again
  bool awaited = f.child == next_child(c.s);
  uid = f.uid;
  auto missing = next_child(c.s);
  if (!missing) {
    if (!c.s.run.start_time)
      c.s.run.start_time = c.at();
    c.set(condition_type::ready, truth::yes, "ResourcesCreated",
          "All resources created");
    c.s.at = launched{};
  } else {
    auto next = awaited ? next_attempt(c, p, *missing) : p;
    if (f.child == child_kind::master_job)
      next.unanswered_since.reset();
    c.s.at = next;
    c.set(condition_type::ready, truth::no, "ResourcesCreating",
          p.again ? "Deleted resources are being recreated"
                  : "Resources are being created");
  }
  c.note();
}

void on(change& c, const creating& p, const child_refused& f) {
  if (f.child != next_child(c.s))
    return; // what was asked for before another child was lost
  creating next = p;
  block(c, next, {.conflict = false, .transient = f.transient});
  bool unanswered = f.transient && !f.untouched;
  if (unanswered) {
    if (f.child == child_kind::master_job && !next.unanswered_since)
      next.unanswered_since = p.attempted_at;
  } else {
    settle(c, next);
  }
  // What is in a history was shown.
  bool hidden = c.recording && f.transient &&
                next.blocked->attempts < transient_attempts_hidden;
  if (!unanswered && !hidden)
    next.attempt_open.reset();
  c.s.at = next;
  if (!hidden)
    show(c, p, "ResourcesFailed", describe(f));
}

void on(change& c, const creating& p, const child_conflict& f) {
  if (f.child != next_child(c.s))
    return;
  creating next = p;
  block(c, next, {.conflict = true, .deleting = f.deleting});
  next.attempt_open.reset();
  settle(c, next);
  c.s.at = next;
  show(c, p, "NameConflict", describe(f));
}

void on(change& c, const creating& p, const retry_due&) {
  if (!p.blocked || p.blocked->under_way)
    return; // an attempt is being made
  creating next = p;
  next.blocked->under_way = true;
  bool first = may_vanish(c.s) && !p.attempt_open;
  if (first)
    next.attempt_open = c.at();
  if (first || doubtful(c.s, c.event.at)) {
    next.announced = false;
    c.s.at = next;
    c.note();
  } else {
    next.attempted_at = c.event.at;
    c.s.at = next;
  }
}

void on(change& c, const creating& p, const resumed&) {
  creating next = p;
  if (may_vanish(c.s) && !p.attempt_open) {
    // What was attempted came to nothing; the next attempt is not on record.
    next.blocked = obstacle{.since = c.event.at, .retry_at = c.event.at};
  } else {
    // The history that we come from says so, unless it has grown since.
    next.announced = c.s.stored_revision >= c.s.revision;
    next.blocked.reset();
    next.attempted_at = c.event.at;
    // Had an attempt before been carried out, a list would have shown it.
    next.unanswered_since.reset();
  }
  c.s.at = next;
}

void confirm(change& c, const creating& p, uint64_t revision) {
  creating next = p;
  next.announced_by = 0;
  if (!p.announced && c.s.stored_revision >= c.s.revision) {
    next.announced = true;
    next.announced_by = revision;
    if (doubtful(c.s, c.event.at))
      next.doubt_confirmed_at = c.event.at;
    else
      next.attempted_at = c.event.at;
    if (next.blocked)
      next.blocked->under_way = true;
  }
  c.s.at = next;
}

bool is_under_way(const creating& p) {
  return p.announced && !p.doubt_confirmed_at &&
         (!p.blocked || p.blocked->under_way);
}

std::chrono::seconds shortest_life(const state& s) {
  return shortest_run + std::chrono::seconds(s.run.ttl_seconds.value_or(0));
}

bool doubtful(const state& s, timestamp now) {
  const auto* p = std::get_if<creating>(&s.at);
  return p != nullptr && p->unanswered_since && s.run.ttl_seconds &&
         next_child(s) == child_kind::master_job &&
         now - *p->unanswered_since >= shortest_life(s);
}

} // namespace locust::lifecycle
