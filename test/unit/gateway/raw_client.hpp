#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace locust::test {

/// The answer to a request.
struct seen_answer {
  int status = 0;
  /// The head as it came, without the empty line.
  std::string head;
  std::string body;

  bool has(std::string_view line) const {
    return head.find(line) != std::string::npos;
  }
};

/// A client that sends any bytes, well-formed or not. Blocks up to a timeout;
/// throws on any failure.
class raw_client {
public:
  enum class over : uint8_t { tcp, tls };

  /// Connects to the port on 127.0.0.1, by TLS at most of version `newest`.
  explicit raw_client(uint16_t port, over how = over::tcp,
                      int newest = TLS1_3_VERSION);
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  ~raw_client();

  void send(std::string_view bytes);

  /// Same, but returns false when the server accepts no more.
  bool try_send(std::string_view bytes);

  /// Reads one answer. `with_body` is false for the answer to a HEAD and for an
  /// interim one.
  seen_answer receive(bool with_body = true);

  seen_answer ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }

  /// Waits for the server to close the connection; true when it sent nothing
  /// more before that.
  bool is_closed();

  /// Closes the sending direction.
  void end_sending();

  /// The CN of the server's certificate, and how many it sent.
  std::string server_name() const;
  int chain_length() const;

private:
  /// Reads at most `size` bytes; 0 at the end.
  size_t read_some(char* into, size_t size);
  bool fill();

  int fd_ = -1;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_;
  /// Read and not used yet.
  std::string in_;
};

/// `POST path` of JSON, with its length.
std::string post(std::string_view path, std::string_view body,
                 std::string_view more_headers = {});

} // namespace locust::test
