#pragma once

#include "protocol/http.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which requests a server takes, and what it answers to the others. Values.

namespace locust {

/// Gets the answer. Called once, on the server's thread.
using give_answer = std::function<void(http_answer)>;

/// Called on the server's thread, which it must not hold up.
using route_handler = std::function<void(http_request, give_answer)>;

/// A path of a server and who answers there.
struct route {
  enum class kind : uint8_t {
    probe,  ///< GET and HEAD, without a body; also what lies below the path
    page,   ///< GET and HEAD, without a body
    review, ///< POST of JSON
  };
  kind what = kind::probe;
  std::string path;
  /// Bytes; above, the answer is 413.
  uint64_t body_limit = 0;
  route_handler answer;
};

/// What the head of a request says.
struct request_head {
  std::string method;
  std::string path;
  std::string query;
  std::string content_type;
  /// Nothing for a chunked body, or none.
  std::optional<uint64_t> content_length;
  /// Header `Expect`; empty for none.
  std::string expect;
};

/// An answer that the server gives by itself.
struct server_reply {
  http_answer content;
  /// Header `Allow`; empty for none.
  std::string allow;
  /// Whether the same request may do better in a second.
  bool retry = false;
};

/// Where a request goes, or what is the matter with it.
struct routing_decision {
  const route* to = nullptr;
  server_reply refusal;
};

routing_decision judge(const request_head& head,
                       const std::vector<route>& routes);

/// Takes what stands behind a `?` off a request's target.
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
/// What the answer needs is still being started.
server_reply not_started();
/// The handler threw.
server_reply handler_failed();

} // namespace locust
