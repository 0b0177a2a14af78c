#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

// One HTTP request and its answer. Separate from messages.hpp so that cores can
// build requests and read answers without CAF.

namespace locust {

using shared_text = std::shared_ptr<const std::string>;

/// Queues of the API client, with different priorities
/// (docs/behaviour/process.md#requests).
enum class lane : uint8_t {
  list,       ///< lists; few and large
  create,     ///< Services and Jobs
  status,     ///< status writes
  event,      ///< Kubernetes Events; nothing waits for them
  background, ///< writes that may wait: live figures, reports
  load,       ///< Locust masters: HTTP to pods, or through the API server
};
inline constexpr size_t lane_count = 6;

enum class http_verb : uint8_t {
  get,
  post,
  put,
  merge_patch, ///< PATCH with application/merge-patch+json
  json_patch,  ///< PATCH with application/json-patch+json
  remove,      ///< DELETE
};

/// One request. `target` is a path with query on the API server
/// (`/api/v1/pods?limit=500`), or an absolute `http://` URL (lane `load` only).
struct api_request {
  http_verb verb = http_verb::get;
  std::string target;
  shared_text body; ///< JSON; null for none
  lane in = lane::list;
  /// From the hand-over to the network to the end of the answer.
  std::chrono::milliseconds deadline = std::chrono::seconds(30);
  /// Value of the `Accept` header; empty means application/json.
  std::string accept;
  /// Bytes; a longer answer fails with `too_large`. 0: the limit of the lane.
  size_t largest_answer = 0;
  /// URLs in lane `load` only: open a connection, send nothing and close it.
  /// The answer has status 204 when the connection was accepted.
  bool connect_only = false;
};

/// The answer to a request; every request gets exactly one.
struct api_response {
  /// HTTP status code, or 0 when no complete answer arrived: then the result of
  /// a write is unknown, and `failure` gives the reason. A refusal (400 and
  /// above) keeps its status when its body was truncated.
  int status = 0;
  shared_text body; ///< never null; empty when there was none
  std::string failure;
  /// `Retry-After`, when the server sent one.
  std::optional<std::chrono::seconds> retry_after;
  /// Nothing listens at the address: the connection was refused.
  bool refused = false;
  /// The answer was longer than allowed, and was dropped.
  bool too_large = false;
};

/// Returns the response to use when no usable answer arrived.
inline api_response no_answer(std::string why) {
  return {0, std::make_shared<const std::string>(), std::move(why), {}};
}

} // namespace locust
