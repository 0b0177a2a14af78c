#include "actors/supervisor/change.hpp"

#include <algorithm>

namespace locust::lifecycle {

namespace {

/// Whether `event` changed what `.status` shows.
bool noted(const state& after, const lifecycle_event& event) {
  return !after.history.empty() &&
         after.history.back().event.at == after.clock &&
         after.history.back().event.fact == event.fact;
}

/// Whether the status write for `fact` may wait so that later changes join it.
bool may_wait(const state& after, const lifecycle_fact& fact) {
  const auto* p = std::get_if<creating>(&after.at);
  // A master Job waits for this write; otherwise another answer is about to
  // arrive.
  bool waited_for =
      p == nullptr || (p->shown_by == after.revision &&
                       next_child(after) == child_kind::master_job);
  if (std::holds_alternative<fact::child_created>(fact))
    return !waited_for;
  // With a TTL, the status is written again before the master Job is requested.
  if (std::holds_alternative<fact::accepted>(fact))
    return after.run.ttl_seconds && !waited_for;
  if (const auto* count = std::get_if<fact::workers_connected>(&fact))
    return count->connected < after.run.expected_workers;
  return std::holds_alternative<fact::pods_healthy>(fact) ||
         std::holds_alternative<fact::load_changed>(fact);
}

/// The attempt that began with this event. A master Job is requested only when
/// the intent is stored.
void create_next(commands& out, const state& after, timestamp now) {
  const auto* p = std::get_if<creating>(&after.at);
  auto child = next_child(after);
  if (p != nullptr && child && p->attempted_at == now &&
      (p->announced || *child != child_kind::master_job))
    out.emplace_back(create_child{*child});
}

/// Whether the Kubernetes Event of `entry` waits until the status is stored.
bool awaits_storing(const state& s, const history_entry& entry) {
  return std::any_of(s.outbox.begin(), s.outbox.end(), [&](const auto& a) {
    return a.revision > s.stored_revision && a.event.sequence == entry.sequence;
  });
}

struct decider {
  const state& after;
  const lifecycle_event& event;
  commands out;

  template <
      one_of<fact::accepted, fact::child_created, fact::child_deleted> Fact>
  void operator()(const Fact&) {
    if (noted(after, event))
      create_next(out, after, event.at);
  }

  void operator()(const fact::retrying&) {
    create_next(out, after, event.at);
  }

  void operator()(const fact::resumed&) {
    create_next(out, after, event.at);
    for (const auto& entry : after.history)
      if (entry.event.at + announce_again_within >= event.at &&
          !awaits_storing(after, entry))
        if (auto announced = announcement_for(entry))
          out.emplace_back(std::move(*announced));
  }

  void operator()(const fact::stored& f) {
    for (const auto& waiting : after.outbox)
      if (waiting.revision <= f.revision)
        out.emplace_back(waiting.event);
    const auto* p = std::get_if<creating>(&after.at);
    if (p != nullptr && p->announced_by == f.revision && f.revision != 0)
      create_next(out, after, event.at);
  }

  void operator()(const fact::deleting& f) {
    out.emplace_back(
        publish_event{severity::normal, "Deleting",
                      "The LocustTest and what it owns are being cleaned up",
                      after.last_sequence + 1});
    if (f.finalizer)
      out.emplace_back(release_finalizer{});
  }

  template <class Fact>
  void operator()(const Fact&) {
    // Facts that only need a status write.
  }
};

} // namespace

commands decide(const state& after, const lifecycle_event& event) {
  decider d{after, event, {}};
  if (noted(after, event))
    d.out.emplace_back(
        write_status{after.revision, !may_wait(after, event.fact)});
  std::visit(d, event.fact);
  return std::move(d.out);
}

} // namespace locust::lifecycle
