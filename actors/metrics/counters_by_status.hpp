#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <string>

namespace prometheus {

class Counter;

} // namespace prometheus

namespace locust {

/// The counters of one set of labels that differ by an HTTP status only. Each
/// is made when it is needed first; after that it is found by its index.
class counters_by_status {
public:
  /// Makes the counter for a status, given as its label; or returns the one
  /// that is there. Any thread.
  using make_counter = std::function<prometheus::Counter&(std::string label)>;

  /// `no_answer`: the label of status 0.
  counters_by_status(std::string no_answer, make_counter make);

  void add(int status);

private:
  static constexpr size_t slots = 600;

  std::string no_answer_;
  make_counter make_;
  /// By status; what is none (below 600) shares the place of 0.
  std::array<std::atomic<prometheus::Counter*>, slots> made_{};
};

} // namespace locust
