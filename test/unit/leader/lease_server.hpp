#pragma once

#include "actors/leader/lease.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/answers.hpp"

#include <optional>
#include <string>
#include <utility>

namespace locust::test {

/// An API server for one Lease.
class lease_server {
public:
  std::optional<stored_lease> lease;
  /// If set, the next request gets this status and is not executed.
  std::optional<int> refuses;
  /// If set, the next write is executed, but its answer is lost.
  bool loses = false;

  api_response answer_to(const api_request& request) {
    if (auto status = std::exchange(refuses, std::nullopt))
      return answer(*status, R"({"message":"not now"})");
    if (request.verb == http_verb::get)
      return lease ? answer(200, lease->object) : answer(404);
    auto answered = store(request);
    return std::exchange(loses, false) ? answer(0) : answered;
  }

  /// A write of another client.
  void put(const lease_record& record) {
    auto in = lease_in("ns");
    store(lease ? update_lease(in, *lease, record) : create_lease(in, record));
  }

  void renew(const std::string& time) {
    auto record = lease->record;
    record.renew_time = time;
    put(record);
  }

  /// The watch event for its current state.
  std::string line() const {
    return lease ? R"({"type":"MODIFIED","object":)" + lease->object + "}"
                 : R"({"type":"DELETED","object":{}})";
  }

private:
  api_response store(const api_request& request) {
    auto doc = json::parse(*request.body).value();
    bool is_new = request.verb == http_verb::post;
    if (is_new == lease.has_value())
      return answer(is_new ? 409 : 404);
    if (lease && json::text_at(doc, {"metadata", "resourceVersion"}) !=
                     lease->resource_version)
      return answer(409);
    auto version = std::to_string(++version_);
    auto& metadata = doc["metadata"];
    metadata.RemoveMember("resourceVersion");
    metadata.AddMember("resourceVersion",
                       json::value(version.c_str(), doc.GetAllocator()),
                       doc.GetAllocator());
    lease = read_lease(json::dump(doc)).value();
    return answer(is_new ? 201 : 200, lease->object);
  }

  int version_ = 100;
};

} // namespace locust::test
