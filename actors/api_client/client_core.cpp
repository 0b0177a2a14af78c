#include "actors/api_client/client_core.hpp"

#include <algorithm>

namespace locust {

namespace {

using namespace std::chrono_literals;

/// A list of 10,000 pods has about 50 MiB; larger ones must be paged.
constexpr size_t largest_list = 64UL * 1024 * 1024;
/// etcd stores objects of up to 1.5 MiB; a Locust master answers with a few
/// hundred KiB.
constexpr size_t largest_answer = 4UL * 1024 * 1024;
/// kube-apiserver asks for at most 32 s. A longer Retry-After is returned to
/// the caller, who decides whether to wait.
constexpr auto longest_pause = 60s;

constexpr std::string_view plain_http = "http://";

shared_text no_text() {
  static const shared_text empty = std::make_shared<const std::string>();
  return empty;
}

api_response failed(std::string why) {
  api_response response;
  response.body = no_text();
  response.failure = std::move(why);
  return response;
}

api_response response_of(transfer_event event) {
  api_response response;
  response.status = event.status;
  response.body = event.body ? std::move(event.body) : no_text();
  response.failure = std::move(event.failure);
  response.retry_after = event.retry_after;
  response.refused = event.refused;
  response.too_large = event.too_large;
  return response;
}

transfer_event ended_stream(uint64_t id, std::string why) {
  transfer_event event;
  event.id = id;
  event.body = no_text();
  event.failure = std::move(why);
  return event;
}

send_outcome outcome_of(const transfer_event& event) {
  if (event.status == 0)
    return send_outcome::lost;
  return event.status == 429 ? send_outcome::overload : send_outcome::done;
}

work_kind work_of(const api_request& request) {
  switch (request.in) {
  case lane::create:
    if (request.verb != http_verb::post)
      return work_kind::other;
    return request.target.ends_with("/services") ? work_kind::create_service
                                                 : work_kind::create_job;
  case lane::status:
  case lane::background:
    return request.target.ends_with("/status") ? work_kind::write_status
                                               : work_kind::other;
  case lane::event:
    return work_kind::write_event;
  default:
    return work_kind::other;
  }
}

/// Returns what is wrong with the request; empty if it can be sent.
std::string defect_of(const api_request& request) {
  auto local = request.target.starts_with('/');
  if (request.in == lane::load)
    return local || request.target.starts_with(plain_http)
               ? ""
               : "a load request needs an http:// URL or an absolute path, "
                 "not " +
                     request.target;
  return local ? "" : "not an absolute path: " + request.target;
}

} // namespace

client_core::client_core(const cluster_access& access,
                         const api_client_limits& limits)
    : server_(access.server), queue_(limits), credentials_(access.token) {
  // nop
}

client_effects client_core::submit(uint64_t id, api_request request,
                                   monotonic_time now) {
  client_effects out;
  if (auto defect = defect_of(request); !defect.empty()) {
    out.push_back(answer_request{id, failed(std::move(defect))});
    return out;
  }
  if (!queue_.push(request.in, id, work_of(request), now)) {
    out.push_back(answer_request{id, failed("too many requests are waiting")});
    return out;
  }
  calls_[id].request = std::move(request);
  advance(now, out);
  return out;
}

client_effects client_core::open(uint64_t id, std::string target,
                                 std::chrono::milliseconds silence_limit,
                                 std::string accept, monotonic_time now) {
  client_effects out;
  auto& s = streams_[id];
  s.target = std::move(target);
  s.accept = std::move(accept);
  s.silence_limit = silence_limit;
  unopened_.push_back(id);
  advance(now, out);
  return out;
}

client_effects client_core::close(uint64_t id) {
  client_effects out;
  if (streams_.erase(id) == 0)
    return out;
  if (std::erase(unopened_, id) == 0)
    out.push_back(cancel_transfer{id});
  return out;
}

client_effects client_core::transferred(std::vector<transfer_event> events,
                                        monotonic_time now) {
  client_effects out;
  for (auto& event : events) {
    if (streams_.contains(event.id))
      on_stream_event(std::move(event), now, out);
    else if (calls_.contains(event.id))
      on_request_end(std::move(event), now, out);
    // No entry: the stream was closed in the meantime.
  }
  advance(now, out);
  return out;
}

client_effects client_core::credential_loaded(result<fresh_credential> fresh,
                                              monotonic_time now) {
  client_effects out;
  credentials_.loaded(std::move(fresh), now);
  advance(now, out);
  return out;
}

client_effects client_core::wake(monotonic_time now) {
  client_effects out;
  advance(now, out);
  return out;
}

std::optional<monotonic_time> client_core::wakes_at(monotonic_time now) const {
  return queue_.wakes_at(now);
}

client_effects client_core::stop(const std::string& failure) {
  client_effects out;
  for (const auto& [id, c] : calls_)
    out.push_back(answer_request{id, failed(failure)});
  calls_.clear();
  streams_.clear();
  unopened_.clear();
  return out;
}

void client_core::advance(monotonic_time now, client_effects& out) {
  auto wanted = !calls_.empty() || !unopened_.empty();
  if (wanted && credentials_.due(now)) {
    credentials_.loading(now);
    out.push_back(load_credential{});
  }
  auto usable = credentials_.usable(now);
  queue_.hold(!usable);
  if (usable)
    start_streams(out);
  else if (!credentials_.is_loading())
    give_up_waiting(out);
  while (auto ticket = queue_.next(now))
    send(*ticket, out);
}

void client_core::start_streams(client_effects& out) {
  for (auto id : unopened_) {
    auto& s = streams_.at(id);
    s.generation = credentials_.generation();
    transfer_order order;
    order.id = id;
    order.via = channel::streams;
    order.url = server_ + s.target;
    order.accept = s.accept;
    order.silence_limit = s.silence_limit;
    order.largest_answer = largest_answer;
    order.as = credentials_.current();
    out.push_back(start_transfer{std::move(order)});
  }
  unopened_.clear();
}

void client_core::send(const request_queue::ticket& ticket,
                       client_effects& out) {
  auto& c = calls_.at(ticket.id);
  c.generation = credentials_.generation();
  auto of_master = ticket.in == lane::load;
  auto to_pod = of_master && !c.request.target.starts_with('/');
  transfer_order order;
  order.id = ticket.id;
  order.via = to_pod      ? channel::pods
              : of_master ? channel::proxied
                          : channel::requests;
  order.verb = c.request.verb;
  order.url = to_pod ? c.request.target : server_ + c.request.target;
  order.body = c.request.body;
  order.accept = c.request.accept;
  order.deadline = c.request.deadline;
  order.connect_only = to_pod && c.request.connect_only;
  order.largest_answer = c.request.largest_answer;
  if (order.largest_answer == 0)
    order.largest_answer =
        ticket.in == lane::list ? largest_list : largest_answer;
  if (!to_pod)
    order.as = credentials_.current();
  out.push_back(start_transfer{std::move(order)});
}

void client_core::on_request_end(transfer_event event, monotonic_time now,
                                 client_effects& out) {
  auto id = event.id;
  auto& c = calls_.at(id);
  queue_.finished(id, outcome_of(event), now);
  if (c.request.in != lane::load && repeats(c, event, now))
    queue_.push_front(c.request.in, id, work_of(c.request), now);
  else
    answer(id, response_of(std::move(event)), out);
}

bool client_core::repeats(call& c, const transfer_event& event,
                          monotonic_time now) {
  if (event.status == 401) {
    if (c.renewed || !credentials_.reject(c.generation, now))
      return false;
    c.renewed = true;
    c.refusal = response_of(event);
    return true;
  }
  auto asked = event.status == 429 || event.status == 503;
  if (!asked || !event.retry_after)
    return false;
  queue_.pause(c.request.in, now + std::min<std::chrono::seconds>(
                                       *event.retry_after, longest_pause));
  return *event.retry_after <= longest_pause && c.repeats++ < most_repeats;
}

void client_core::on_stream_event(transfer_event event, monotonic_time now,
                                  client_effects& out) {
  auto id = event.id;
  if (event.what == transfer_event::kind::ended) {
    auto& s = streams_.at(id);
    if (event.status == 401 && !s.renewed &&
        credentials_.reject(s.generation, now)) {
      s.renewed = true;
      s.refusal = std::move(event);
      unopened_.push_back(id);
      return;
    }
    streams_.erase(id);
  }
  out.push_back(stream_update{std::move(event)});
}

void client_core::give_up_waiting(client_effects& out) {
  auto why = "no credential: " + credentials_.problem();
  for (auto id : queue_.take_waiting()) {
    auto& c = calls_.at(id);
    answer(id, c.refusal ? *c.refusal : failed(why), out);
  }
  for (auto id : std::exchange(unopened_, {})) {
    auto& s = streams_.at(id);
    out.push_back(
        stream_update{s.refusal ? *s.refusal : ended_stream(id, why)});
    streams_.erase(id);
  }
}

void client_core::answer(uint64_t id, api_response response,
                         client_effects& out) {
  calls_.erase(id);
  out.push_back(answer_request{id, std::move(response)});
}

} // namespace locust
