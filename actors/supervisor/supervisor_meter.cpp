#include "actors/supervisor/supervisor_meter.hpp"

#include <utility>

namespace locust {

namespace {

struct phase_finder {
  test_phase operator()(const lifecycle::unseen&) const {
    return test_phase::unknown;
  }

  test_phase operator()(const lifecycle::creating&) const {
    return test_phase::pending;
  }

  test_phase operator()(const lifecycle::launched&) const {
    return test_phase::pending;
  }

  test_phase operator()(const lifecycle::running&) const {
    return test_phase::running;
  }

  test_phase operator()(const lifecycle::ended& p) const {
    return p.cause == end_cause::master_completed ? test_phase::succeeded
                                                  : test_phase::failed;
  }

  test_phase operator()(const lifecycle::departing&) const {
    return test_phase::deleting;
  }
};

test_progress progress_of(const lifecycle::state& state, test_phase phase) {
  const auto& run = state.run;
  test_progress now;
  now.phase = phase;
  now.workers = {run.expected_workers, run.connected};
  now.answers = run.source != worker_source::unreachable;
  if (const auto* end = std::get_if<lifecycle::ended>(&state.at))
    now.ended_at = end->at;
  return now;
}

template <class Array, class Enum>
const auto& at(const Array& all, Enum index) {
  return all[static_cast<size_t>(index)];
}

} // namespace

supervisor_meter::supervisor_meter(const supervisor_metrics& in,
                                   const locust_test& test)
    : in_(in), alive_(in.alive), phase_(at(in.tests, test_phase::unknown)),
      seat_(in.board, test.key, test.created) {
  // nop
}

void supervisor_meter::begin(monotonic_time now) {
  began_ = now;
  in_.active.add(1);
}

void supervisor_meter::end(const lifecycle::state& state, monotonic_time now) {
  in_.active.add(-1);
  auto phase = std::visit(phase_finder{}, state.at);
  if (std::exchange(shown_, phase) != phase)
    phase_.move_to(at(in_.tests, phase));
  seat_.show(progress_of(state, phase));
  auto looked = std::exchange(reconciled_, std::nullopt);
  if (!looked)
    return;
  in_.reconcile_time.observe(now - began_);
  in_.work_time.observe(now - began_);
  auto result = std::exchange(failed_, false) ? reconcile_result::error
                : looked->requeued            ? reconcile_result::requeue_after
                                              : reconcile_result::success;
  at(in_.reconciles, result).add();
}

void supervisor_meter::on(const observation&) const {
  in_.queued.add(-1);
}

void supervisor_meter::on(const child_result& answer) {
  if (answer.what < child_result::outcome::refused)
    return;
  failed_ = true;
  in_.errors.add();
  if (!answer.transient)
    in_.terminal_errors.add();
}

void supervisor_meter::on(const status_saved& saved) {
  while (!waiting_.empty() && waiting_.front().revision <= saved.revision) {
    in_.reaction.observe(began_ - waiting_.front().since);
    waiting_.pop_front();
  }
}

void supervisor_meter::on(const load_sample& sample) const {
  if (sample.measured)
    seat_.measure(sample.measured->now);
}

void supervisor_meter::on(const effect::save_status& what) {
  if (what.urgent && waiting_.size() < most_waiting)
    waiting_.push_back({what.revision, began_});
}

void supervisor_meter::on(const effect::log_fact& what) const {
  if (std::holds_alternative<fact::retrying>(what.event.fact))
    in_.retries.add();
}

void supervisor_meter::on(const effect::reconciled& what) {
  reconciled_ = what;
}

} // namespace locust
