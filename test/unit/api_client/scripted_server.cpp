#include "scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace locust::test {

namespace {

const std::string end_of_head = "\r\n\r\n";

/// Reads more bytes. Returns false at the end.
bool read_some(int fd, std::string& into) {
  std::array<char, 16384> buffer;
  auto n = recv(fd, buffer.data(), buffer.size(), 0);
  if (n > 0)
    into.append(buffer.data(), static_cast<size_t>(n));
  return n > 0;
}

bool send_all(int fd, const std::string& bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    auto n = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    sent += static_cast<size_t>(n);
  }
  return true;
}

size_t body_length(const std::string& head) {
  const std::string name = "\r\nContent-Length: ";
  auto found = head.find(name);
  return found == std::string::npos
             ? 0
             : std::stoul(head.substr(found + name.size()));
}

/// Takes one request off the buffer, reading what is missing.
std::optional<seen_request> read_request(int fd, std::string& buffer) {
  while (buffer.find(end_of_head) == std::string::npos)
    if (!read_some(fd, buffer))
      return std::nullopt;
  seen_request request;
  auto end = buffer.find(end_of_head) + end_of_head.size();
  request.head = buffer.substr(0, end);
  buffer.erase(0, end);
  auto space = request.head.find(' ');
  auto second = request.head.find(' ', space + 1);
  request.method = request.head.substr(0, space);
  request.target = request.head.substr(space + 1, second - space - 1);
  auto length = body_length(request.head);
  while (buffer.size() < length)
    if (!read_some(fd, buffer))
      return std::nullopt;
  request.body = buffer.substr(0, length);
  buffer.erase(0, length);
  return request;
}

} // namespace

scripted_reply whole(int status, const std::string& body,
                     const std::string& more_headers) {
  return {.parts = {{"HTTP/1.1 " + std::to_string(status) +
                         " X\r\nContent-Type: application/json\r\n"
                         "Content-Length: " +
                         std::to_string(body.size()) + "\r\n" + more_headers +
                         "\r\n" + body,
                     {}}},
          .after = scripted_reply::then::go_on};
}

std::string chunked_head(int status) {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nContent-Type: application/json\r\n"
         "Transfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(const std::string& bytes) {
  std::array<char, 20> size;
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return size.data() + bytes + "\r\n";
}

int listen_on_loopback(uint16_t& port) {
  auto fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, generic, length) != 0 || listen(fd, 128) != 0 ||
      getsockname(fd, generic, &length) != 0)
    throw std::runtime_error("no port is to be had");
  port = ntohs(address.sin_port);
  return fd;
}

scripted_server::scripted_server(handler h)
    : handler_(std::move(h)), listener_(listen_on_loopback(port_)) {
  acceptor_ = std::thread([this] { accept_all(); });
}

scripted_server::~scripted_server() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
    for (auto fd : fds_)
      shutdown(fd, SHUT_RDWR);
  }
  changed_.notify_all();
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& thread : threads_)
    thread.join();
  for (auto fd : fds_)
    close(fd);
  close(listener_);
}

std::string scripted_server::url() const {
  return "http://" + endpoint();
}

std::string scripted_server::endpoint() const {
  return "127.0.0.1:" + std::to_string(port_);
}

std::vector<seen_request> scripted_server::requests() {
  std::lock_guard guard{mutex_};
  return requests_;
}

int scripted_server::connections() {
  std::lock_guard guard{mutex_};
  return static_cast<int>(fds_.size());
}

bool scripted_server::wait_for_closed(int n) {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, std::chrono::seconds(30),
                           [&] { return closed_ >= n; });
}

void scripted_server::accept_all() {
  for (;;) {
    auto fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
      return;
    std::lock_guard guard{mutex_};
    fds_.push_back(fd); // closed in the destructor: numbers stay unique
    auto number = static_cast<int>(fds_.size());
    threads_.emplace_back([this, fd, number] { serve(fd, number); });
  }
}

void scripted_server::serve(int fd, int number) {
  std::string buffer;
  while (auto request = read_request(fd, buffer)) {
    request->connection = number;
    scripted_reply reply;
    {
      std::lock_guard guard{mutex_};
      requests_.push_back(*request);
      reply = handler_(*request);
      changed_.notify_all();
    }
    if (!answer(fd, reply))
      break;
  }
  shutdown(fd, SHUT_RDWR);
  std::lock_guard guard{mutex_};
  ++closed_;
  changed_.notify_all();
}

bool scripted_server::answer(int fd, const scripted_reply& reply) {
  for (const auto& part : reply.parts) {
    {
      std::unique_lock guard{mutex_};
      if (changed_.wait_for(guard, part.wait, [this] { return stopping_; }))
        return false;
    }
    if (!send_all(fd, part.bytes))
      return false;
  }
  if (reply.after == scripted_reply::then::hang) {
    // Until the other side has enough.
    std::string ignored;
    while (read_some(fd, ignored)) {
      // nop
    }
    return false;
  }
  return reply.after == scripted_reply::then::go_on;
}

} // namespace locust::test
