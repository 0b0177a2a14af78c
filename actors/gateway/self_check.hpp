#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace locust {

/// Connects to a port of this process to check that it serves TLS. All
/// functions run on the server's thread.
class self_check {
public:
  using endpoint = boost::asio::ip::tcp::endpoint;

  /// Takes what is wrong; empty if the check passed.
  using trouble_callback = std::function<void(std::string)>;

  /// `where` is what the listener is bound to. An attempt ends after `limit`; a
  /// success is cached for `valid`.
  self_check(boost::asio::io_context& io, const endpoint& where,
             std::chrono::milliseconds limit, std::chrono::milliseconds valid);

  /// Calls back, immediately or later. Makes one attempt at a time.
  void run(trouble_callback give);

private:
  void finish(const std::string& trouble);

  boost::asio::io_context& io_;
  endpoint where_;
  std::chrono::milliseconds limit_;
  std::chrono::milliseconds valid_;
  std::chrono::steady_clock::time_point well_until_{};
  std::vector<trouble_callback> waiting_;
};

} // namespace locust
