#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <string>

namespace prometheus {

class Counter;

} // namespace prometheus

namespace locust {

/// The counters of one label set that differ only in an HTTP status. Each is
/// created at its first use and then found by its index.
class counters_by_status {
public:
  /// Returns the counter for a status, given as its label; creates it at the
  /// first call. Any thread.
  using make_counter = std::function<prometheus::Counter&(std::string label)>;

  /// `no_answer`: the label for status 0.
  counters_by_status(std::string no_answer, make_counter make);

  void add(int status);

private:
  static constexpr size_t slots = 600;

  std::string no_answer_;
  make_counter make_;
  /// By status; anything outside of 1 to 599 counts as 0.
  std::array<std::atomic<prometheus::Counter*>, slots> made_{};
};

} // namespace locust
