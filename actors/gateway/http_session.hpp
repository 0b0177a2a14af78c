#pragma once

#include "actors/gateway/request_rules.hpp"
#include "actors/gateway/server_limits.hpp"
#include "actors/gateway/work_budget.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <list>
#include <memory>
#include <string>
#include <vector>

namespace locust {

class http_session;

/// Sessions of a listener. There are two lists: sessions that wait for their
/// client, longest first, and sessions with a complete request.
using session_list = std::list<std::shared_ptr<http_session>>;

/// The listener as a session sees it. All calls are made on the server's
/// thread.
class session_host {
public:
  virtual const std::vector<route>& routes() const = 0;
  virtual const server_limits& limits() const = 0;
  /// What the requests of a route use together.
  virtual work_budget& budget(const route& of) = 0;
  /// For the log, for example `webhooks`.
  virtual const std::string& name() const = 0;
  /// Whether the connection must close after the current request.
  virtual bool closing() const = 0;

  /// The session starts to wait for its client: for a request, the rest of one,
  /// or the end of the connection.
  virtual void waits(http_session& s) = 0;
  /// The session has a complete request.
  virtual void works(http_session& s) = 0;
  /// There is no budget for more bytes of the unfinished request of `s`. Ends
  /// the session on this route that has been without a complete request for
  /// longest, and returns true; returns false if that is `s` itself.
  virtual bool make_room_for(http_session& s, const route& on) = 0;
  /// The session has ended and makes no more calls.
  virtual void ended(http_session& s) = 0;

protected:
  ~session_host() = default;
};

/// One connection of a client, from accept to close.
class http_session {
public:
  virtual ~http_session() = default;

  /// Starts; continues on its own until it has ended.
  virtual void start() = 0;

  /// Closes the connection now.
  virtual void end() = 0;

  /// Closes the connection now unless a request has begun. Then it closes after
  /// the answer, because the host is closing.
  virtual void end_if_idle() = 0;

  /// Whether it uses part of the budget of this route.
  virtual bool uses(const route& one) const = 0;

  // Set by the host: which list the session is in, and its position.
  bool is_working = false;
  session_list::iterator place;
};

/// Serves HTTP/1.1 on a connection, with TLS if `context` is not null.
std::shared_ptr<http_session> make_session(session_host& host,
                                           boost::asio::ip::tcp::socket socket,
                                           SSL_CTX* context);

} // namespace locust
