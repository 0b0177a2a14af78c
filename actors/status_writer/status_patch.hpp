#pragma once

#include "protocol/api_call.hpp"
#include "protocol/error.hpp"
#include "protocol/history_mark.hpp"
#include "protocol/kubernetes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The requests of a status write, and how to read the answers.

namespace locust {

/// Returns a request to the status of the LocustTest, without verb and body.
/// The answer contains only metadata.
api_request status_request(const object_key& test);

/// Returns the request that replaces the whole `.status` of the LocustTest with
/// `document`, so that fields which it lacks are removed. The API server
/// rejects it
/// - with 409 when the object is no longer at `resource_version`,
/// - with 422 when the object of this name has another uid (`is_failed_test`).
api_request patch_status(const object_key& test, std::string_view test_uid,
                         std::string_view resource_version,
                         std::string_view document);

/// Returns the request that reads the LocustTest, to find out why a write was
/// rejected.
api_request read_test(const object_key& test);

/// The stored LocustTest, as far as a rejected write needs it.
struct stored_test {
  std::string uid;
  std::string resource_version;
  /// It has a `deletionTimestamp`.
  bool deleting = false;
  /// The whole `.status`; empty when there is none.
  std::string status;
  /// End of its history.
  history_mark end;
  /// See other_conditions.hpp.
  std::string other_conditions;
};

/// Reads the answer to `read_test`. Fails if it is not an object with uid and
/// resourceVersion.
result<stored_test> stored_test_in(std::string_view body);

/// Returns where the history of a status document ends.
history_mark end_of_history(std::string_view document);

/// Returns whether the history of a status document has one of these entries.
bool history_has_any(std::string_view document,
                     const std::vector<history_mark>& marks);

/// Returns whether a `test` operation of the patch failed, so that the object
/// of this name has another uid: a 422 without causes. For invalid fields, the
/// API server lists causes.
bool is_failed_test(const api_response& response);

} // namespace locust
