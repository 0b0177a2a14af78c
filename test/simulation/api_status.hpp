#pragma once

#include "protocol/api_call.hpp"

#include <memory>
#include <string>
#include <utility>

// Answers of the API server, those that refuse with a Status object.

namespace locust::simulation {

inline api_response answered(int status, std::string body) {
  api_response made;
  made.status = status;
  made.body = std::make_shared<const std::string>(std::move(body));
  return made;
}

/// `reason` and `message` are plain ASCII; `details` is JSON text.
inline api_response refused(int status, const std::string& reason,
                            const std::string& message,
                            const std::string& details = "{}") {
  return answered(status, R"({"kind":"Status","apiVersion":"v1",)"
                          R"("status":"Failure","message":")" +
                              message + R"(","reason":")" + reason +
                              R"(","details":)" + details + R"(,"code":)" +
                              std::to_string(status) + "}");
}

inline api_response not_found() {
  return refused(404, "NotFound", "not found");
}

inline api_response already_exists() {
  return refused(409, "AlreadyExists", "an object of this name already exists");
}

inline api_response conflict() {
  return refused(409, "Conflict", "the object has been modified");
}

} // namespace locust::simulation
