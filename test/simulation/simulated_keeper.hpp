#pragma once

#include "actors/report_keeper/report_plan.hpp"
#include "test/simulation/process_life.hpp"
#include "test/simulation/simulated_client.hpp"

#include <functional>
#include <map>
#include <string>

namespace locust::simulation {

/// Carries out what the report_plan of a process decides, as
/// report_keeper_actor does.
class simulated_keeper {
public:
  simulated_keeper(process_life& life, simulated_client& client);

  using on_done = std::function<void(const report_result& found)>;

  /// Asks the Locust master for a file.
  std::function<api_response()> ask_master;

  void keep(const keep_report& what, on_done done);
  void drop(const std::string& uid);

private:
  void go_on();
  void send(const report_plan::step& step);

  process_life& life_;
  simulated_client& client_;
  report_plan plan_;
  std::map<std::string, on_done> waiting_;
};

} // namespace locust::simulation
