#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace locust::test {

/// A complete request; the server does not parse it.
struct h2_request {
  /// Counts from one.
  int connection = 0;
  uint32_t stream = 0;
};

/// Frames to send, and whether the connection ends then.
struct h2_reply {
  std::string frames;
  bool close = false;
  /// Frames that are sent so much later that they are read separately.
  std::string later = {};
};

/// Returns a HEADERS frame: status, JSON, optionally a length.
std::string h2_headers(uint32_t stream, std::optional<size_t> length = {},
                       int status = 200);
std::string h2_data(uint32_t stream, const std::string& bytes, bool end);
/// `code`: 2 is INTERNAL_ERROR, 7 is REFUSED_STREAM.
std::string h2_reset(uint32_t stream, uint32_t code);
std::string h2_goaway(uint32_t last_stream);

/// An HTTP/2 server on loopback with TLS and an unknown certificate. It answers
/// with the frames that a test defines.
class h2_server {
public:
  /// Called for each request, one at a time.
  using handler = std::function<h2_reply(const h2_request&)>;

  explicit h2_server(handler h);
  h2_server(const h2_server&) = delete;
  h2_server& operator=(const h2_server&) = delete;
  ~h2_server();

  std::string url() const;

private:
  void accept_all();
  void serve(int fd, int number);

  handler handler_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  uint16_t port_ = 0; // before listener_, which sets it
  int listener_ = -1;
  std::mutex mutex_;
  std::vector<int> fds_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

} // namespace locust::test
