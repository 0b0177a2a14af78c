#pragma once

#include "actors/metrics/counters_by_status.hpp"
#include "actors/metrics/handles.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

// Creates series and their handles. For this folder only.

namespace locust::series {

using labels = std::map<std::string, std::string>;

/// Upper ends of buckets, in seconds.
using bounds = prometheus::Histogram::BucketBoundaries;

/// Returns a copy of `base` with one more label.
inline labels with(labels base, const char* name, std::string value) {
  base.emplace(name, std::move(value));
  return base;
}

/// All series of one metric. `Handle` counts in one series.
template <class Metric, class Handle, class... Arguments>
class family {
public:
  using all_by_status = std::vector<std::unique_ptr<counters_by_status>>;

  family(prometheus::Family<Metric>& of, all_by_status& owner,
         Arguments... arguments)
      : of_(of), owner_(owner), arguments_(std::move(arguments)...) {
    // nop
  }

  Handle one(const labels& with_labels = {}) {
    return std::apply(
        [&](const auto&... arguments) {
          return Handle{of_.Add(with_labels, arguments...)};
        },
        arguments_);
  }

  /// Creates a series for each of `values`, in their order.
  template <size_t Count>
  void fill(std::array<Handle, Count>& into, const char* label,
            const std::array<const char*, Count>& values,
            const labels& base = {}) {
    for (size_t i = 0; i < Count; ++i)
      into[i] = one(with(base, label, values[i]));
  }

  /// Creates a series for each HTTP status when it first occurs; `no_answer` is
  /// the label for status 0.
  status_counter by_status(const char* label, const char* no_answer,
                           const labels& base) {
    owner_.push_back(std::make_unique<counters_by_status>(
        no_answer, [&of = of_, label, base](std::string status) -> Metric& {
          return of.Add(with(base, label, std::move(status)));
        }));
    return status_counter{*owner_.back()};
  }

private:
  prometheus::Family<Metric>& of_;
  all_by_status& owner_;
  std::tuple<Arguments...> arguments_;
};

/// Owns all series.
class series_book {
public:
  family<prometheus::Counter, counter> counters(const char* name,
                                                const char* help) {
    return {
        prometheus::BuildCounter().Name(name).Help(help).Register(registry_),
        by_status_};
  }

  family<prometheus::Gauge, gauge> gauges(const char* name, const char* help) {
    return {prometheus::BuildGauge().Name(name).Help(help).Register(registry_),
            by_status_};
  }

  family<prometheus::Histogram, histogram, bounds>
  histograms(const char* name, const char* help, bounds buckets) {
    return {
        prometheus::BuildHistogram().Name(name).Help(help).Register(registry_),
        by_status_, std::move(buckets)};
  }

  std::vector<prometheus::MetricFamily> collect() const {
    return registry_.Collect();
  }

private:
  prometheus::Registry registry_;
  std::vector<std::unique_ptr<counters_by_status>> by_status_;
};

} // namespace locust::series
