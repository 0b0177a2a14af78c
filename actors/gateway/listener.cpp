#include "actors/gateway/listener.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace locust {

namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;
using namespace std::chrono_literals;

/// Pause after accept has failed, for example for lack of file descriptors.
constexpr auto accept_pause = 100ms;

/// Limits log lines: under attack there would be one for each client.
constexpr auto complaint_pause = 10s;

/// Connections that the kernel queues before they are accepted.
constexpr int backlog = 128;

} // namespace

listener::listener(net::io_context& io, listener_setup setup)
    : io_(io), setup_(std::move(setup)), acceptor_(io), pause_(io) {
  for (const auto& one : setup_.routes)
    budgets_.emplace_back(setup_.limits.most_requests, one.body_budget);
}

// -- open ---------------------------------------------------------------------

result<void> listener::open() {
  auto to = resolve();
  if (!to)
    return tl::unexpected(to.error());
  auto bound = bind_to(*to);
  if (!bound && setup_.address.host.empty() && !acceptor_.is_open())
    // Without IPv6 in the kernel there is no dual-stack socket.
    return bind_to({tcp::v4(), setup_.address.port});
  return bound;
}

result<listener::endpoint> listener::resolve() const {
  const auto& [host, port] = setup_.address;
  if (host.empty())
    return endpoint{tcp::v6(), port};
  error_code ec;
  tcp::resolver resolver{io_};
  auto found =
      resolver.resolve(host, std::to_string(port), tcp::resolver::passive, ec);
  if (ec || found.empty())
    return fail(errc::bad_setting, setup_.flag + "=" +
                                       to_string(setup_.address) + ": host '" +
                                       host + "' has no address");
  return found.begin()->endpoint();
}

result<void> listener::bind_to(const endpoint& to) {
  error_code ec;
  acceptor_.open(to.protocol(), ec);
  if (!ec)
    acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec && to.protocol() == tcp::v6() && to.address().is_unspecified())
    acceptor_.set_option(net::ip::v6_only(false), ec);
  if (!ec)
    acceptor_.bind(to, ec);
  if (!ec)
    acceptor_.listen(backlog, ec);
  if (!ec)
    where_ = acceptor_.local_endpoint(ec);
  if (!ec)
    return {};
  return fail(errc::bad_setting, setup_.flag + "=" + to_string(setup_.address) +
                                     ": cannot listen: " + ec.message());
}

std::string listener::where_text() const {
  return (setup_.tls ? "https://" : "http://") +
         to_string(bind_address{where_.address().to_string(), where_.port()});
}

// -- accept -------------------------------------------------------------------

void listener::start() {
  accept();
}

void listener::accept() {
  acceptor_.async_accept(io_, [this](error_code ec, tcp::socket socket) {
    if (closing_)
      return;
    if (ec && ec != net::error::connection_aborted)
      return accept_later(ec.message());
    if (!ec)
      take(std::move(socket));
    accept();
  });
}

void listener::accept_later(const std::string& why) {
  complain("cannot accept connections: " + why);
  pause_.expires_after(accept_pause);
  pause_.async_wait([this](error_code ec) {
    if (!ec && !closing_)
      accept();
  });
}

void listener::take(tcp::socket socket) {
  if ((setup_.tls && !context_) || !make_room())
    return; // closes the socket
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  auto made = make_session(*this, std::move(socket),
                           setup_.tls ? context_.get() : nullptr);
  made->place = waiting_.insert(waiting_.end(), made);
  made->start();
}

bool listener::make_room() {
  if (waiting_.size() + working_.size() < setup_.limits.most_connections)
    return true;
  complain("limit of " + std::to_string(setup_.limits.most_connections) +
           " connections reached; each new one replaces the one that has been "
           "idle for longest");
  if (waiting_.empty())
    return false;
  waiting_.front()->end();
  return true;
}

void listener::complain(const std::string& sentence) {
  auto now = std::chrono::steady_clock::now();
  if (complained_ && now - *complained_ < complaint_pause)
    return;
  complained_ = now;
  spdlog::warn("{}: {}", setup_.name, sentence);
}

void listener::show(std::shared_ptr<SSL_CTX> context) {
  context_ = std::move(context);
}

// -- close --------------------------------------------------------------------

void listener::close(std::function<void()> closed) {
  closing_ = true;
  closed_ = std::move(closed);
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (auto next = waiting_.begin(); next != waiting_.end();)
    (*next++)->end_if_idle();
  report_closed();
}

void listener::end_all() {
  while (!waiting_.empty())
    waiting_.front()->end();
  while (!working_.empty())
    working_.front()->end();
}

void listener::report_closed() {
  if (closed_ && waiting_.empty() && working_.empty())
    std::exchange(closed_, nullptr)();
}

// -- session_host -------------------------------------------------------------

const std::vector<route>& listener::routes() const {
  return setup_.routes;
}

const server_limits& listener::limits() const {
  return setup_.limits;
}

work_budget& listener::budget(const route& of) {
  return budgets_[static_cast<size_t>(&of - setup_.routes.data())];
}

const std::string& listener::name() const {
  return setup_.name;
}

bool listener::closing() const {
  return closing_;
}

void listener::waits(http_session& s) {
  auto& from = s.is_working ? working_ : waiting_;
  waiting_.splice(waiting_.end(), from, s.place);
  s.is_working = false;
}

void listener::works(http_session& s) {
  working_.splice(working_.end(), waiting_, s.place);
  s.is_working = true;
}

bool listener::make_room_for(http_session& s, const route& on) {
  auto slowest =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& one) {
        return one.get() == &s || one->uses(on);
      });
  if (slowest == waiting_.end() || slowest->get() == &s)
    return false;
  complain("limit of " + std::to_string(on.body_budget) +
           " bytes of request bodies for " + on.path +
           " reached; the request that has been incomplete for longest goes");
  // The list drops it.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  auto ends = *slowest;
  ends->end();
  return true;
}

void listener::ended(http_session& s) {
  (s.is_working ? working_ : waiting_).erase(s.place);
  report_closed();
}

} // namespace locust
