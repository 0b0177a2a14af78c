#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace locust {

/// Connects to a port of this process to see whether it really serves TLS
/// there. Everything happens on the server's thread.
class self_check {
public:
  using endpoint = boost::asio::ip::tcp::endpoint;

  /// Gets what is the matter; empty when it is well.
  using give_trouble = std::function<void(std::string)>;

  /// `where` is what the listener is bound to. An attempt ends after `limit`;
  /// when it succeeds that counts for the time `valid`.
  self_check(boost::asio::io_context& io, const endpoint& where,
             std::chrono::milliseconds limit, std::chrono::milliseconds valid);

  /// Calls back, at once or later. There is one attempt at a time.
  void run(give_trouble give);

private:
  void finish(const std::string& trouble);

  boost::asio::io_context& io_;
  endpoint where_;
  std::chrono::milliseconds limit_;
  std::chrono::milliseconds valid_;
  std::chrono::steady_clock::time_point well_until_{};
  std::vector<give_trouble> waiting_;
};

} // namespace locust
