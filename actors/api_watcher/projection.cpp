#include "actors/api_watcher/projection.hpp"

#include "actors/api_watcher/project_kinds.hpp"

#include <algorithm>

namespace locust::watcher {

namespace {

using json::find;
using json::string_at;
using json::text_at;
using json::value;
using json::wanted;

using allocator = json::document::AllocatorType;

constexpr wanted list_metadata[] = {{"resourceVersion"}, {"continue"}};

constexpr wanted status_members[] = {
    {"kind"}, {"code"}, {"reason"}, {"message"}, {"details"}};

/// Maximum length of foreign text in a message, in bytes: enough for messages
/// of the API server, too little for an HTML page of a proxy.
constexpr size_t longest_foreign_text = 500;

/// Stack memory for one event; most events fit, and then nothing is allocated.
constexpr size_t event_arena = size_t{16} << 10;

/// Returns the object, or why it cannot be used.
std::variant<shared_object, unusable> read_object(watched_kind kind,
                                                  const value& object) {
  auto has = [&object](std::string_view member) {
    return !string_at(object, {"metadata", member})
                .value_or(std::string_view{})
                .empty();
  };
  if (has("name") && has("uid"))
    return std::make_shared<const seen_object>(project_object(kind, object));
  return "ignored an object of " + std::string(to_string(kind)) + " without " +
         (has("uid") ? "metadata.name" : "metadata.uid") + " (namespace '" +
         text_at(object, {"metadata", "namespace"}) + "', name '" +
         text_at(object, {"metadata", "name"}) + "')";
}

/// Sorts warnings by time, because the latest one about an object counts. Lists
/// are ordered by name.
void sort_warnings(std::vector<shared_object>& objects) {
  auto seen_at = [](const shared_object& object) {
    const auto* warning = std::get_if<warning_seen>(object.get());
    return warning == nullptr ? timestamp{} : warning->last_seen;
  };
  std::stable_sort(objects.begin(), objects.end(),
                   [&seen_at](const auto& a, const auto& b) {
                     return seen_at(a) < seen_at(b);
                   });
}

} // namespace

result<object_page> project_page(watched_kind kind, std::string_view text) {
  const wanted members[] = {
      {"kind"}, {"metadata", list_metadata}, {"items", members_of(kind)}};
  allocator memory;
  auto parsed = json::parse_pruned(text, members, memory);
  if (!parsed)
    return tl::unexpected<error>(parsed.error());
  object_page page;
  page.resource_version = text_at(*parsed, {"metadata", "resourceVersion"});
  page.continue_from = text_at(*parsed, {"metadata", "continue"});
  const auto* items = find(*parsed, {"items"});
  auto is_list = string_at(*parsed, {"kind"})
                     .value_or(std::string_view{})
                     .ends_with("List");
  if (!is_list || page.resource_version.empty() || items == nullptr ||
      !(items->IsArray() || items->IsNull()))
    return fail(errc::malformed,
                "the answer is not a Kubernetes list with a resourceVersion");
  if (items->IsNull())
    return page;
  page.objects.reserve(items->Size());
  for (const auto& item : items->GetArray()) {
    auto object = read_object(kind, item);
    if (auto* usable = std::get_if<shared_object>(&object))
      page.objects.push_back(std::move(*usable));
    else
      page.skipped.push_back(std::get<unusable>(std::move(object)));
  }
  sort_warnings(page.objects);
  return page;
}

result<watch_event> project_event(watched_kind kind, std::string_view text) {
  // An ERROR event has a Status instead of the object.
  auto own = members_of(kind);
  std::vector<wanted> object_members(own.begin(), own.end());
  object_members.insert(object_members.end(), std::begin(status_members),
                        std::end(status_members));
  const wanted members[] = {{"type"}, {"object", object_members}};
  alignas(std::max_align_t) char buffer[event_arena];
  allocator memory(buffer, sizeof buffer);
  auto parsed = json::parse_pruned(text, members, memory);
  if (!parsed)
    return tl::unexpected<error>(parsed.error());
  auto type = string_at(*parsed, {"type"}).value_or(std::string_view{});
  const auto* object = find(*parsed, {"object"});
  if (object == nullptr || !object->IsObject())
    return fail(errc::malformed, "a watch event has no object");
  auto version = text_at(*object, {"metadata", "resourceVersion"});
  if (type == "ERROR")
    return stream_error{read_status(*object)};
  if (type == "BOOKMARK") {
    if (version.empty())
      return fail(errc::malformed, "a bookmark has no resourceVersion");
    return bookmark{std::move(version)};
  }
  auto removed = type == "DELETED";
  if (!removed && type != "ADDED" && type != "MODIFIED")
    return fail(errc::malformed,
                "a watch event has the unknown type '" +
                    json::clean_text(type, longest_foreign_text) + "'");
  auto read = read_object(kind, *object);
  if (auto* what = std::get_if<unusable>(&read))
    return invalid_event{std::move(version), std::move(*what)};
  auto& shared = std::get<shared_object>(read);
  if (removed)
    return object_removed{std::move(shared)};
  return object_changed{std::move(shared)};
}

const std::string& resource_version_of(const seen_object& object) {
  return std::visit(
      [](const auto& o) -> const std::string& { return o.resource_version; },
      object);
}

} // namespace locust::watcher
