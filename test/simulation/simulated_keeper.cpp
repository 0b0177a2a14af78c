#include "test/simulation/simulated_keeper.hpp"

#include <algorithm>
#include <utility>

namespace locust::simulation {

namespace {

/// How long a Locust master takes to write a file.
constexpr duration file_time = 300ms;

} // namespace

simulated_keeper::simulated_keeper(process_life& life, simulated_client& client)
    : life_(life), client_(client) {
  // nop
}

void simulated_keeper::keep(const keep_report& what, on_done done) {
  if (!plan_.keep(what, life_.clock.monotonic())) {
    done({{}, {}, "it is already being collected"});
    return;
  }
  waiting_[what.test_uid] = std::move(done);
  go_on();
}

void simulated_keeper::drop(const std::string& uid) {
  plan_.master_ended(uid, life_.clock.monotonic());
  go_on();
}

void simulated_keeper::go_on() {
  auto now = life_.clock.monotonic();
  for (const auto& step : plan_.due(now))
    send(step);
  for (const auto& each : plan_.take_outcomes())
    waiting_.extract(each.test_uid).mapped()(each.result);
  if (auto next = plan_.wakes_at())
    life_.later(std::chrono::ceil<duration>(std::max(*next, now) - now) +
                    duration(1),
                [this] { go_on(); });
}

void simulated_keeper::send(const report_plan::step& step) {
  auto hear = [this, uid = step.test_uid](const api_response& answer) {
    plan_.answered(uid, answer, life_.clock.monotonic());
    go_on();
  };
  if (step.request.in != lane::load)
    client_.send(step.request, hear);
  else
    life_.later(file_time, [this, hear] { hear(ask_master()); });
}

} // namespace locust::simulation
