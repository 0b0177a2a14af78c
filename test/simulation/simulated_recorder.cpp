#include "test/simulation/simulated_recorder.hpp"

#include <algorithm>
#include <utility>

namespace locust::simulation {

simulated_recorder::simulated_recorder(process_life& life,
                                       simulated_client& client)
    : life_(life), client_(client) {
  // nop
}

void simulated_recorder::record(const occurrence& x) {
  auto found = memory_.observe(x, now());
  if (!found.event)
    return;
  bool raised = found.what == correlation::verdict::raised;
  out_.push(std::move(*found.event), raised, now());
  go_on();
}

void simulated_recorder::go_on() {
  for (auto& step : out_.due(now()))
    client_.send(std::move(step.request),
                 [this, id = step.id](const api_response& response) {
                   if (!out_.answered(id, response, now()).empty())
                     on_given_up();
                   go_on();
                 });
  auto next = out_.wakes_at();
  if (!next || (alarm_ && *alarm_ <= *next && *alarm_ > now()))
    return;
  alarm_ = std::max(*next, now());
  life_.later(std::chrono::ceil<duration>(*alarm_ - now()),
              [this] { go_on(); });
}

} // namespace locust::simulation
