#pragma once

#include "protocol/api_call.hpp"
#include "protocol/error.hpp"
#include "protocol/history_mark.hpp"
#include "protocol/kubernetes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// The requests of a status write and what their answers say.

namespace locust {

/// Returns the request that puts `document` in the place of the whole `.status`
/// of the LocustTest, so that fields which are not in it vanish. The API server
/// refuses it
/// - with 409 when the object is not at `resource_version` any more,
/// - with 422 when the object of this name has another uid (`is_failed_test`).
/// It asks for the metadata alone in return.
api_request patch_status(const object_key& test, std::string_view test_uid,
                         std::string_view resource_version,
                         std::string_view document);

/// Returns the request that reads the LocustTest, to learn why it was refused.
api_request read_test(const object_key& test);

/// The LocustTest as it is stored, as far as a refused write has to know.
struct stored_test {
  std::string uid;
  std::string resource_version;
  /// The whole `.status`; empty when there is none.
  std::string status;
  /// Of its history.
  history_mark end;
};

/// Reads the answer to `read_test`. Fails when it is not an object with uid and
/// resourceVersion.
result<stored_test> stored_test_in(std::string_view body);

/// Returns where the history of a status document ends.
history_mark end_of_history(std::string_view document);

/// Returns whether a `test` of the patch failed, so that the object of this
/// name has another uid: a 422 without causes. When fields of the object are
/// wrong, the API server names them as causes.
bool is_failed_test(const api_response& response);

} // namespace locust
