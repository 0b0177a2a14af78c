#include "actors/status_writer/load_patch.hpp"

#include "actors/status_writer/status_patch.hpp"
#include "protocol/json/members.hpp"

#include <memory>

namespace locust {

namespace {

std::string_view name_of(const json::value& name) {
  return {name.GetString(), name.GetStringLength()};
}

/// Moves what differs from `from` out of `to` into an object.
json::value difference(const json::value& from, json::value& to,
                       json::document::AllocatorType& memory) {
  json::value changes(rapidjson::kObjectType);
  for (auto& member : to.GetObject()) {
    const auto* old = json::find(from, {name_of(member.name)});
    if (old != nullptr && *old == member.value)
      continue;
    json::value name(member.name, memory);
    if (old != nullptr && old->IsObject() && member.value.IsObject())
      changes.AddMember(name, difference(*old, member.value, memory), memory);
    else
      changes.AddMember(name, member.value, memory);
  }
  for (const auto& member : from.GetObject())
    if (!to.HasMember(member.name))
      changes.AddMember(json::value(member.name, memory), json::value(),
                        memory);
  return changes;
}

} // namespace

std::optional<std::string> changes_between(std::string_view stored,
                                           std::string_view wanted) {
  auto from = json::parse(stored);
  auto to = json::parse(wanted);
  if (!from || !to || !from->IsObject() || !to->IsObject())
    return std::nullopt;
  auto changes = difference(*from, *to, to->GetAllocator());
  return changes.ObjectEmpty() ? std::nullopt
                               : std::optional(json::dump(changes));
}

api_request patch_load(const object_key& test,
                       std::string_view resource_version,
                       std::string_view changes) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartObject();
  json::put_object(out, "metadata", [&] {
    json::put(out, "resourceVersion", resource_version);
  });
  json::put_object(out, "status", [&] {
    json::put_key(out, "load");
    out.RawValue(changes.data(), changes.size(), rapidjson::kObjectType);
  });
  out.EndObject();
  auto request = status_request(test);
  request.verb = http_verb::merge_patch;
  request.body =
      std::make_shared<const std::string>(buffer.GetString(), buffer.GetSize());
  request.in = lane::background;
  return request;
}

} // namespace locust
