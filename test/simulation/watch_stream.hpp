#pragma once

#include "protocol/observation.hpp"
#include "test/simulation/cluster.hpp"
#include "test/simulation/timeline.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace locust::simulation {

/// What the watcher of one kind brings to the operator: in the order of the API
/// server, late by any time, sometimes twice; after an interruption either from
/// where it was, or by a new list that skips what happened meanwhile.
class watch_stream {
public:
  watch_stream(timeline& time, chance& dice, const cluster& cluster,
               watched_kind kind);

  /// Called with each observation.
  std::function<void(const observation&)> deliver;

  /// How late observations come at most.
  duration lag = 50ms;
  /// In how many of a hundred cases one comes twice.
  int repeats = 0;

  /// Something happened to an object of this kind.
  void add(observation what);

  /// Lists, then watches. Also after a restart of the operator.
  void open();

  /// Nothing comes until `reopen`; `lists_again` then decides how it goes on.
  void interrupt();
  void reopen(bool lists_again);

  /// The operator is down: it forgets everything.
  void close();

  /// Whether something was, or may have been, missed by it so far.
  bool was_interrupted() const {
    return interrupted_once_;
  }

private:
  void pump();
  void hand_over(const observation& what);
  void list_again();

  timeline& time_;
  chance& dice_;
  const cluster& cluster_;
  watched_kind kind_;
  std::vector<observation> log_;
  size_t cursor_ = 0;
  bool open_ = false;
  /// Nothing comes before the first list.
  bool listed_ = false;
  bool interrupted_ = false;
  bool interrupted_once_ = false;
  bool pumping_ = false;
  /// Plans of an earlier opening come to nothing.
  uint64_t epoch_ = 0;
  /// Objects that were reported present: name to uid.
  std::map<std::string, std::string> known_;
};

} // namespace locust::simulation
