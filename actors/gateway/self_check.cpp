#include "actors/gateway/self_check.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <memory>
#include <utility>

namespace locust {

namespace {

namespace beast = boost::beast;
namespace net = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

/// One TLS handshake with this process. Does not verify the certificate: the
/// API server must trust it, not this client.
class attempt : public std::enable_shared_from_this<attempt> {
public:
  using give_result = std::function<void(error_code)>;

  attempt(net::io_context& io, give_result give)
      : context_(net::ssl::context::tls_client), stream_(io, context_),
        give_(std::move(give)) {
    stream_.set_verify_mode(net::ssl::verify_none);
  }

  void start(const self_check::endpoint& where,
             std::chrono::milliseconds limit) {
    auto& socket = beast::get_lowest_layer(stream_);
    socket.expires_after(limit);
    socket.async_connect(where, [self = shared_from_this()](error_code ec) {
      if (ec)
        self->give_(ec);
      else
        self->handshake();
    });
  }

private:
  void handshake() {
    stream_.async_handshake(
        net::ssl::stream_base::client,
        [self = shared_from_this()](error_code ec) { self->give_(ec); });
  }

  net::ssl::context context_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  give_result give_;
};

/// Maps the unspecified address to IPv4 loopback, which works on a dual-stack
/// socket, too, and without IPv6 addresses.
self_check::endpoint reachable(const self_check::endpoint& where) {
  if (where.address().is_unspecified())
    return {net::ip::address_v4::loopback(), where.port()};
  return where;
}

} // namespace

self_check::self_check(net::io_context& io, const endpoint& where,
                       std::chrono::milliseconds limit,
                       std::chrono::milliseconds valid)
    : io_(io), where_(reachable(where)), limit_(limit), valid_(valid) {
  // nop
}

void self_check::run(trouble_callback give) {
  if (steady_clock::now() < well_until_)
    return give({});
  waiting_.push_back(std::move(give));
  if (waiting_.size() > 1)
    return;
  std::make_shared<attempt>(io_, [this](error_code ec) {
    finish(ec ? "cannot connect to the webhook port with TLS: " + ec.message()
              : std::string{});
  })->start(where_, limit_);
}

void self_check::finish(const std::string& trouble) {
  if (trouble.empty())
    well_until_ = steady_clock::now() + valid_;
  for (auto& give : std::exchange(waiting_, {}))
    give(trouble);
}

} // namespace locust
