#pragma once

#include "actors/configuration/bind_address.hpp"
#include "actors/gateway/server_limits.hpp"
#include "actors/metrics/operator_metrics.hpp"
#include "protocol/access.hpp"
#include "protocol/error.hpp"
#include "protocol/http.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// A path of the webhook server. Accepts POST of JSON.
struct webhook {
  std::string path;
  /// Bytes; a longer body gets 413.
  uint64_t body_limit = 0;
  /// Bytes of all bodies together, which no other webhook can use.
  uint64_t body_budget = 0;
  /// Answers one request at a time, so that a thread is left for the others.
  bool in_turn = false;
  /// Called on threads of the server, possibly on several at once.
  std::function<http_answer(const http_request&)> answer;
  webhook_metrics metrics{};
};

/// The metrics server.
struct metrics_server {
  bind_address address;
  /// HTTPS for authorized clients; otherwise plain HTTP for all.
  bool secure = true;
  /// Returns the page within a millisecond. Called on the server's thread.
  std::function<std::string()> text;
};

/// Servers with a certificate.
enum class tls_server : uint8_t { webhooks, metrics };

/// At least one of `probes`, `webhooks` and `metrics` is set.
struct http_server_setup {
  /// Plain HTTP: /healthz and /readyz. Not set: no probes.
  std::optional<bind_address> probes;
  /// HTTPS. Not set: no webhooks.
  std::optional<bind_address> webhooks;
  std::vector<webhook> hooks;
  /// Plain HTTP or HTTPS: /metrics. Not set: no metrics.
  std::optional<metrics_server> metrics;
  /// The initial text of the check `caches` of /readyz (see `show_caches`). Not
  /// set: there is no such check.
  std::optional<std::string> caches;
  server_limits limits;
};

/// The servers of this process: one thread for all sockets and two for answers
/// of webhooks, so that a large one delays neither probes nor other answers.
class http_server {
public:
  /// Listens and starts the threads; probes are answered from now on. Fails
  /// with a sentence that names flag, address and reason.
  static result<std::unique_ptr<http_server>> start(http_server_setup setup);

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Closes everything at once and joins the threads; waits for a webhook that
  /// is computing its answer.
  ~http_server();

  /// The ports that it listens on; 0 if there is no such server.
  uint16_t probe_port() const;
  uint16_t webhook_port() const;
  uint16_t metrics_port() const;

  /// Serves this certificate (PEM) on new connections of `which`; the first one
  /// opens the server. Returns until when it is valid. Fails when the pair
  /// cannot be used; the previous one then stays. Any thread.
  result<std::string> show_certificate(tls_server which, std::string_view chain,
                                       std::string_view key);

  /// Authorizes requests for secure metrics with `ask`, which is called on the
  /// server's thread. Any thread.
  void guard_metrics(ask_access ask);

  /// Sets what the check `caches` of /readyz reports as missing; empty: the
  /// check passes. Any thread.
  void show_caches(std::string missing);

  /// The actors work. From the first call on, /healthz has a check `actors`
  /// that fails when the last one is longer ago than
  /// `server_limits::actors_silence`. Any thread.
  void note_alive();

  /// Stops listening, gives requests in flight `limits.stop` to finish, then
  /// calls `stopped` on the server's thread, which ends. Any thread, once.
  void stop(std::function<void()> stopped);

private:
  class worker;
  explicit http_server(std::unique_ptr<worker> made);

  std::unique_ptr<worker> worker_;
};

} // namespace locust
