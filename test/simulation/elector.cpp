#include "test/simulation/elector.hpp"

#include <algorithm>
#include <utility>

namespace locust::simulation {

namespace {

constexpr std::chrono::milliseconds release_patience{1200};

election_settings settings_for(const std::string& identity) {
  election_settings made;
  made.ns = "operators";
  made.identity = identity;
  return made;
}

} // namespace

elector::elector(process_life& life, simulated_client& lease_client,
                 simulated_client& fenced_client, const std::string& identity,
                 uint64_t seed)
    : life_(life), lease_client_(lease_client), fenced_client_(fenced_client),
      core_(settings_for(identity), seed) {
  // nop
}

void elector::start() {
  carry_out(core_.begin(now()));
}

void elector::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  life_.later(release_patience, [this] {
    if (auto over = std::exchange(stopped_, nullptr))
      over();
  });
  carry_out(core_.release(now()));
}

void elector::rest() {
  rests_ = true;
  if (core_.leads())
    fenced_client_.permit(boot_time::max());
}

void elector::carry_out(election_step step) {
  if (!step.lost.empty())
    return on_lost(step.lost);
  if (step.unfollow)
    unfollow();
  if (step.follow)
    follow(*step.follow);
  if (step.held_until)
    fenced_client_.permit(*step.held_until);
  if (step.won) {
    on_won();
    lease_client_.send(*step.won, [](const api_response&) {});
  }
  if (step.request)
    lease_client_.send(*step.request, [this](const api_response& response) {
      if (!rests_)
        carry_out(core_.answered(response, now()));
    });
  if (step.released) {
    if (auto over = std::exchange(stopped_, nullptr))
      over();
    return;
  }
  set_timer();
}

void elector::follow(const std::string& target) {
  lines_ = line_splitter{};
  auto watch = ++watch_;
  stream_ = lease_client_.open(
      target, [this, watch](transfer_event event) { on_stream(watch, event); });
}

void elector::unfollow() {
  ++watch_;
  lease_client_.close(stream_);
}

void elector::on_stream(uint64_t watch, const transfer_event& event) {
  if (watch != watch_ || rests_)
    return;
  if (event.what == transfer_event::kind::ended) {
    carry_out(core_.closed(event.status, now()));
    return;
  }
  lines_.feed(*event.body);
  while (auto line = lines_.next())
    carry_out(core_.seen(*line, now()));
}

void elector::set_timer() {
  auto due = core_.wakes_at();
  if (!due || (timer_at_ && *timer_at_ <= *due))
    return;
  timer_at_ = due;
  auto delay = std::chrono::ceil<duration>(
      std::max<std::chrono::nanoseconds>(*due - life_.clock.boot(), 1ms));
  life_.later(delay, [this, generation = ++generation_] {
    if (generation != generation_ || rests_)
      return;
    timer_at_.reset();
    carry_out(core_.wake(now()));
  });
}

} // namespace locust::simulation
