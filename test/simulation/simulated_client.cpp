#include "test/simulation/simulated_client.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace locust::simulation {

namespace {

cluster_access access() {
  cluster_access made;
  made.server = server_address;
  return made;
}

} // namespace

simulated_client::simulated_client(process_life& life, network& net,
                                   write_rule writes)
    : life_(life), net_(net), core_(access(), {}), fence_(writes) {
  // nop
}

void simulated_client::send(api_request request, on_answer done) {
  if (stopped_)
    return;
  auto id = ++last_id_;
  requests_.emplace(id, std::move(done));
  lanes_.emplace(id, request.in);
  carry_out(core_.submit(id, std::move(request), now()));
}

uint64_t simulated_client::open(const std::string& target,
                                network::on_event event) {
  auto id = ++last_id_;
  streams_.emplace(id, std::move(event));
  carry_out(core_.open(id, target, std::chrono::seconds(90), {}, now()));
  return id;
}

void simulated_client::close(uint64_t id) {
  streams_.erase(id);
  carry_out(core_.close(id));
}

void simulated_client::permit(boot_time until) {
  fence_.open(until);
  auto left = fence_.left(life_.clock.boot());
  if (left)
    life_.later(std::chrono::ceil<duration>(*left),
                [this] { end_late_writes(); });
}

void simulated_client::stop() {
  stopped_ = true;
  under_way_.clear();
  carry_out(core_.stop("the operator is stopping"));
}

void simulated_client::end_late_writes() {
  if (!fence_.is_shut(life_.clock.boot()))
    return;
  std::vector<uint64_t> late;
  for (const auto& [id, is_write] : under_way_)
    if (is_write)
      late.push_back(id);
  for (auto id : late)
    on_transfer(refused_by_fence(id));
}

void simulated_client::on_transfer(transfer_event event) {
  bool over = event.what == transfer_event::kind::ended;
  if (stopped_ || under_way_.count(event.id) == 0)
    return; // it was ended before
  if (over) {
    under_way_.erase(event.id);
    heed(event);
  }
  std::vector<transfer_event> events;
  events.push_back(std::move(event));
  carry_out(core_.transferred(std::move(events), now()));
}

/// All wait as long as the API server asks one of them to; only what nobody
/// waits for keeps no others waiting.
void simulated_client::heed(const transfer_event& event) {
  auto in = lanes_.find(event.id);
  bool asked = event.status == 429 || event.status == 503;
  if (in == lanes_.end() || !asked || !event.retry_after)
    return;
  auto until = now() + *event.retry_after;
  bool is_low = in->second == lane::event || in->second == lane::background;
  for (size_t i = 0; i < lane_count; ++i)
    if (is_low ? i == static_cast<size_t>(in->second)
               : i != static_cast<size_t>(lane::load))
      asked_to_wait_until_[i] = std::max(asked_to_wait_until_[i], until);
}

// -- effects ------------------------------------------------------------------

void simulated_client::carry_out(client_effects effects) {
  for (auto& each : effects)
    std::visit([this](auto& what) { carry_out(what); }, each);
  set_timer();
}

void simulated_client::carry_out(start_transfer& effect) {
  auto& order = effect.order;
  bool write = is_write(order);
  under_way_[order.id] = write;
  auto in = lanes_.find(order.id);
  if (in != lanes_.end() && on_impatience &&
      now() < asked_to_wait_until_[static_cast<size_t>(in->second)])
    on_impatience();
  auto hear = [this](transfer_event event) {
    on_transfer(std::move(event));
  };
  if (fence_.rejects(order, life_.clock.boot())) {
    life_.later(duration(1),
                [hear, id = order.id] { hear(refused_by_fence(id)); });
  } else if (order.via == channel::streams) {
    net_.open(life_, order, hear);
  } else {
    if (write && on_write)
      on_write();
    net_.send(life_, order, hear);
  }
}

void simulated_client::carry_out(cancel_transfer& effect) {
  under_way_.erase(effect.id);
  net_.close(effect.id);
}

void simulated_client::carry_out(answer_request& effect) {
  auto done = requests_.extract(effect.id);
  lanes_.erase(effect.id);
  if (!stopped_)
    done.mapped()(effect.response);
}

void simulated_client::carry_out(stream_update& effect) {
  auto at = streams_.find(effect.event.id);
  if (at == streams_.end())
    return;
  auto event = at->second;
  if (effect.event.what == transfer_event::kind::ended)
    streams_.erase(at);
  event(std::move(effect.event));
}

void simulated_client::carry_out(load_credential&) {
  // It has none.
}

void simulated_client::set_timer() {
  auto due = core_.wakes_at(now());
  if (!due || stopped_ || std::exchange(timer_runs_, true))
    return;
  life_.later(std::chrono::ceil<duration>(*due - now()), [this] {
    timer_runs_ = false;
    if (!stopped_)
      carry_out(core_.wake(now()));
  });
}

} // namespace locust::simulation
