#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "protocol/command.hpp"
#include "protocol/observation.hpp"
#include "protocol/run_messages.hpp"
#include "test/simulation/timeline.hpp"

#include <string>

namespace locust::simulation {

/// Tells a person what happens in one life, line by line, if one wants to know.
class story {
public:
  story(const timeline& time, bool is_told) : time_(time), is_told_(is_told) {
    // nop
  }

  /// The process that lines are about; empty for the cluster.
  std::string speaker;

  void log(const std::string& text);
  void log(const observation& what);
  void log(const child_result& what);
  void log(const lifecycle_event& event, const lifecycle::state& after,
           const commands& done);

private:
  const timeline& time_;
  bool is_told_;
};

} // namespace locust::simulation
