#include "actors/metrics/handles.hpp"

#include "actors/metrics/counters_by_status.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <utility>

namespace locust {

void counter::add(double by) const {
  if (of_ != nullptr)
    of_->Increment(by);
}

void gauge::set(double value) const {
  if (of_ != nullptr)
    of_->Set(value);
}

void gauge::add(double by) const {
  if (of_ != nullptr)
    of_->Increment(by);
}

double gauge::value() const {
  return of_ != nullptr ? of_->Value() : 0;
}

void histogram::observe(std::chrono::nanoseconds took) const {
  if (of_ != nullptr)
    of_->Observe(std::chrono::duration<double>(took).count());
}

void status_counter::add(int status) const {
  if (of_ != nullptr)
    of_->add(status);
}

presence::presence(gauge in) : in_(in) {
  in_.add(1);
}

presence::~presence() {
  in_.add(-1);
}

void presence::move_to(gauge in) {
  std::exchange(in_, in).add(-1);
  in_.add(1);
}

counters_by_status::counters_by_status(std::string no_answer, make_counter make)
    : no_answer_(std::move(no_answer)), make_(std::move(make)) {
  // nop
}

void counters_by_status::add(int status) {
  auto index = static_cast<size_t>(status);
  if (status < 0 || index >= slots)
    index = 0;
  auto& slot = made_[index];
  auto* one = slot.load(std::memory_order_acquire);
  if (one == nullptr) {
    // Two threads may get here; both get the same counter.
    one = &make_(index == 0 ? no_answer_ : std::to_string(index));
    slot.store(one, std::memory_order_release);
  }
  one->Increment();
}

} // namespace locust
