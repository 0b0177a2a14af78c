#include "actors/gateway/http_session.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <spdlog/spdlog.h>

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace locust {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using tcp = net::ip::tcp;
using beast::error_code;
using std::chrono::steady_clock;

using plain_stream = beast::tcp_stream;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

/// Bytes per read: one TLS record.
constexpr size_t read_size = 16 * 1024;

/// Bodies of at least this size leave so much free memory in the allocator that
/// it is returned to the system.
constexpr uint64_t big_body = uint64_t{1} << 20;

/// Beast needs a limit before the route, and thus the actual limit, is known.
constexpr uint64_t any_size = std::numeric_limits<uint64_t>::max();

bool is_http_error(error_code ec) {
  return ec.category() == error_code(http::error::bad_method).category();
}

/// Whether the client has closed or aborted the connection.
bool is_end(error_code ec) {
  return ec == http::error::end_of_stream || ec == http::error::partial_message;
}

std::string text_of(beast::string_view s) {
  return {s.data(), s.size()};
}

template <class Stream>
class session final : public http_session,
                      public std::enable_shared_from_this<session<Stream>> {
public:
  static constexpr bool has_tls = !std::is_same_v<Stream, plain_stream>;

  template <class... Arguments>
  explicit session(session_host& host, Arguments&&... arguments)
      : host_(host), stream_(std::forward<Arguments>(arguments)...),
        in_(host.limits().header_bytes + read_size) {
    // nop
  }

  void start() override {
    if constexpr (has_tls) {
      socket().expires_after(host_.limits().handshake);
      stream_.async_handshake(net::ssl::stream_base::server,
                              then(&session::on_handshake));
    } else {
      await_request(host_.limits().header);
    }
  }

  void end() override {
    if (std::exchange(has_ended_, true))
      return;
    socket().close();
    give_back_share();
    host_.ended(*this);
  }

  bool uses(const route& one) const override {
    return route_ == &one && share_.bytes > 0;
  }

  void end_if_idle() override {
    if (!parser_)
      end();
  }

private:
  using parser = http::request_parser<http::string_body>;

  beast::tcp_stream& socket() {
    return beast::get_lowest_layer(stream_);
  }

  /// Returns a completion handler that keeps the session alive.
  template <class... Arguments>
  auto then(void (session::*step)(Arguments...)) {
    return beast::bind_front_handler(step, this->shared_from_this());
  }

  void expire(std::chrono::milliseconds limit) {
    socket().expires_at(std::min(steady_clock::now() + limit, deadline_));
  }

  void give_back_share() {
    if (route_ != nullptr)
      host_.budget(*route_).give_back(share_);
  }

  void on_handshake(error_code ec) {
    if (!ec)
      return await_request(host_.limits().header);
    spdlog::debug("{}: TLS handshake with {} failed: {}", host_.name(),
                  client(), ec.message());
    end();
  }

  // -- reading a request ------------------------------------------------------

  void await_request(std::chrono::milliseconds limit) {
    if (in_.size() > 0) // pipelined with the previous request
      return read_header();
    socket().expires_after(limit);
    stream_.async_read_some(in_.prepare(read_size),
                            then(&session::on_first_bytes));
  }

  void on_first_bytes(error_code ec, size_t count) {
    if (ec)
      return end();
    in_.commit(count);
    read_header();
  }

  void read_header() {
    host_.waits(*this);
    deadline_ = steady_clock::now() + host_.limits().request;
    parser_.emplace();
    parser_->header_limit(host_.limits().header_bytes);
    parser_->body_limit(any_size);
    expire(host_.limits().header);
    http::async_read_header(stream_, in_, *parser_, then(&session::on_header));
  }

  void on_header(error_code ec, size_t) {
    if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
      return refuse(header_too_large(host_.limits().header_bytes));
    if (is_http_error(ec) && !is_end(ec))
      return refuse(malformed_request(ec.message()));
    if (ec || has_ended_)
      return end();
    auto head = head_of(*parser_);
    auto found = judge(head, host_.routes());
    if (found.to == nullptr)
      return refuse(std::move(found.refusal));
    route_ = found.to;
    parser_->body_limit(route_->body_limit);
    parser_->eager(true);
    if (head.expect.empty() || parser_->is_done())
      read_body();
    else
      send_continue();
  }

  static request_head head_of(parser& p) {
    const auto& message = p.get();
    auto target = split(text_of(message.target()));
    request_head head;
    head.method = text_of(message.method_string());
    head.path = std::move(target.path);
    head.query = std::move(target.query);
    head.content_type = text_of(message[http::field::content_type]);
    head.expect = text_of(message[http::field::expect]);
    if (auto length = p.content_length())
      head.content_length = *length;
    return head;
  }

  void send_continue() {
    auto interim = std::make_shared<http::response<http::empty_body>>(
        http::status::continue_, 11);
    expire(host_.limits().request);
    http::async_write(
        stream_, *interim,
        [self = this->shared_from_this(), interim](error_code ec, size_t) {
          if (ec)
            self->end();
          else
            self->read_body();
        });
  }

  void read_body() {
    if (parser_->is_done())
      return work();
    in_.reserve(read_size);
    expire(host_.limits().request);
    http::async_read_some(stream_, in_, *parser_, then(&session::on_body));
  }

  void on_body(error_code ec, size_t) {
    if (ec == http::error::body_limit)
      return refuse(body_too_large(route_->body_limit));
    if (is_http_error(ec) && !is_end(ec))
      return refuse(malformed_request(ec.message()));
    if (ec || has_ended_)
      return end();
    auto& budget = host_.budget(*route_);
    while (!budget.take_bytes(share_, parser_->get().body().size()))
      if (!host_.make_room_for(*this, *route_))
        return refuse(too_busy());
    read_body();
  }

  // -- answering --------------------------------------------------------------

  void work() {
    if (!host_.budget(*route_).take_request(share_))
      return refuse(too_busy());
    host_.works(*this);
    auto head = head_of(*parser_);
    auto& message = parser_->get();
    keep_alive_ = message.keep_alive();
    http_request request{std::move(head.method),
                         std::move(head.path),
                         std::move(head.query),
                         std::move(head.content_type),
                         std::move(message.body()),
                         text_of(message[http::field::authorization])};
    route_->answer(std::move(request),
                   [self = this->shared_from_this()](http_answer answer) {
                     self->give({std::move(answer), {}, false});
                   });
  }

  /// Answers without reading the rest of the request.
  void refuse(server_reply reply) {
    std::string_view reason = reply.content.body;
    spdlog::debug("{}: {} for {}: {}", host_.name(), reply.content.status,
                  client(), reason.substr(0, reason.find('\n')));
    keep_alive_ = false;
    give(std::move(reply));
  }

  void give(server_reply reply) {
    if (has_ended_)
      return;
    const auto& message = parser_->get();
    keep_alive_ = keep_alive_ && !host_.closing();
    out_.emplace(static_cast<http::status>(reply.content.status),
                 message.version() == 10 ? 10 : 11);
    out_->set(http::field::content_type, reply.content.content_type);
    if (!reply.allow.empty())
      out_->set(http::field::allow, reply.allow);
    if (reply.content.status == 401)
      out_->set(http::field::www_authenticate, "Bearer");
    if (reply.retry)
      out_->set(http::field::retry_after, "1");
    out_->keep_alive(keep_alive_);
    out_->content_length(reply.content.body.size());
    if (message.method() != http::verb::head)
      out_->body() = std::move(reply.content.body);
    expire(host_.limits().request);
    http::async_write(stream_, *out_, then(&session::on_given));
  }

  void on_given(error_code ec, size_t) {
    out_.reset();
    parser_.reset();
    if (share_.bytes >= big_body)
      malloc_trim(0);
    give_back_share();
    if (ec || has_ended_)
      return end();
    host_.waits(*this);
    if (keep_alive_)
      await_request(host_.limits().idle);
    else
      finish();
  }

  // -- closing ----------------------------------------------------------------

  /// Closes the connection so that the client gets the whole answer: with
  /// unread input, the kernel would reset the connection.
  void finish() {
    socket().expires_after(host_.limits().linger);
    if constexpr (has_tls)
      stream_.async_shutdown(then(&session::on_shutdown));
    else
      on_shutdown({});
  }

  void on_shutdown(error_code) {
    error_code ec;
    if (!has_ended_)
      socket().socket().shutdown(tcp::socket::shutdown_send, ec);
    discard(ec, 0);
  }

  void discard(error_code ec, size_t) {
    if (ec || has_ended_)
      return end();
    in_.clear();
    socket().async_read_some(in_.prepare(read_size), then(&session::discard));
  }

  std::string client() {
    error_code ec;
    auto end = socket().socket().remote_endpoint(ec);
    return ec ? "a client" : end.address().to_string();
  }

  session_host& host_;
  Stream stream_;
  beast::flat_buffer in_;
  std::optional<parser> parser_;
  std::optional<http::response<http::string_body>> out_;
  const route* route_ = nullptr;
  work_budget::share share_;
  steady_clock::time_point deadline_;
  bool keep_alive_ = false;
  bool has_ended_ = false;
};

} // namespace

std::shared_ptr<http_session>
make_session(session_host& host, tcp::socket socket, SSL_CTX* context) {
  if (context == nullptr)
    return std::make_shared<session<plain_stream>>(host, std::move(socket));
  SSL_CTX_up_ref(context);
  net::ssl::context borrowed{context};
  return std::make_shared<session<tls_stream>>(host, std::move(socket),
                                               borrowed);
}

} // namespace locust
