#include "actors/status_writer/status_patch.hpp"

#include "actors/status_writer/other_conditions.hpp"
#include "protocol/json.hpp"
#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/json_patch.hpp"
#include "protocol/kubernetes/media_type.hpp"
#include "protocol/kubernetes/object_path.hpp"
#include "protocol/time.hpp"

#include <algorithm>
#include <utility>

namespace locust {

namespace {

/// A status has a few KB and is stored in milliseconds; after this time a retry
/// is better. Well below the default of the client, because phase changes wait
/// for it.
constexpr std::chrono::seconds write_deadline{10};

constexpr int unprocessable_entity = 422;

std::string path_of(const object_key& test) {
  return object_path(resources::locust_tests, test.ns, test.name);
}

history_mark mark_of(const json::value& entry) {
  auto sequence = json::int_at(entry, {"sequence"}).value_or(0);
  auto at = parse_rfc3339(json::text_at(entry, {"time"}));
  return {static_cast<uint64_t>(std::max<int64_t>(sequence, 0)),
          at.value_or(timestamp{})};
}

/// Returns null if there is none, or it is empty.
const json::value* history_of(const json::value& status) {
  const auto* history = json::find(status, {"history"});
  bool has_entries =
      history != nullptr && history->IsArray() && !history->Empty();
  return has_entries ? history : nullptr;
}

history_mark end_of(const json::value& status) {
  const auto* history = history_of(status);
  return history == nullptr ? history_mark{}
                            : mark_of((*history)[history->Size() - 1]);
}

} // namespace

api_request status_request(const object_key& test) {
  api_request request;
  request.target = path_of(test) + "/status";
  request.in = lane::status;
  request.deadline = write_deadline;
  request.accept = metadata_only;
  return request;
}

api_request patch_status(const object_key& test, std::string_view test_uid,
                         std::string_view resource_version,
                         std::string_view document) {
  // A `replace` of the uid would not guard: the status subresource silently
  // restores the old one.
  auto body = json_patch()
                  .test("/metadata/uid", test_uid)
                  .replace("/metadata/resourceVersion", resource_version)
                  .add_json("/status", document)
                  .take();
  auto request = status_request(test);
  request.verb = http_verb::json_patch;
  request.body = std::make_shared<const std::string>(std::move(body));
  return request;
}

api_request read_test(const object_key& test) {
  api_request request;
  request.verb = http_verb::get;
  request.target = path_of(test);
  request.in = lane::status;
  request.deadline = write_deadline;
  return request;
}

result<stored_test> stored_test_in(std::string_view body) {
  auto doc = json::parse(body);
  if (!doc)
    return tl::unexpected(doc.error());
  stored_test found;
  found.uid = json::text_at(*doc, {"metadata", "uid"});
  found.resource_version = json::text_at(*doc, {"metadata", "resourceVersion"});
  if (found.uid.empty() || found.resource_version.empty())
    return fail(errc::malformed, "the object has no uid or no resourceVersion");
  found.deleting =
      !json::text_at(*doc, {"metadata", "deletionTimestamp"}).empty();
  if (const auto* status = json::find(*doc, {"status"})) {
    found.status = json::dump(*status);
    found.end = end_of(*status);
    found.other_conditions = other_conditions(*status);
  }
  return found;
}

history_mark end_of_history(std::string_view document) {
  auto doc = json::parse(document);
  return doc ? end_of(*doc) : history_mark{};
}

bool history_has_any(std::string_view document,
                     const std::vector<history_mark>& marks) {
  auto doc = json::parse(document);
  const auto* history = doc ? history_of(*doc) : nullptr;
  if (history == nullptr)
    return false;
  auto entries = history->GetArray();
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
    return std::find(marks.begin(), marks.end(), mark_of(entry)) != marks.end();
  });
}

bool is_failed_test(const api_response& response) {
  return response.status == unprocessable_entity &&
         status_of(response).causes.empty();
}

} // namespace locust
