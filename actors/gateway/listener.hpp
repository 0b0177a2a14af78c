#pragma once

#include "actors/configuration/bind_address.hpp"
#include "actors/gateway/http_session.hpp"
#include "protocol/error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace locust {

struct listener_setup {
  /// For the log, for example `webhooks`.
  std::string name;
  /// For messages, for example `--webhook-bind-address`.
  std::string flag;
  bind_address address;
  bool tls = false;
  std::vector<route> routes;
  server_limits limits;
};

/// Listens on one address and owns the sessions of its clients. All functions
/// except `open` run on the server's thread.
class listener final : public session_host {
public:
  using endpoint = boost::asio::ip::tcp::endpoint;

  listener(boost::asio::io_context& io, listener_setup setup);
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// Binds the address and listens. Fails with a sentence that names flag,
  /// address and reason.
  result<void> open();

  /// The address after `open`.
  endpoint where() const {
    return where_;
  }

  /// The address as a URL: `https://127.0.0.1:9443`.
  std::string where_text() const;

  /// Starts to accept clients.
  void start();

  /// Uses this context for new connections. Without one, a listener with TLS
  /// closes connections at once.
  void show(std::shared_ptr<SSL_CTX> context);
  bool shows_certificate() const {
    return context_ != nullptr;
  }

  /// Stops accepting and closes sessions without a request. Calls back as soon
  /// as no session is left.
  void close(std::function<void()> closed);

  /// Closes all remaining sessions.
  void end_all();

  // -- session_host -----------------------------------------------------------

  const std::vector<route>& routes() const override;
  const server_limits& limits() const override;
  work_budget& budget(const route& of) override;
  const std::string& name() const override;
  bool closing() const override;
  void waits(http_session& s) override;
  void works(http_session& s) override;
  bool make_room_for(http_session& s, const route& on) override;
  void ended(http_session& s) override;

private:
  result<endpoint> resolve() const;
  result<void> bind_to(const endpoint& to);
  void accept();
  void take(boost::asio::ip::tcp::socket socket);
  bool make_room();
  void accept_later(const std::string& why);
  void complain(const std::string& sentence);
  void report_closed();

  boost::asio::io_context& io_;
  listener_setup setup_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  endpoint where_;
  /// In the order of the routes.
  std::vector<work_budget> budgets_;
  std::shared_ptr<SSL_CTX> context_;
  session_list waiting_;
  session_list working_;
  bool closing_ = false;
  std::function<void()> closed_;
  /// When a complaint was logged last.
  std::optional<std::chrono::steady_clock::time_point> complained_;
};

} // namespace locust
