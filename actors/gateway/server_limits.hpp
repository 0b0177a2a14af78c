#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace locust {

/// What a client may take of a server. The clients that count are API servers
/// and kubelets; anyone in the cluster can connect, too.
struct server_limits {
  /// Head of a request. Those of an API server have some hundred bytes.
  uint32_t header_bytes = 64 * 1024;

  /// A TLS handshake.
  std::chrono::milliseconds handshake = std::chrono::seconds(10);
  /// The head of a request, from its first byte on; or from the connection on,
  /// for the first one.
  std::chrono::milliseconds header = std::chrono::seconds(32);
  /// A whole request, from its first byte to the last of the answer. An API
  /// server waits for 30 s at most.
  std::chrono::milliseconds request = std::chrono::seconds(60);
  /// Between two requests.
  std::chrono::milliseconds idle = std::chrono::seconds(90);
  /// How long a client may go on sending after the answer, which it would lose
  /// if the connection were closed at once.
  std::chrono::milliseconds linger = std::chrono::seconds(2);
  /// How long requests under way may take when the server stops.
  std::chrono::milliseconds stop = std::chrono::seconds(2);
  /// The readiness check's connection to the webhooks' own port.
  std::chrono::milliseconds self_check = std::chrono::seconds(10);
  /// For how long its success counts.
  std::chrono::milliseconds self_check_valid = std::chrono::seconds(2);

  /// Connections of one listener. One more makes that one go which has been
  /// without a whole request for longest; if there is none, it is closed.
  size_t most_connections = 128;
  /// Requests of one listener that are with a handler or wait for one. What
  /// comes above is answered with 503.
  size_t most_requests = 64;
  /// Bytes of all bodies of one listener, likewise. A conversion takes five
  /// times its body, and the container has 256 MiB
  /// (docs/behaviour/process.md#webhook-server).
  uint64_t most_body_bytes = uint64_t{40} << 20;
};

} // namespace locust
