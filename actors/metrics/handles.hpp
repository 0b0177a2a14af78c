#pragma once

#include <chrono>

// Handles that actors count with. Each is one pointer: counting is one atomic
// operation (a short lock for a histogram) without a look-up. A
// default-constructed handle does nothing; any other is valid as long as its
// `metrics_registry`. Any thread.

namespace prometheus {

class Counter;
class Gauge;
class Histogram;

} // namespace prometheus

namespace locust {

/// A value that only increases.
class counter {
public:
  counter() = default;
  explicit counter(prometheus::Counter& of) : of_(&of) {
    // nop
  }

  void add(double by = 1) const;

private:
  prometheus::Counter* of_ = nullptr;
};

/// A value that increases and decreases.
class gauge {
public:
  gauge() = default;
  explicit gauge(prometheus::Gauge& of) : of_(&of) {
    // nop
  }

  void set(double value) const;
  void add(double by) const;
  /// 0 for a handle without a series.
  double value() const;

private:
  prometheus::Gauge* of_ = nullptr;
};

/// The distribution of durations.
class histogram {
public:
  histogram() = default;
  explicit histogram(prometheus::Histogram& of) : of_(&of) {
    // nop
  }

  void observe(std::chrono::nanoseconds took) const;

private:
  prometheus::Histogram* of_ = nullptr;
};

class counters_by_status;

/// One counter for each HTTP status.
class status_counter {
public:
  status_counter() = default;
  explicit status_counter(counters_by_status& of) : of_(&of) {
    // nop
  }

  /// `status` is 0 if there was no answer.
  void add(int status) const;

private:
  counters_by_status* of_ = nullptr;
};

/// Adds one to a gauge while it exists.
class presence {
public:
  presence() = default;
  explicit presence(gauge in);
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;
  ~presence();

  /// Moves its one from the current gauge to this one.
  void move_to(gauge in);

private:
  gauge in_;
};

} // namespace locust
