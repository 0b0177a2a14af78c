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
  void take(const std::string& line) {
    fold_.take(line);
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
