#include "actors/api_client/request_meter.hpp"

#include <utility>

namespace locust {

namespace {

struct verbs {
  api_verb verb;
  http_method method;
};

verbs verbs_of(const transfer_order& order) {
  if (order.via == channel::streams)
    return {api_verb::watch, http_method::get};
  switch (order.verb) {
  case http_verb::get:
    break;
  case http_verb::post:
    return {api_verb::create, http_method::post};
  case http_verb::put:
    return {api_verb::update, http_method::put};
  case http_verb::merge_patch:
  case http_verb::json_patch:
    return {api_verb::patch, http_method::patch};
  case http_verb::remove:
    return {api_verb::del, http_method::del};
  }
  // Only lists have a query.
  bool lists = order.url.find('?') != std::string::npos;
  return {lists ? api_verb::list : api_verb::get, http_method::get};
}

template <class Array, class Enum>
auto& at(Array& all, Enum index) {
  return all[static_cast<size_t>(index)];
}

} // namespace

request_meter::~request_meter() {
  for (size_t i = 0; i < lane_count; ++i)
    in_.waiting[i].add(-static_cast<double>(waiting_[i]));
}

void request_meter::started(const transfer_order& order, monotonic_time now) {
  if (order.via == channel::pods)
    return;
  auto [verb, method] = verbs_of(order);
  under_way_.insert_or_assign(order.id, attempt{verb, method, now});
}

void request_meter::on_event(const transfer_event& event, monotonic_time now) {
  if (event.what == transfer_event::kind::data)
    return;
  auto found = under_way_.find(event.id);
  if (found == under_way_.end())
    return;
  const auto& [verb, method, began] = found->second;
  bool opened = event.what == transfer_event::kind::opened;
  auto status = opened ? 200 : event.status;
  at(in_.attempts, method).add(status);
  at(in_.requests, verb).add(status);
  if (verb != api_verb::watch)
    at(in_.duration, verb).observe(now - began);
  under_way_.erase(found);
}

void request_meter::cancelled(uint64_t id) {
  under_way_.erase(id);
}

void request_meter::waits(const request_queue& queue) {
  for (size_t i = 0; i < lane_count; ++i) {
    auto now = queue.waiting(static_cast<lane>(i));
    auto before = std::exchange(waiting_[i], now);
    if (now != before)
      in_.waiting[i].add(static_cast<double>(now) -
                         static_cast<double>(before));
  }
}

} // namespace locust
