#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace locust::test {

/// A request that the server received.
struct seen_request {
  std::string method;
  std::string target;
  /// Header lines as they came.
  std::string head;
  std::string body;
  /// Counts from one.
  int connection = 0;

  bool has(const std::string& line) const {
    return head.find("\r\n" + line + "\r\n") != std::string::npos;
  }
};

/// What it does then: each part after its wait.
struct scripted_reply {
  struct part {
    std::string bytes;
    std::chrono::milliseconds wait{0};
  };
  std::vector<part> parts;
  /// What follows: the next request, the end of the connection, or nothing.
  enum class then : uint8_t { go_on, close, hang };
  then after = then::go_on;
};

/// Returns a whole answer with its length.
scripted_reply whole(int status, const std::string& body,
                     const std::string& more_headers = "");

/// Returns the beginning of an answer in chunks, to be followed by `chunk`s.
std::string chunked_head(int status = 200);
std::string chunk(const std::string& bytes);

/// An HTTP/1.1 server on loopback that behaves as a test defines, mostly unlike
/// a correct server.
class scripted_server {
public:
  using handler = std::function<scripted_reply(const seen_request&)>;

  /// Calls the handler for each request, one at a time.
  explicit scripted_server(handler h);
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;
  ~scripted_server();

  std::string url() const;
  std::string endpoint() const;

  std::vector<seen_request> requests();
  int connections();

  /// Waits until the client has closed this many connections.
  bool wait_for_closed(int n);

private:
  void accept_all();
  void serve(int fd, int number);
  bool answer(int fd, const scripted_reply& reply);

  handler handler_;
  uint16_t port_ = 0; // before listener_, which sets it
  int listener_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  int closed_ = 0;
  std::vector<seen_request> requests_;
  std::vector<int> fds_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// Opens a listening socket on a free port of 127.0.0.1.
int listen_on_loopback(uint16_t& port);

} // namespace locust::test
