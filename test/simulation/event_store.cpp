#include "test/simulation/event_store.hpp"

#include "protocol/json.hpp"
#include "test/simulation/api_status.hpp"

namespace locust::simulation {

api_response event_store::answer(const api_request& request,
                                 std::string_view name) {
  auto body = json::parse(*request.body).value();
  if (request.verb == http_verb::post) {
    auto made =
        events_.try_emplace(json::text_at(body, {"metadata", "name"}),
                            stored_event{json::text_at(body, {"reason"}),
                                         json::text_at(body, {"message"}),
                                         *json::int_at(body, {"count"})});
    return made.second ? answered(201, "{}") : already_exists();
  }
  auto found = events_.find(name);
  if (found == events_.end())
    return not_found();
  found->second.count = *json::int_at(body, {"count"});
  found->second.message = json::text_at(body, {"message"});
  return answered(200, "{}");
}

int64_t event_store::count_of(const std::string& reason,
                              const std::string& message) const {
  int64_t sum = 0;
  for (const auto& [name, event] : events_)
    if (event.reason == reason && event.message == message)
      sum += event.count;
  return sum;
}

} // namespace locust::simulation
