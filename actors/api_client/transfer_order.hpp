#pragma once

#include "actors/api_client/credentials.hpp"
#include "protocol/api_call.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// What passes between the core and the network thread.

namespace locust {

/// Transfers of one channel share connections; those of different ones never
/// do: a connection that is stuck holds up one kind only.
enum class channel : uint8_t {
  requests, ///< to the API server
  streams,  ///< watches
  pods,     ///< plain HTTP to Locust masters: no proxy, no credential ever
};
inline constexpr size_t channel_count = 3;

/// One HTTP exchange, whole: nothing else is needed to carry it out.
struct transfer_order {
  uint64_t id = 0;
  channel via = channel::requests;
  http_verb verb = http_verb::get;
  std::string url;
  shared_text body;
  std::string accept;
  /// For the whole exchange; none for streams.
  std::chrono::milliseconds deadline{0};
  /// Streams only: end it when no byte came for so long.
  std::chrono::milliseconds silence_limit{0};
  /// Longer answers are given up (of streams: refusals).
  size_t largest_answer = 0;
  /// Null on channel `pods`.
  std::shared_ptr<const credential> as;
};

/// What the network thread tells of a transfer. A request has one `ended`; a
/// stream may have `opened` and `data` before.
struct transfer_event {
  enum class kind : uint8_t { opened, data, ended };
  kind what = kind::ended;
  uint64_t id = 0;
  /// `ended`: HTTP status, or 0 when there was no whole answer. For a stream
  /// that was opened 200, however it ended.
  int status = 0;
  /// `data`: some bytes; `ended`: the body of the answer. Never null.
  shared_text body;
  /// `ended`: why there is no whole answer; empty when there is one.
  std::string failure;
  std::optional<std::chrono::seconds> retry_after;
  /// `ended`: 2 when it went over HTTP/2, 1 over HTTP/1, 0 for no answer.
  int http_version = 0;
  /// `ended`: connections that were made for it; mostly none.
  long new_connections = 0;
};

} // namespace locust
