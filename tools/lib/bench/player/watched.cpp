#include "tools/lib/bench/player/watched.hpp"

#include <array>
#include <utility>

namespace locust::bench {

watched::watched(client& by, std::string collection,
                 std::span<const json::wanted> members, on_object handler)
    : by_(by), collection_(std::move(collection)), members_(members),
      handler_(std::move(handler)) {
  open();
}

void watched::open() {
  auto path = collection_ + "?watch=true&timeoutSeconds=3600";
  if (!version_.empty())
    path += "&resourceVersion=" + version_;
  by_.watch(
      path, [this](std::string_view line) { take(line); }, [this] { open(); });
}

void watched::take(std::string_view line) {
  std::array<json::wanted, 2> event{json::wanted{"type"},
                                    json::wanted{"object", members_}};
  json::document::AllocatorType memory;
  auto parsed = json::parse_pruned(line, event, memory);
  if (!parsed)
    throw failure("a line of the watch of " + collection_ +
                  " is no JSON: " + parsed.error().message);
  const auto* object = json::find(*parsed, {"object"});
  auto type = json::string_at(*parsed, {"type"}).value_or("");
  if (object == nullptr || type == "ERROR")
    throw failure("the watch of " + collection_ +
                  " failed: " + std::string(line.substr(0, 400)));
  version_ = json::text_at(*object, {"metadata", "resourceVersion"});
  handler_(type, *object);
}

} // namespace locust::bench
