#include "raw_client.hpp"

#include <openssl/x509.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace locust::test {

namespace {

constexpr timeval patience{20, 0};

[[noreturn]] void give_up(const std::string& why) {
  throw std::runtime_error("raw_client: " + why);
}

int connect_to(uint16_t port) {
  auto fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    close(fd);
    give_up("no connection");
  }
  return fd;
}

size_t length_in(const std::string& head) {
  auto at = head.find("Content-Length: ");
  if (at == std::string::npos)
    give_up("an answer without Content-Length: " + head);
  return std::stoul(head.substr(at + 16));
}

} // namespace

raw_client::raw_client(uint16_t port, over how, int newest)
    : fd_(connect_to(port)), context_(nullptr, SSL_CTX_free),
      tls_(nullptr, SSL_free) {
  if (how == over::tcp)
    return;
  context_.reset(SSL_CTX_new(TLS_client_method()));
  // OpenSSL permits old versions only at a lower security level.
  SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), newest);
  tls_.reset(SSL_new(context_.get()));
  SSL_set_fd(tls_.get(), fd_);
  if (SSL_connect(tls_.get()) != 1) {
    close(fd_);
    give_up("no TLS");
  }
}

raw_client::~raw_client() {
  close(fd_);
}

bool raw_client::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto sent = tls_ ? SSL_write(tls_.get(), bytes.data(),
                                 static_cast<int>(bytes.size()))
                     : ::send(fd_, bytes.data(), bytes.size(), 0);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void raw_client::send(std::string_view bytes) {
  if (!try_send(bytes))
    give_up("cannot send");
}

size_t raw_client::read_some(char* into, size_t size) {
  if (!tls_) {
    auto got = recv(fd_, into, size, 0);
    if (got < 0 && errno == EAGAIN)
      give_up("nothing came");
    return got > 0 ? static_cast<size_t>(got) : 0;
  }
  auto got = SSL_read(tls_.get(), into, static_cast<int>(size));
  if (got <= 0 && errno == EAGAIN &&
      SSL_get_error(tls_.get(), got) == SSL_ERROR_WANT_READ)
    give_up("nothing came");
  return got > 0 ? static_cast<size_t>(got) : 0;
}

bool raw_client::fill() {
  std::array<char, 64 * 1024> buffer;
  auto got = read_some(buffer.data(), buffer.size());
  in_.append(buffer.data(), got);
  return got > 0;
}

seen_answer raw_client::receive(bool with_body) {
  seen_answer answer;
  size_t end = 0;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos)
    if (!fill())
      give_up("the end came before an answer: '" + in_ + "'");
  answer.head = in_.substr(0, end);
  in_.erase(0, end + 4);
  answer.status = std::stoi(answer.head.substr(sizeof "HTTP/1.1"));
  auto size = with_body ? length_in(answer.head) : 0;
  while (in_.size() < size)
    if (!fill())
      give_up("the end came within an answer");
  answer.body = in_.substr(0, size);
  in_.erase(0, size);
  return answer;
}

bool raw_client::is_closed() {
  while (in_.empty())
    if (!fill())
      return true;
  return false;
}

void raw_client::end_sending() {
  shutdown(fd_, SHUT_WR);
}

std::string raw_client::server_name() const {
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(
      X509_get_subject_name(SSL_get0_peer_certificate(tls_.get())),
      NID_commonName, name.data(), static_cast<int>(name.size()));
  return name.data();
}

int raw_client::chain_length() const {
  return sk_X509_num(SSL_get_peer_cert_chain(tls_.get()));
}

std::string post(std::string_view path, std::string_view body,
                 std::string_view more_headers) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" +
         "Content-Type: application/json\r\n" + std::string(more_headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

} // namespace locust::test
