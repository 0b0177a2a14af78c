#include "actors/run_queue/run_queue.hpp"

#include <utility>

namespace locust {

run_queue::place run_queue::place_of(const queued_child& child) {
  return {!child.begun, child.created, child.test, child.id};
}

/// Offers the first child of the namespace to `next`, if the namespace has
/// room.
void run_queue::show_head(const std::string& ns, const lane& l) {
  if (!l.places.empty() && l.in_flight < most_per_namespace)
    heads_.insert(*l.places.begin());
  else if (l.places.empty() && l.in_flight == 0)
    namespaces_.erase(ns);
}

void run_queue::hide_head(const lane& l) {
  if (!l.places.empty())
    heads_.erase(*l.places.begin());
}

void run_queue::push(queued_child child) {
  auto& l = namespaces_[child.test.ns];
  hide_head(l);
  l.places.insert(place_of(child));
  show_head(child.test.ns, l);
  by_test_[child.test_uid].insert(child.id);
  waiting_.emplace(child.id, std::move(child));
}

std::optional<uint64_t> run_queue::next() {
  if (in_flight() >= most_in_flight || heads_.empty())
    return std::nullopt;
  auto id = std::get<uint64_t>(*heads_.begin());
  auto child = waiting_.at(id);
  ++namespaces_.at(child.test.ns).in_flight;
  under_way_.emplace(id, child.test.ns);
  remove(child);
  return id;
}

void run_queue::finished(uint64_t id) {
  auto at = under_way_.find(id);
  if (at == under_way_.end())
    return;
  auto ns = std::move(at->second);
  under_way_.erase(at);
  auto& l = namespaces_.at(ns);
  hide_head(l);
  --l.in_flight;
  show_head(ns, l);
}

std::vector<uint64_t> run_queue::forget(const std::string& test_uid) {
  auto at = by_test_.find(test_uid);
  if (at == by_test_.end())
    return {};
  std::vector<uint64_t> ids(at->second.begin(), at->second.end());
  for (auto id : ids) {
    auto child = waiting_.at(id);
    remove(child);
  }
  return ids;
}

/// Removes a child from the waiting ones.
void run_queue::remove(const queued_child& child) {
  auto& l = namespaces_.at(child.test.ns);
  hide_head(l);
  l.places.erase(place_of(child));
  show_head(child.test.ns, l);
  if (auto at = by_test_.find(child.test_uid); at != by_test_.end()) {
    at->second.erase(child.id);
    if (at->second.empty())
      by_test_.erase(at);
  }
  waiting_.erase(child.id);
}

} // namespace locust
