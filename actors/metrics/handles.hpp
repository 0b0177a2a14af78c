#pragma once

#include <chrono>

// What actors count with: a pointer each, so counting costs one atomic
// operation (a histogram: a short lock) and no look-up. A handle that was
// default-constructed counts nowhere; the others are good as long as the
// `metrics_registry` that they are from. Any thread.

namespace prometheus {

class Counter;
class Gauge;
class Histogram;

} // namespace prometheus

namespace locust {

/// A number that only grows.
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

/// A number that goes up and down.
class gauge {
public:
  gauge() = default;
  explicit gauge(prometheus::Gauge& of) : of_(&of) {
    // nop
  }

  void set(double value) const;
  void add(double by) const;

private:
  prometheus::Gauge* of_ = nullptr;
};

/// How long things took.
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

  /// 0 stands for no answer.
  void add(int status) const;

private:
  counters_by_status* of_ = nullptr;
};

/// Counts for one in a gauge while it is there.
class presence {
public:
  presence() = default;
  explicit presence(gauge in);
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;
  ~presence();

  /// Leaves the gauge it is in for this one.
  void move_to(gauge in);

private:
  gauge in_;
};

} // namespace locust
