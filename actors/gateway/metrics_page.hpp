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

/// Answers at /metrics. Everything happens on the server's thread.
class metrics_page {
public:
  metrics_page(boost::asio::io_context& io, const metrics_server& setup);
  metrics_page(const metrics_page&) = delete;
  metrics_page& operator=(const metrics_page&) = delete;
  ~metrics_page();

  /// Whoever asks for a secure page is asked about by this. Until there is one,
  /// the answer is 503.
  void guard_by(ask_access ask);

  /// To be used while this lives.
  route make_route();

private:
  class letterbox;

  void answer(const http_request& request, const give_answer& give);
  void judge(uint64_t id, const access_verdict& verdict);
  http_answer page() const;

  std::function<std::string()> text_;
  bool secure_;
  ask_access ask_;
  uint64_t last_id_ = 0;
  /// Requests that are asked about.
  std::unordered_map<uint64_t, give_answer> waiting_;
  /// Verdicts come from other threads, maybe when this is gone.
  std::shared_ptr<letterbox> box_;
};

} // namespace locust
