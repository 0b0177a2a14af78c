#include "protocol/kubernetes/status_object.hpp"

#include "protocol/json/pruned.hpp"

#include <algorithm>

namespace locust {

namespace {

using json::wanted;

constexpr wanted cause_members[] = {{"reason"}};
constexpr wanted details_members[] = {{"retryAfterSeconds"},
                                      {"causes", cause_members}};
constexpr wanted status_members[] = {
    {"kind"}, {"code"}, {"reason"}, {"message"}, {"details", details_members}};

constexpr std::string_view version_too_large = "ResourceVersionTooLarge";

std::string reason_in(const json::value& object) {
  return json::clean_text(json::string_at(object, {"reason"}).value_or(""),
                          status_object::longest_reason);
}

std::vector<std::string> causes_in(const json::value& object) {
  std::vector<std::string> all;
  const auto* causes = json::find(object, {"details", "causes"});
  if (causes != nullptr && causes->IsArray())
    for (const auto& cause : causes->GetArray())
      if (all.size() < status_object::most_causes)
        all.push_back(reason_in(cause));
  return all;
}

std::optional<std::chrono::seconds> wait_in(const json::value& object) {
  auto seconds = json::int_at(object, {"details", "retryAfterSeconds"});
  if (!seconds || *seconds <= 0)
    return std::nullopt;
  return std::chrono::seconds(
      std::min<int64_t>(*seconds, status_object::longest_wait.count()));
}

} // namespace

status_object read_status(const json::value& object) {
  status_object said;
  auto code = json::int_at(object, {"code"}).value_or(0);
  said.code = code >= 100 && code <= 599 ? static_cast<int>(code) : 500;
  said.reason = reason_in(object);
  said.message =
      json::clean_text(json::string_at(object, {"message"}).value_or(""),
                       status_object::longest_message);
  said.causes = causes_in(object);
  said.retry_after = wait_in(object);
  return said;
}

std::optional<status_object> parse_status(std::string_view body) {
  json::document::AllocatorType memory;
  auto object = json::parse_pruned(body, status_members, memory);
  if (!object)
    return std::nullopt;
  if (json::string_at(*object, {"kind"}) != "Status" &&
      json::text_at(*object, {"message"}).empty())
    return std::nullopt;
  return read_status(*object);
}

bool is_version_too_large(const status_object& said) {
  // Servers before Kubernetes 1.17 send only the message, without the cause.
  return std::find(said.causes.begin(), said.causes.end(), version_too_large) !=
             said.causes.end() ||
         said.message.starts_with("Too large resource version");
}

} // namespace locust
