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

/// Sessions of a listener. There are two such lists: those that wait for their
/// client, the one that has waited longest first; and those with a whole
/// request.
using session_list = std::list<std::shared_ptr<http_session>>;

/// What a session needs of the listener that it belongs to. All calls are made
/// on the server's thread.
class session_host {
public:
  virtual const std::vector<route>& routes() const = 0;
  virtual const server_limits& limits() const = 0;
  virtual work_budget& budget() = 0;
  /// For the log: `webhooks`.
  virtual const std::string& name() const = 0;
  /// No further request on this connection, please.
  virtual bool closing() const = 0;

  /// The session waits for its client, from now on: for a request, for the rest
  /// of one, for its farewell.
  virtual void waits(http_session& s) = 0;
  /// It has a whole request.
  virtual void works(http_session& s) = 0;
  /// It has ended; it does nothing more.
  virtual void ended(http_session& s) = 0;

protected:
  ~session_host() = default;
};

/// One connection of a client, from its acceptance to its end.
class http_session {
public:
  virtual ~http_session() = default;

  /// Goes on by itself until it has ended.
  virtual void start() = 0;

  /// Ends it now.
  virtual void end() = 0;

  /// Ends it now unless it has a request, or a part of one. Then it ends with
  /// the answer, for its host is closing.
  virtual void end_if_idle() = 0;

  // The host's own notes about it: in which list it is, and where.
  bool is_working = false;
  session_list::iterator place;
};

/// Takes a connection over: HTTP/1.1, inside TLS when there is a context.
std::shared_ptr<http_session> make_session(session_host& host,
                                           boost::asio::ip::tcp::socket socket,
                                           SSL_CTX* context);

} // namespace locust
