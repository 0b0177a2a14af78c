#include "actors/gateway/metrics_page.hpp"

#include "actors/gateway/access_answer.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace locust {

namespace {

constexpr auto path = "/metrics";
constexpr auto text_format = "text/plain; version=0.0.4; charset=utf-8";

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ' ') : c;
  });
  return text;
}

} // namespace

/// Delivers verdicts to the server's thread while the page exists.
class metrics_page::mailbox {
public:
  mailbox(boost::asio::io_context& io, metrics_page& to) : io_(io), to_(&to) {
    // nop
  }

  void close() {
    std::lock_guard guard{mutex_};
    to_ = nullptr;
  }

  void deliver(uint64_t id, const access_verdict& verdict) {
    std::lock_guard guard{mutex_};
    if (to_ == nullptr)
      return;
    boost::asio::post(io_, [page = to_, id, verdict] {
      // Safe: only this thread destroys the page.
      page->judge(id, verdict);
    });
  }

private:
  std::mutex mutex_;
  boost::asio::io_context& io_;
  metrics_page* to_;
};

metrics_page::metrics_page(boost::asio::io_context& io,
                           const metrics_server& setup)
    : text_(setup.text), secure_(setup.secure),
      box_(std::make_shared<mailbox>(io, *this)) {
  // nop
}

metrics_page::~metrics_page() {
  box_->close();
}

void metrics_page::guard_by(ask_access ask) {
  ask_ = std::move(ask);
}

route metrics_page::make_route() {
  return {route::kind::page, path, 0,
          [this](const http_request& request, const answer_callback& give) {
            answer(request, give);
          }};
}

void metrics_page::answer(const http_request& request,
                          const answer_callback& give) {
  if (!secure_)
    return give(page());
  auto token = bearer_token(request.authorization);
  if (!token)
    return give(answer_refusal({access_verdict::kind::unknown, {}}));
  if (!ask_)
    return give(not_started().content);
  auto id = ++last_id_;
  waiting_.emplace(id, give);
  ask_({std::move(*token), request.path, in_lower_case(request.method),
        [box = box_, id](const access_verdict& verdict) {
          box->deliver(id, verdict);
        }});
}

void metrics_page::judge(uint64_t id, const access_verdict& verdict) {
  auto asked = waiting_.extract(id);
  if (asked.empty())
    return;
  if (verdict.what == access_verdict::kind::allowed)
    asked.mapped()(page());
  else
    asked.mapped()(answer_refusal(verdict));
}

http_answer metrics_page::page() const {
  return {200, text_format, text_()};
}

} // namespace locust
