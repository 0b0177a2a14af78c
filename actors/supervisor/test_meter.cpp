#include "actors/supervisor/test_meter.hpp"

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

template <class Array, class Enum>
const auto& at(const Array& all, Enum index) {
  return all[static_cast<size_t>(index)];
}

} // namespace

test_meter::test_meter(const supervisor_metrics& in)
    : in_(in), alive_(in.alive), phase_(at(in.tests, test_phase::unknown)) {
  // nop
}

void test_meter::heard() const {
  in_.queued.add(-1);
}

void test_meter::failed(bool for_good) {
  failed_ = true;
  in_.errors.add();
  if (for_good)
    in_.terminal_errors.add();
}

void test_meter::begin_look() const {
  in_.looking.add(1);
}

void test_meter::end_look(std::chrono::nanoseconds took, bool looks_again) {
  in_.looking.add(-1);
  in_.look_time.observe(took);
  in_.work_time.observe(took);
  auto end = std::exchange(failed_, false) ? look_end::error
             : looks_again                 ? look_end::requeue_after
                                           : look_end::success;
  at(in_.looks, end).add();
}

void test_meter::is_in(const lifecycle::state& state) {
  auto now = std::visit(phase_finder{}, state.at);
  if (std::exchange(shown_, now) != now)
    phase_.move_to(at(in_.tests, now));
}

void test_meter::took(const lifecycle_fact& fact,
                      const lifecycle::state& state) {
  if (std::holds_alternative<retry_due>(fact))
    in_.retries.add();
  is_in(state);
}

void test_meter::wants_stored(uint64_t revision, monotonic_time now) {
  if (waiting_.size() < most_waiting)
    waiting_.push_back({revision, now});
}

void test_meter::is_stored(uint64_t revision, monotonic_time now) {
  while (!waiting_.empty() && waiting_.front().revision <= revision) {
    in_.reaction.observe(now - waiting_.front().since);
    waiting_.pop_front();
  }
}

} // namespace locust
