#include "test/simulation/simulated_writer.hpp"

#include <algorithm>
#include <utility>

namespace locust::simulation {

simulated_writer::simulated_writer(process_life& life, simulated_client& client)
    : life_(life), client_(client) {
  // nop
}

void simulated_writer::save(status_document document) {
  plan_.save(std::move(document), now());
  go_on();
}

void simulated_writer::show(status_figures figures) {
  plan_.show(std::move(figures), now());
  go_on();
}

void simulated_writer::forget(const std::string& uid) {
  plan_.forget(uid);
  go_on();
}

void simulated_writer::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  plan_.flush(now());
  life_.later(3s, [this] {
    if (auto over = std::exchange(stopped_, nullptr))
      over();
  });
  go_on();
}

void simulated_writer::go_on() {
  for (auto& step : plan_.due(now()))
    if (step.wants_document)
      life_.later(1ms, [this] { on_document_wanted(); });
    else
      client_.send(std::move(step.request),
                   [this, uid = step.test_uid](const api_response& response) {
                     answered(uid, response);
                   });
  if (stopped_ && plan_.idle()) {
    std::exchange(stopped_, nullptr)();
    return;
  }
  auto next = plan_.wakes_at();
  if (!next || (alarm_ && *alarm_ <= *next && *alarm_ > now()))
    return;
  alarm_ = std::max(*next, now());
  life_.later(std::chrono::ceil<duration>(*alarm_ - now()),
              [this] { go_on(); });
}

void simulated_writer::answered(const std::string& uid,
                                const api_response& response) {
  on_outcome(plan_.answered(uid, response, now()));
  go_on();
}

} // namespace locust::simulation
