#pragma once

#include "test/simulation/cluster.hpp"
#include "tools/lib/replay/journal_replay.hpp"

#include <sstream>
#include <string>

namespace locust::simulation {

/// The journal that the operators of one life write, folded again at once by
/// what tools/replay is made of.
class journal_check {
public:
  void begin(const std::string& status, timestamp at) {
    fold_.take(journal_start_line(test_key, test_uid, at, status));
  }

  void see(const lifecycle_event& event, const lifecycle::state& after,
           const commands& done) {
    fold_.take(journal_event_line(test_key, test_uid, event, after, done));
  }

  /// What is not as recorded; empty when all is.
  std::string problem() const {
    return fold_.verdict() == replay_verdict::same ? "" : told_.str();
  }

private:
  std::ostringstream told_;
  journal_replay fold_{{.test = {}, .quiet = true}, told_};
};

} // namespace locust::simulation
