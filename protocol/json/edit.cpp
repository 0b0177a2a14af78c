#include "protocol/json/edit.hpp"

#include <iterator>

namespace locust::json {

namespace {

/// Returns a value for look-ups that does not own `name`.
value view_of(std::string_view name) {
  return value(rapidjson::StringRef(name.data(), name.size()));
}

/// Returns the object that contains the last step of the path, or nullptr.
value* holder_of(document& doc, path where) {
  value* at = &doc;
  for (const auto* step = where.begin(); at != nullptr; ++step) {
    if (!at->IsObject())
      return nullptr;
    if (std::next(step) == where.end())
      return at;
    at = member(*at, *step);
  }
  return nullptr;
}

} // namespace

value* member(value& object, std::string_view name) {
  if (!object.IsObject())
    return nullptr;
  auto found = object.FindMember(view_of(name));
  return found == object.MemberEnd() ? nullptr : &found->value;
}

void set(document& doc, path where, value v) {
  value* at = &doc;
  for (auto step : where) {
    if (!at->IsObject())
      at->SetObject();
    auto* next = member(*at, step);
    if (next == nullptr) {
      at->AddMember(own_text(step, doc), value(), doc.GetAllocator());
      next = &std::prev(at->MemberEnd())->value;
    }
    at = next;
  }
  *at = v;
}

void erase(document& doc, path where) {
  if (auto* holder = holder_of(doc, where))
    holder->RemoveMember(view_of(*std::prev(where.end())));
}

void erase_if_empty(document& doc, path where) {
  const auto* at = find(doc, where);
  if (at != nullptr && at->IsObject() && at->ObjectEmpty())
    erase(doc, where);
}

value own_text(std::string_view text, document& owner) {
  return {text.data(), static_cast<rapidjson::SizeType>(text.size()),
          owner.GetAllocator()};
}

} // namespace locust::json
