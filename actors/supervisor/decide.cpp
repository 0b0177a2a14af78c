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
  // A master Job waits for this write; otherwise the answer to a creation is
  // about to arrive.
  bool waited_for =
      p == nullptr || (after.run.ttl_seconds && p->shown_by == after.revision &&
                       next_child(after) == child_kind::master_job);
  if (std::holds_alternative<fact::child_created>(fact) ||
      std::holds_alternative<fact::accepted>(fact))
    return !waited_for;
  if (const auto* pods = std::get_if<fact::earlier_pods>(&fact))
    return pods->names.empty() && !waited_for;
  if (const auto* count = std::get_if<fact::workers_connected>(&fact))
    return count->connected < after.run.expected_workers;
  // After the end nothing else follows, and a pipeline may wait for it.
  if (std::holds_alternative<fact::report_settled>(fact))
    return !std::holds_alternative<ended>(after.at);
  return std::holds_alternative<fact::pods_healthy>(fact) ||
         std::holds_alternative<fact::load_changed>(fact) ||
         std::holds_alternative<fact::test_started>(fact);
}

/// The attempt that began with this event.
void create_next(commands& out, const state& after, timestamp now) {
  const auto* p = std::get_if<creating>(&after.at);
  auto child = next_child(after);
  if (p != nullptr && child && p->attempted_at == now &&
      (*child != child_kind::master_job || is_on_record(after, *p)))
    out.emplace_back(create_child{*child});
}

/// Whether this Kubernetes Event waits until the status is stored.
bool awaits_storing(const state& s, const publish_event& made) {
  return std::any_of(s.outbox.begin(), s.outbox.end(), [&](const auto& a) {
    return a.revision > s.stored_revision && a.event.sequence == made.sequence;
  });
}

struct decider {
  const state& after;
  const lifecycle_event& event;
  commands out;

  template <one_of<fact::accepted, fact::child_created, fact::child_deleted,
                   fact::earlier_pods>
                Fact>
  void operator()(const Fact&) {
    if (noted(after, event))
      create_next(out, after, event.at);
  }

  void operator()(const fact::retrying&) {
    create_next(out, after, event.at);
  }

  void operator()(const fact::load_changed& f) {
    if (f.collects_report && noted(after, event))
      out.emplace_back(collect_report{});
  }

  void operator()(const fact::resumed&) {
    create_next(out, after, event.at);
    if (after.run.collects_report && after.run.stage == load_stage::stopped)
      out.emplace_back(collect_report{});
    for (auto& made :
         announcements_of(after.history, event.at - announce_again_within))
      if (!awaits_storing(after, made))
        out.emplace_back(std::move(made));
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
