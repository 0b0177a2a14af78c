#include "protocol/kubernetes/object_metadata.hpp"

#include "protocol/json/members.hpp"

namespace locust {

std::optional<owner_reference> controller_of(const json::value& object) {
  const auto* owners = json::find(object, {"metadata", "ownerReferences"});
  if (owners == nullptr || !owners->IsArray())
    return std::nullopt;
  for (const auto& owner : owners->GetArray())
    if (json::bool_at(owner, {"controller"}).value_or(false))
      return owner_reference{.api_version =
                                 json::text_at(owner, {"apiVersion"}),
                             .kind = json::text_at(owner, {"kind"}),
                             .name = json::text_at(owner, {"name"}),
                             .uid = json::text_at(owner, {"uid"})};
  return std::nullopt;
}

void put_controller(json::writer& out, const owner_reference& owner) {
  json::put_list(out, "ownerReferences", [&] {
    json::put_item(out, [&] {
      json::put(out, "apiVersion", owner.api_version);
      json::put(out, "kind", owner.kind);
      json::put(out, "name", owner.name);
      json::put(out, "uid", owner.uid);
      json::put_flag(out, "controller", true);
      json::put_flag(out, "blockOwnerDeletion", true);
    });
  });
}

std::string resource_version_in(std::string_view body) {
  auto doc = json::parse(body);
  return doc ? json::text_at(*doc, {"metadata", "resourceVersion"}) : "";
}

} // namespace locust
