#pragma once

#include "actors/status_writer/document_flow.hpp"
#include "test/unit/support/answers.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace locust::test {

inline constexpr monotonic_time start{std::chrono::hours(1)};
inline constexpr bool urgent = true;
inline constexpr bool calm = false;

/// A document that adds one entry to the history.
inline status_document document(uint64_t revision, bool is_urgent = urgent,
                                uint64_t sequence = 0,
                                std::string version = "10") {
  status_document made;
  made.test = {"ns", "t"};
  made.test_uid = "uid";
  made.resource_version = std::move(version);
  made.revision = revision;
  made.urgent = is_urgent;
  made.document = std::make_shared<const std::string>("{}");
  made.end = {sequence, {}};
  made.base = {std::max<uint64_t>(sequence, 1) - 1, {}};
  return made;
}

/// The object as a read returns it.
inline api_response stored_as(const std::string& uid,
                              const std::string& version, uint64_t sequence = 0,
                              std::string_view at = "1970-01-01T00:00:00Z") {
  return answer(200, R"({"metadata":{"uid":")" + uid +
                         R"(","resourceVersion":")" + version +
                         R"("},"status":{"history":[{"sequence":)" +
                         std::to_string(sequence) + R"(,"time":")" +
                         std::string(at) + "\"}]}}");
}

inline bool is_patch(const api_request& x) {
  return x.verb == http_verb::json_patch;
}

inline bool guards_version(const api_request& x, const std::string& version) {
  return x.body && x.body->find(R"(resourceVersion","value":")" + version +
                                "\"") != std::string::npos;
}

} // namespace locust::test
