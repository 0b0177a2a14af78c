#include "test/simulation/network.hpp"

#include "test/simulation/api_status.hpp"

#include <algorithm>

namespace locust::simulation {

namespace {

constexpr auto lease_path = "/apis/coordination.k8s.io/";

api_request request_of(const transfer_order& order) {
  api_request made;
  made.verb = order.verb;
  made.target = order.url.substr(server_address.size());
  made.body = order.body;
  return made;
}

bool is_about_lease(const transfer_order& order) {
  return order.url.find(lease_path) != std::string::npos;
}

bool creates_a_job(const api_request& request) {
  return request.verb == http_verb::post && request.target.ends_with("/jobs");
}

transfer_event ended(uint64_t id, api_response response) {
  transfer_event made;
  made.id = id;
  made.status = response.status;
  made.body = std::move(response.body);
  made.retry_after = response.retry_after;
  return made;
}

transfer_event unanswered(uint64_t id) {
  auto made = ended(id, answered(0, ""));
  made.failure = "no answer";
  return made;
}

} // namespace

network::network(timeline& time, chance& dice, api_server& server)
    : time_(time), dice_(dice), server_(server) {
  // nop
}

duration network::latency() {
  return dice_.between(duration(1000), slowness);
}

bool network::is_down(const transfer_order& order) const {
  return down || (lease_down && is_about_lease(order));
}

void network::send(process_life& from, const transfer_order& order,
                   on_event done) {
  requests_ += is_about_lease(order) ? 0 : 1;
  // Less than any restart takes: a new process never meets requests of the one
  // before.
  auto travel_time = std::min(latency(), duration(100ms));
  time_.in(travel_time, [this, &from, order, done = std::move(done)] {
    arrive(from, order, done);
  });
}

void network::arrive(process_life& from, const transfer_order& order,
                     const on_event& done) {
  auto request = request_of(order);
  if (from.is_over()) {
    // What was sent may arrive although the sender has died.
    if (!is_down(order) && dice_.percent(50))
      server_.answer(request);
    return;
  }
  if (on_job_created && !is_down(order) && creates_a_job(request)) {
    server_.answer(request);
    std::exchange(on_job_created, nullptr)();
    time_.in(dice_.between(duration(10ms), duration(10s)),
             [&from, done, id = order.id] {
               from.enter([done, id] { done(unanswered(id)); });
             });
    return;
  }
  bool refuses = !is_down(order) && dice_.percent(turned_away + failing);
  bool is_lost = is_down(order) || (!refuses && dice_.percent(lost));
  transfer_event event;
  if (refuses) {
    event = refusal(request);
    event.id = order.id;
  } else if (!is_down(order) && (!is_lost || dice_.percent(50))) {
    event = ended(order.id, server_.answer(request));
  }
  if (dice_.percent(truncated))
    truncate(event);
  auto limit = std::min<duration>(10s, order.deadline);
  if (is_lost)
    event = unanswered(order.id);
  auto delay = is_lost ? dice_.between(duration(10ms), limit) : latency();
  time_.in(delay, [&from, done, event = std::move(event)] {
    from.enter([done, event] { done(event); });
  });
}

/// 429 is an answer before anything is done; the others may come after it.
transfer_event network::refusal(const api_request& request) {
  bool overload = dice_.between(1, turned_away + failing) <= turned_away;
  auto status = overload ? 429 : dice_.percent(50) ? 500 : 503;
  if (status == 500 && dice_.percent(50))
    server_.answer(request);
  auto made = ended(0, refused(status, "NotNow", "not now"));
  if (status != 500 && dice_.percent(50))
    made.retry_after = std::chrono::seconds(dice_.between(1, 3));
  return made;
}

/// The connection breaks before the end of the answer: a success is unknown
/// then, and a refusal does not say why.
void network::truncate(transfer_event& event) {
  event.failure = "transfer closed with outstanding read data remaining";
  if (event.status < 400)
    event = unanswered(event.id);
  else
    event.body = std::make_shared<const std::string>(
        event.body->substr(0, event.body->size() / 2));
}

void network::open(process_life& from, const transfer_order& order,
                   on_event event) {
  auto id = order.id;
  time_.in(latency(), [this, &from, id, order, event = std::move(event)] {
    if (from.is_over())
      return;
    if (is_down(order)) {
      from.enter([event, id] { event(unanswered(id)); });
      return;
    }
    // Each line comes after the one before it.
    auto last = std::make_shared<timestamp>();
    auto deliver = [this, &from, id, event, last](std::string line) {
      *last = std::max(*last, time_.now() + latency());
      transfer_event data;
      data.what = transfer_event::kind::data;
      data.id = id;
      data.body = std::make_shared<const std::string>(std::move(line));
      time_.at(*last, [&from, event, data] {
        from.enter([event, data] { event(data); });
      });
    };
    auto number =
        server_.leases.watch(request_of(order).target, std::move(deliver));
    watches_[id] = {number, &from, event};
  });
}

void network::close(uint64_t id) {
  auto at = watches_.find(id);
  if (at == watches_.end())
    return;
  server_.leases.stop(at->second.number);
  watches_.erase(at);
}

void network::cut_watches() {
  for (auto& [id, watch] : std::exchange(watches_, {})) {
    server_.leases.stop(watch.number);
    auto event = unanswered(id);
    event.status = 200;
    watch.owner->enter([on = watch.event, event] { on(event); });
  }
}

} // namespace locust::simulation
