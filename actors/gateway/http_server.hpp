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

/// A path of the webhook server. It takes POST of JSON.
struct webhook {
  std::string path;
  /// Bytes; a longer body is answered with 413.
  uint64_t body_limit = 0;
  /// Called on threads of the server, on several at once.
  std::function<http_answer(const http_request&)> answer;
  webhook_metrics metrics{};
};

/// The metrics server.
struct metrics_server {
  bind_address address;
  /// HTTPS, and only for those who may read it. Otherwise plain HTTP for all.
  bool secure = true;
  /// Returns the page; takes a millisecond at most. Called on the server's
  /// thread.
  std::function<std::string()> text;
};

/// Servers with a certificate.
enum class tls_server : uint8_t { webhooks, metrics };

/// One of the three at least.
struct http_server_setup {
  /// Plain HTTP: /healthz and /readyz. Nothing: no probes.
  std::optional<bind_address> probes;
  /// HTTPS. Nothing: no webhooks.
  std::optional<bind_address> webhooks;
  std::vector<webhook> hooks;
  /// Plain HTTP or HTTPS: /metrics. Nothing: no metrics.
  std::optional<metrics_server> metrics;
  /// What the check `caches` of /readyz says at first (`show_caches`). Nothing:
  /// there is no such check.
  std::optional<std::string> caches;
  server_limits limits;
};

/// The servers of this process: one thread for all sockets, and two more for
/// the webhooks' answers, so that a big one holds up neither probes nor other
/// answers.
class http_server {
public:
  /// Listens at the addresses and starts the threads: probes are answered from
  /// now on. Fails with one sentence: flag, address and reason.
  static result<std::unique_ptr<http_server>> start(http_server_setup setup);

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Closes everything at once and joins the threads. A webhook that is at its
  /// answer is waited for.
  ~http_server();

  /// The ports listened at; 0 for none.
  uint16_t probe_port() const;
  uint16_t webhook_port() const;
  uint16_t metrics_port() const;

  /// Shows this certificate (PEM) to new connections of that server from now
  /// on; the first one opens it. Returns until when it is valid, or what is
  /// wrong with the pair; then the last one stays. Any thread.
  result<std::string> show_certificate(tls_server which, std::string_view chain,
                                       std::string_view key);

  /// From now on secure metrics are for those who are allowed by this. Any
  /// thread; `ask` is called on the server's.
  void guard_metrics(ask_access ask);

  /// From now on the check `caches` of /readyz says that this is missing, or
  /// with an empty text that all is well. Any thread.
  void show_caches(std::string missing);

  /// Stops listening and lets requests under way finish, for the time
  /// `limits.stop`. Then calls `stopped`, on the server's thread, which ends.
  /// Any thread, once.
  void stop(std::function<void()> stopped);

private:
  class worker;
  explicit http_server(std::unique_ptr<worker> made);

  std::unique_ptr<worker> worker_;
};

} // namespace locust
