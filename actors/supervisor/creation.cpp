#include "actors/supervisor/change.hpp"
#include "protocol/kubernetes/retry_delay.hpp"

#include <algorithm>

// Creates the children one after the other. Even if answers are lost or the
// operator crashes, it never creates a second master Job because it does not
// know of the first one.

namespace locust::lifecycle {

namespace {

/// Reason of `Ready` while the master is held back.
constexpr std::string_view held_reason = "EarlierPodsEnding";

/// Records a failed attempt in `p` and the time of the next one. These times
/// are not stored, so they use the clock of this process, which a different
/// clock in the history must not delay.
void block(const change& c, creating& p, obstacle next) {
  next.since = c.event.at;
  if (p.blocked && p.blocked->conflict == next.conflict &&
      p.blocked->transient == next.transient)
    next.attempts = p.blocked->attempts + 1;
  const auto& delays = next.transient ? transient_back_off : refused_back_off;
  next.retry_at =
      next.since + delays.delay(static_cast<unsigned>(next.attempts));
  p.blocked = next;
}

const std::string& uid_of(const state& s, child_kind child) {
  return s.run.children[child];
}

bool master_is_next(const state& s) {
  return next_child(s) == child_kind::master_job;
}

/// Whether the next child can be created and removed unobserved. Then each
/// attempt is stored before the request is sent
/// (docs/behaviour/lifecycle.md#intent-before-the-master-job).
bool may_vanish(const state& s) {
  return s.run.ttl_seconds && master_is_next(s);
}

/// Adds the intent to create a master Job to the state; the caller then records
/// the event.
void announce(const change& c, creating& p) {
  p.announced = false;
  p.shown_by = c.s.revision + 1;
  if (may_vanish(c.s))
    p.attempt_open = c.at();
}

/// Begins the attempt to create the next child, unless the intent must be
/// stored first: Services and worker Jobs are harmless, but a master Job runs a
/// test. After a restart, existing children are adopted before anything is
/// created.
void attempt(const change& c, creating& p) {
  if (!c.s.restored &&
      (!master_is_next(c.s) || (is_on_record(c.s, p) && !p.held)))
    p.attempted_at = c.event.at;
}

/// After a definite refusal: what an earlier unanswered attempt created would
/// still exist and be observed, unless a TTL has removed it.
void settle(const change& c, creating& p) {
  if (!c.s.run.ttl_seconds)
    p.unanswered_since.reset();
}

/// Shows `reason` if it is new, or if the failure of the attempt must be
/// stored.
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

/// Sets `Ready` after a success, or when an obstacle is gone.
void show_progress(change& c, const creating& p) {
  if (!p.held)
    c.set(condition_type::ready, truth::no, "ResourcesCreating",
          p.again ? "Deleted resources are being recreated"
                  : "Resources are being created");
  else if (find(c.s, condition_type::ready)->reason != held_reason)
    c.set(condition_type::ready, truth::no, std::string(held_reason),
          "Waiting until pods of an earlier LocustTest with this name have "
          "ended");
}

/// The state after the awaited child exists while another child is missing.
creating after_success(const change& c, const creating& p) {
  creating next;
  next.again = p.again;
  next.announced = p.announced;
  next.held = p.held;
  next.unanswered_since = p.unanswered_since;
  next.master_asked_at = p.master_asked_at;
  next.shown_by = p.shown_by;
  next.attempt_open = p.attempt_open;
  if (may_vanish(c.s) && !p.attempt_open && !p.held)
    announce(c, next);
  attempt(c, next);
  return next;
}

/// Begins the attempt that `revision` has recorded, or waits to observe whether
/// an earlier attempt succeeded.
void attempt_master(const change& c, creating& p, uint64_t revision) {
  p.announced_by = revision;
  if (doubtful(c.s, c.event.at))
    p.doubt_confirmed_at = c.event.at;
  else
    p.attempted_at = c.event.at;
  if (p.blocked)
    p.blocked->under_way = true;
}

/// Clears the lost child from `next` and creates it again.
void create_missing(change& c, creating next) {
  auto open = next.attempt_open;
  announce(c, next);
  if (open)
    next.attempt_open = open;
  attempt(c, next);
  c.s.at = next;
}

} // namespace

void show_owner(change& c, const fact::name_conflict& f) {
  if (find(c.s, condition_type::ready)->message == describe(f))
    return;
  c.set(condition_type::ready, truth::no, "NameConflict", describe(f));
  c.note();
}

void show_owner(change& c, const fact::child_created& f) {
  if (find(c.s, condition_type::ready)->reason != "NameConflict" ||
      uid_of(c.s, f.child) != f.uid)
    return;
  c.set(condition_type::ready, truth::yes, "ResourcesCreated",
        "All resources created");
  c.note();
}

void begin_creating(change& c, bool held) {
  creating next;
  next.held = held;
  create_missing(c, next);
}

void create_again(change& c) {
  creating next;
  next.again = true;
  create_missing(c, next);
}

void create_again(change& c, const creating& p, child_kind lost) {
  creating next;
  bool service_only = lost == child_kind::master_service &&
                      uid_of(c.s, child_kind::master_job).empty();
  // The Service hardly depends on the spec.
  next.again = p.again || !service_only;
  next.master_asked_at = p.master_asked_at;
  next.unanswered_since = p.unanswered_since;
  if (service_only) {
    next.held = p.held;
    next.attempt_open = p.attempt_open;
    if (!next.master_asked_at && is_on_record(c.s, p) && !p.held &&
        (!p.blocked || p.blocked->under_way))
      next.master_asked_at = p.attempted_at;
  }
  create_missing(c, next);
}

void on(change& c, const creating& p, const fact::child_created& f) {
  auto& uid = c.s.run.children[f.child];
  if (uid == f.uid)
    return; // a repeated answer
  bool awaited = f.child == next_child(c.s);
  uid = f.uid;
  if (!f.adopted)
    c.s.run.created[f.child] = f.name;
  if (f.ttl_seconds) // a policy may have set another one than the operator
    c.s.run.ttl_seconds = f.ttl_seconds;
  auto missing = next_child(c.s);
  if (!missing) {
    if (!c.s.run.start_time)
      c.s.run.start_time = c.at();
    c.set(condition_type::ready, truth::yes, "ResourcesCreated",
          "All resources created");
    c.s.at = launched{};
  } else {
    auto next = awaited ? after_success(c, p) : p;
    if (f.child == child_kind::master_job) {
      next.unanswered_since.reset();
      next.master_asked_at.reset();
      next.attempt_open.reset();
    }
    c.s.at = next;
    show_progress(c, next);
  }
  c.note();
  if (!missing)
    c.s.run.created = {};
}

void on(change& c, const creating& p, const fact::create_failed& f) {
  bool unanswered = f.transient && !f.untouched;
  creating next = p;
  bool master = f.child == child_kind::master_job;
  if (unanswered && master && !p.unanswered_since)
    next.unanswered_since = p.master_asked_at.value_or(p.attempted_at);
  if (master)
    next.master_asked_at.reset();
  if (f.child != next_child(c.s)) {
    c.s.at = next; // requested before another child was lost
    return;
  }
  block(c, next, {.conflict = false, .transient = f.transient});
  if (!unanswered)
    settle(c, next);
  // What a history contains was stored.
  bool hidden = c.recording && f.transient &&
                next.blocked->attempts < transient_attempts_hidden;
  if (master && !unanswered && !hidden)
    next.attempt_open.reset();
  c.s.at = next;
  if (!hidden)
    show(c, p, "ResourcesFailed", describe(f));
}

void on(change& c, const creating& p, const fact::name_conflict& f) {
  creating next = p;
  bool master = f.child == child_kind::master_job;
  if (master)
    next.master_asked_at.reset();
  if (f.child != next_child(c.s)) {
    c.s.at = next;
    return;
  }
  block(c, next, {.conflict = true, .deleting = f.deleting});
  if (master)
    next.attempt_open.reset();
  settle(c, next);
  c.s.at = next;
  show(c, p, "NameConflict", describe(f));
}

void on(change& c, const creating& p, const fact::retrying&) {
  if (!p.blocked || p.blocked->under_way)
    return; // an attempt is in progress
  creating next = p;
  next.blocked->under_way = true;
  bool first = may_vanish(c.s) && !p.attempt_open;
  if (first || doubtful(c.s, c.event.at)) {
    announce(c, next);
    next.attempt_open = first ? c.at() : p.attempt_open;
    c.s.at = next;
    c.note();
  } else {
    next.attempted_at = c.event.at;
    c.s.at = next;
  }
}

void on(change& c, const creating& p, const fact::earlier_pods& f) {
  bool holds = !f.names.empty();
  if (holds == p.held)
    return;
  creating next = p;
  next.held = holds;
  if (holds) {
    next.attempt_open.reset(); // none is made
    c.set(condition_type::ready, truth::no, std::string(held_reason),
          describe(f));
  } else {
    announce(c, next);
    attempt(c, next);
    show_progress(c, next);
  }
  c.s.at = next;
  c.note();
}

void on(change& c, const creating& p, const fact::resumed&) {
  creating next = p;
  if (may_vanish(c.s) && !p.attempt_open) {
    // The attempt failed, and the next one is not stored yet.
    next.blocked = obstacle{.since = c.event.at, .retry_at = c.event.at};
  } else {
    // The restored history contains it, unless entries were added since.
    next.announced = c.s.stored_revision >= p.shown_by;
    next.blocked.reset();
    // A list would have shown the result of an earlier attempt.
    next.unanswered_since.reset();
    attempt(c, next);
  }
  c.s.at = next;
}

void confirm(change& c, const creating& p, uint64_t revision) {
  creating next = p;
  next.announced_by = 0;
  if (!p.announced && c.s.stored_revision >= p.shown_by) {
    next.announced = true;
    if (may_vanish(c.s) && !p.held)
      attempt_master(c, next, revision);
  }
  c.s.at = next;
}

bool is_on_record(const state& s, const creating& p) {
  return p.announced || !s.run.ttl_seconds;
}

bool is_under_way(const state& s) {
  const auto* p = std::get_if<creating>(&s.at);
  if (p == nullptr || s.restored || p->doubt_confirmed_at ||
      (p->held && master_is_next(s)))
    return false;
  return (is_on_record(s, *p) || !master_is_next(s)) &&
         (!p->blocked || p->blocked->under_way);
}

std::chrono::seconds shortest_life(const state& s) {
  return shortest_run + std::chrono::seconds(s.run.ttl_seconds.value_or(0));
}

bool doubtful(const state& s, timestamp now) {
  const auto* p = std::get_if<creating>(&s.at);
  return p != nullptr && p->unanswered_since && s.run.ttl_seconds &&
         master_is_next(s) && now - *p->unanswered_since >= shortest_life(s);
}

} // namespace locust::lifecycle
