#pragma once

#include "protocol/http.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which requests a server accepts, and its answers to all others. Pure.

namespace locust {

/// Takes the answer. Called exactly once, on the server's thread.
using answer_callback = std::function<void(http_answer)>;

/// Called on the server's thread; must not block.
using route_handler = std::function<void(http_request, answer_callback)>;

/// A path of a server and its handler.
struct route {
  enum class kind : uint8_t {
    probe,  ///< GET and HEAD without a body; also for paths below this one
    page,   ///< GET and HEAD, without a body
    review, ///< POST of JSON
  };
  kind what = kind::probe;
  std::string path;
  /// Bytes; a longer body gets 413.
  uint64_t body_limit = 0;
  route_handler answer;
  /// Bytes of all bodies of this route together, at least `body_limit`. No
  /// other route can use them.
  uint64_t body_budget = 0;
};

/// The headers of a request, as far as they matter.
struct request_head {
  std::string method;
  std::string path;
  std::string query;
  std::string content_type;
  /// Nothing for a chunked body or without a body.
  std::optional<uint64_t> content_length;
  /// Header `Expect`; empty if there is none.
  std::string expect;
};

/// An answer that does not come from a handler.
struct server_reply {
  http_answer content;
  /// Header `Allow`; empty if there is none.
  std::string allow;
  /// Whether a retry after a second may succeed.
  bool retry = false;
};

/// The route of a request, or the answer that refuses it.
struct routing_decision {
  const route* to = nullptr;
  server_reply refusal;
};

routing_decision judge(const request_head& head,
                       const std::vector<route>& routes);

/// A request target, split at the first `?`.
struct split_target {
  std::string path;
  std::string query;
};
split_target split(std::string_view target);

// -- refusals, each a line of plain text --------------------------------------

server_reply malformed_request(std::string_view reason);
server_reply header_too_large(uint32_t limit);
server_reply body_too_large(uint64_t limit);
server_reply too_busy();
/// A dependency of the handler has not started yet.
server_reply not_started();
/// The handler threw.
server_reply handler_failed();

} // namespace locust
