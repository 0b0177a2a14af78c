#include "actors/status_writer/other_conditions.hpp"

#include "protocol/condition_names.hpp"

#include <algorithm>
#include <set>

namespace locust {

std::string other_conditions(const json::value& status) {
  const auto* all = json::find(status, {"conditions"});
  if (all == nullptr || !all->IsArray())
    return {};
  std::string list;
  std::set<std::string_view> types(condition_names.begin(),
                                   condition_names.end());
  for (const auto& each : all->GetArray()) {
    auto type = json::string_at(each, {"type"});
    if (!type || !types.insert(*type).second)
      continue;
    auto text = json::dump(each);
    if (list.size() + text.size() > other_conditions_limit)
      break;
    list += (list.empty() ? "" : ",") + text;
  }
  return list.empty() ? list : '[' + list + ']';
}

std::string other_conditions(std::string_view status) {
  auto doc = json::parse(status);
  return doc ? other_conditions(*doc) : std::string();
}

std::string with_conditions(std::string_view document,
                            std::string_view others) {
  auto doc = json::parse(document);
  auto added = json::parse(others);
  if (!doc || !doc->IsObject() || !added || !added->IsArray())
    return std::string(document);
  auto& memory = doc->GetAllocator();
  if (!doc->HasMember("conditions"))
    doc->AddMember("conditions", json::value(rapidjson::kArrayType), memory);
  for (const auto& each : added->GetArray())
    (*doc)["conditions"].PushBack(json::value(each, memory), memory);
  return json::dump(*doc);
}

} // namespace locust
