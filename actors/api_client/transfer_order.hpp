#pragma once

#include "actors/api_client/credentials.hpp"
#include "protocol/api_call.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// Messages between the core and the network thread.

namespace locust {

/// Transfers share connections only within a channel, so that a stuck
/// connection affects only one kind.
enum class channel : uint8_t {
  requests, ///< to the API server
  streams,  ///< watches
  pods,     ///< plain HTTP to Locust masters, without proxy or credential
  proxied,  ///< to Locust masters through the API server
};
inline constexpr size_t channel_count = 4;

/// Whether the answers are those of Locust masters.
constexpr bool is_of_master(channel via) {
  return via == channel::pods || via == channel::proxied;
}

/// Everything needed for one HTTP exchange.
struct transfer_order {
  uint64_t id = 0;
  channel via = channel::requests;
  http_verb verb = http_verb::get;
  std::string url;
  shared_text body;
  std::string accept;
  /// For the whole exchange; 0 for streams.
  std::chrono::milliseconds deadline{0};
  /// Streams only: the stream ends when no byte arrives for this long.
  std::chrono::milliseconds silence_limit{0};
  /// Limit in bytes; a larger answer fails (for streams: a refusal).
  size_t largest_answer = 0;
  /// Only connect; see `api_request`.
  bool connect_only = false;
  /// Null on channel `pods`.
  std::shared_ptr<const credential> as;
};

/// An event of a transfer. A request has one `ended`; a stream may have
/// `opened` and `data` before it.
struct transfer_event {
  enum class kind : uint8_t { opened, data, ended };
  kind what = kind::ended;
  uint64_t id = 0;
  /// `ended`: HTTP status, or 0 without a complete answer. 200 for a stream
  /// that was opened, however it ended.
  int status = 0;
  /// `data`: some bytes; `ended`: the body of the answer. Never null.
  shared_text body;
  /// `ended`: why the answer is not complete; empty if it is.
  std::string failure;
  std::optional<std::chrono::seconds> retry_after;
  /// `ended`: the connection was refused.
  bool refused = false;
  /// `ended`: the answer was longer than `transfer_order::largest_answer`.
  bool too_large = false;
  /// `ended`: 2 for HTTP/2, 1 for HTTP/1, 0 without an answer.
  int http_version = 0;
  /// `ended`: number of connections opened for it; usually 0.
  long new_connections = 0;
};

} // namespace locust
