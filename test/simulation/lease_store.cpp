#include "test/simulation/lease_store.hpp"

#include "protocol/json.hpp"
#include "protocol/json/edit.hpp"
#include "test/simulation/api_status.hpp"

namespace locust::simulation {

api_response lease_store::answer(const api_request& request) {
  if (request.verb == http_verb::get)
    return object_ ? answered(200, *object_) : not_found();
  auto body = json::parse(*request.body).value();
  if (request.verb == http_verb::post) {
    if (object_)
      return already_exists();
    store(*request.body, "uid-lease-" + std::to_string(++leases_));
    tell("ADDED");
    return answered(201, *object_);
  }
  if (!object_)
    return not_found();
  if (json::text_at(body, {"metadata", "resourceVersion"}) != version_ ||
      json::text_at(body, {"metadata", "uid"}) != uid_)
    return conflict();
  store(*request.body, std::string(uid_));
  tell("MODIFIED");
  return answered(200, *object_);
}

void lease_store::store(std::string_view body, std::string_view uid) {
  auto doc = json::parse(body).value();
  uid_ = uid;
  version_ = next_version_();
  json::set(doc, {"metadata", "uid"}, json::own_text(uid_, doc));
  json::set(doc, {"metadata", "resourceVersion"},
            json::own_text(version_, doc));
  held_at_[json::text_at(doc, {"spec", "holderIdentity"})] = time_.now();
  object_ = json::dump(doc);
}

std::string lease_store::line(const std::string& type) const {
  return R"({"type":")" + type + R"(","object":)" + object_.value_or("{}") +
         "}\n";
}

void lease_store::tell(const std::string& type) {
  for (const auto& [number, deliver] : watches_)
    deliver(line(type));
}

uint64_t lease_store::watch(const std::string& target,
                            std::function<void(std::string)> deliver) {
  auto from = target.substr(target.rfind('=') + 1);
  if (!object_)
    deliver(line("DELETED"));
  else if (from != version_)
    deliver(line("MODIFIED"));
  watches_.emplace(++last_watch_, std::move(deliver));
  return last_watch_;
}

void lease_store::stop(uint64_t watch) {
  watches_.erase(watch);
}

bool lease_store::may_be_believed_by(const std::string& identity,
                                     timestamp now) const {
  // The renewal began before it was stored, never after.
  constexpr auto renew_deadline = 10s;
  auto at = held_at_.find(identity);
  return at != held_at_.end() && now < at->second + renew_deadline;
}

bool lease_store::was_removed_within(duration time) const {
  return removed_at_ && time_.now() - *removed_at_ < time;
}

bool lease_store::remove() {
  if (!object_)
    return false;
  object_.reset();
  removed_at_ = time_.now();
  tell("DELETED");
  return true;
}

bool lease_store::seize() {
  if (!object_)
    return false;
  auto doc = json::parse(*object_).value();
  json::set(doc, {"spec", "holderIdentity"}, json::value("a person"));
  store(json::dump(doc), std::string(uid_));
  tell("MODIFIED");
  return true;
}

} // namespace locust::simulation
