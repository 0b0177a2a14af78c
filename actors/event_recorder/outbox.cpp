#include "actors/event_recorder/outbox.hpp"

#include "protocol/kubernetes/answer.hpp"

#include <algorithm>

namespace locust {

namespace {

/// Credentials are renewed while the operator runs, so Events wait for that.
bool is_worth_a_retry(answer_class what) {
  return is_transient(what) || what == answer_class::unauthorized;
}

} // namespace

bool outbox::push(event_object event, bool exists, monotonic_time now) {
  auto key = key_of(event);
  if (auto known = ids_.find(key); known != ids_.end()) {
    entries_.at(known->second).event = std::move(event);
    return true;
  }
  bool had_room = make_room();
  auto id = ++last_id_;
  auto& e = entries_[id];
  e.event = std::move(event);
  e.exists = exists;
  ids_.emplace(std::move(key), id);
  queue_.put(id, now);
  return had_room;
}

std::vector<event_step> outbox::due(monotonic_time now) {
  std::vector<event_step> result;
  while (in_flight_ < most_in_flight) {
    auto id = queue_.take(now);
    if (!id)
      break;
    auto& e = entries_.at(*id);
    e.in_flight = true;
    e.sent_count = e.event.count;
    ++e.attempts;
    ++in_flight_;
    result.push_back(
        {*id, e.exists ? update_event(e.event) : create_event(e.event)});
  }
  return result;
}

std::string outbox::answered(uint64_t id, const api_response& response,
                             monotonic_time now) {
  auto i = entries_.find(id);
  if (i == entries_.end() || !i->second.in_flight)
    return {};
  auto& e = i->second;
  e.in_flight = false;
  --in_flight_;
  auto what = class_of(response);
  bool was_there = !e.exists && what == answer_class::conflict;
  if (what == answer_class::success || was_there) {
    // An Event from before a restart counts as one.
    auto stored_count = was_there ? 1 : e.sent_count;
    e.exists = true;
    e.attempts = 0;
    if (e.event.count == stored_count)
      erase(i);
    else
      queue_.put(id, now);
    return {};
  }
  if (e.attempts >= most_attempts)
    return give_up(i, response);
  if (e.exists && what == answer_class::not_found) {
    // Its TTL has expired, or it was never accepted.
    e.exists = false;
    queue_.put(id, now);
    return {};
  }
  if (!is_worth_a_retry(what) && !(e.exists && what == answer_class::conflict))
    return give_up(i, response);
  auto wait = std::max(retry_after,
                       status_of(response).retry_after.value_or(retry_after));
  queue_.put(id, now + wait);
  return {};
}

std::optional<monotonic_time> outbox::wakes_at() const {
  return in_flight_ < most_in_flight ? queue_.next() : std::nullopt;
}

size_t outbox::size() const {
  return entries_.size();
}

std::string outbox::key_of(const event_object& event) {
  return event.test.ns + "/" + event.name;
}

void outbox::erase(entries::iterator i) {
  queue_.erase(i->first);
  ids_.erase(key_of(i->second.event));
  entries_.erase(i);
}

bool outbox::make_room() {
  if (entries_.size() < most_waiting)
    return true;
  // Only a few requests are in flight, so this is cheap.
  auto oldest = std::find_if(entries_.begin(), entries_.end(),
                             [](const auto& x) { return !x.second.in_flight; });
  erase(oldest);
  return false;
}

std::string outbox::give_up(entries::iterator i, const api_response& response) {
  auto sentence = "gave up on the event " + i->second.event.reason + " of " +
                  to_string(i->second.event.test) +
                  " uid=" + i->second.event.test_uid + ": " +
                  in_words(response);
  erase(i);
  return sentence;
}

} // namespace locust
