#pragma once

#include "actors/gateway/http_server.hpp"
#include "actors/gateway/request_rules.hpp"
#include "protocol/access.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace locust {

/// Serves /metrics. All functions run on the server's thread.
class metrics_page {
public:
  metrics_page(boost::asio::io_context& io, const metrics_server& setup);
  metrics_page(const metrics_page&) = delete;
  metrics_page& operator=(const metrics_page&) = delete;
  ~metrics_page();

  /// Sets how requests for a secure page are authorized. Before that the answer
  /// is 503.
  void guard_by(ask_access ask);

  /// Returns the route; valid as long as this object.
  route make_route();

private:
  class mailbox;

  void answer(const http_request& request, const answer_callback& give);
  void judge(uint64_t id, const access_verdict& verdict);
  http_answer page() const;

  std::function<std::string()> text_;
  bool secure_;
  ask_access ask_;
  uint64_t last_id_ = 0;
  /// Requests that wait for a verdict.
  std::unordered_map<uint64_t, answer_callback> waiting_;
  /// Verdicts arrive on other threads, possibly after the end of this object.
  std::shared_ptr<mailbox> box_;
};

} // namespace locust
