#pragma once

#include "actors/api_client/connection_watch.hpp"
#include "actors/api_client/transfer_order.hpp"
#include "protocol/time.hpp"

#include <curl/curl.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

// One libcurl multi handle with its connections. Network thread only.

namespace locust {

class transfer;

/// Drives a multi handle with sockets and a timer, so that several of them can
/// share one epoll set.
class curl_pool {
public:
  /// Called with each transfer that libcurl has finished, after its removal
  /// from the pool.
  using on_done = std::function<void(transfer&, CURLcode)>;

  struct settings {
    /// Identifies the pool in the epoll set.
    uint32_t number = 0;
    channel via = channel::requests;
    /// Per host; further transfers wait for one of them.
    long most_connections = 1;
    silence_limits silence;
  };

  curl_pool(int epoll_fd, const settings& s);
  curl_pool(const curl_pool&) = delete;
  curl_pool& operator=(const curl_pool&) = delete;

  /// The pool must be empty.
  ~curl_pool();

  uint32_t number() const {
    return number_;
  }

  channel via() const {
    return via_;
  }

  /// Number of transfers in the pool.
  size_t size() const {
    return size_;
  }

  /// Starts the transfer, which must not move until it is done or removed.
  /// Returns false if libcurl rejects it.
  [[nodiscard]] bool add(transfer& t);
  void remove(transfer& t);

  /// epoll reported these events for the socket.
  void socket_ready(int fd, uint32_t events);

  /// Whether to read from its sockets; yes, at first. Otherwise its timer
  /// waits, too: libcurl goes on reading by it.
  void read(bool on);

  /// Runs libcurl's timer if it is due.
  void timer_ready(monotonic_time now);
  std::optional<monotonic_time> timer() const {
    return reads_ ? timer_ : std::nullopt;
  }

  /// Removes finished transfers and reports them.
  void collect(const on_done& done);

  /// Data has arrived from the server.
  void note_data(monotonic_time now) {
    last_byte_ = now;
  }
  monotonic_time last_byte() const {
    return last_byte_;
  }

  /// Counts every byte from the server, also those that belong to no transfer.
  connection_watch& watch() {
    return watch_;
  }
  const connection_watch& watch() const {
    return watch_;
  }

private:
  void socket_wanted(int fd, int what);
  void listen_to(int fd, int what);

  static int on_socket(CURL* handle, curl_socket_t fd, int what, void* self,
                       void* known);
  static int on_timer(CURLM* multi, long milliseconds, void* self);

  CURLM* multi_;
  int epoll_fd_;
  uint32_t number_;
  channel via_;
  connection_watch watch_;
  size_t size_ = 0;
  /// What libcurl waits for at each of its sockets (`CURL_POLL_IN`, ...).
  std::unordered_map<int, int> sockets_;
  bool reads_ = true;
  std::optional<monotonic_time> timer_;
  monotonic_time last_byte_{};
};

/// The key with which `curl_pool` registers sockets in epoll.
struct epoll_key {
  uint32_t number = 0;
  int fd = 0;

  uint64_t packed() const {
    return (uint64_t{number} << 32) | static_cast<uint32_t>(fd);
  }

  static epoll_key unpack(uint64_t bits) {
    return {static_cast<uint32_t>(bits >> 32), static_cast<int>(bits)};
  }
};

} // namespace locust
