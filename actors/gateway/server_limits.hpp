#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace locust {

/// Limits for clients of a server. The intended ones are API servers and
/// kubelets, but anyone in the cluster can connect.
struct server_limits {
  /// Headers of a request. Those of an API server have some hundred bytes.
  uint32_t header_bytes = 64 * 1024;

  /// A TLS handshake.
  std::chrono::milliseconds handshake = std::chrono::seconds(10);
  /// Reading the headers, from their first byte; for the first request from the
  /// start of the connection.
  std::chrono::milliseconds header = std::chrono::seconds(32);
  /// A whole request, from its first byte to the last of the answer. An API
  /// server waits for at most 30 s.
  std::chrono::milliseconds request = std::chrono::seconds(60);
  /// Between two requests.
  std::chrono::milliseconds idle = std::chrono::seconds(90);
  /// How long to read and discard input after the answer. If the connection
  /// were closed at once, the client could lose the answer.
  std::chrono::milliseconds linger = std::chrono::seconds(2);
  /// How long requests in flight may take when the server stops.
  std::chrono::milliseconds stop = std::chrono::seconds(2);
  /// The readiness check's connection to the webhooks' own port.
  std::chrono::milliseconds self_check = std::chrono::seconds(10);
  /// How long a success is cached.
  std::chrono::milliseconds self_check_valid = std::chrono::seconds(2);

  /// How long the actors may be silent before /healthz fails. They report every
  /// 15 s; none of them works for a minute without a break.
  std::chrono::milliseconds actors_silence = std::chrono::minutes(1);

  /// Connections per listener. A further one replaces the connection that has
  /// waited longest for a complete request; without any, it is closed.
  size_t most_connections = 128;
  /// Requests per route that a handler works on or that wait for one. A further
  /// one gets 503.
  size_t most_requests = 64;
};

} // namespace locust
