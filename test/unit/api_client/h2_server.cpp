#include "h2_server.hpp"

#include "scripted_server.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace locust::test {

namespace {

constexpr size_t preface_size = 24;

enum frame_type : uint8_t {
  data = 0,
  headers = 1,
  rst_stream = 3,
  settings = 4,
  ping = 6,
  goaway = 7,
};
constexpr uint8_t end_stream = 1; // of DATA and HEADERS
constexpr uint8_t ack = 1;        // of SETTINGS and PING
constexpr uint8_t end_headers = 4;

std::string number32(uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16),
          static_cast<char>(n >> 8), static_cast<char>(n)};
}

std::string frame(uint8_t type, uint8_t flags, uint32_t stream,
                  const std::string& payload) {
  auto size = number32(static_cast<uint32_t>(payload.size()));
  return size.substr(1) + static_cast<char>(type) + static_cast<char>(flags) +
         number32(stream) + payload;
}

/// A header with a name of HPACK's static table (from 15 on), not indexed.
std::string header(uint8_t name, const std::string& value) {
  return std::string{0x0f, static_cast<char>(name - 15),
                     static_cast<char>(value.size())} +
         value;
}

struct ssl_deleter {
  void operator()(SSL* ssl) const {
    SSL_free(ssl);
  }
};

using pkey = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using certificate = std::unique_ptr<X509, void (*)(X509*)>;

/// Gives the context a key and a self-signed certificate.
void identify(SSL_CTX* context) {
  pkey key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
  certificate self{X509_new(), &X509_free};
  ASN1_INTEGER_set(X509_get_serialNumber(self.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(self.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(self.get()), 3600);
  X509_set_pubkey(self.get(), key.get());
  X509_sign(self.get(), key.get(), EVP_sha256());
  if (SSL_CTX_use_certificate(context, self.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    throw std::runtime_error("the server gets no certificate");
}

int choose_h2(SSL*, const unsigned char** out, unsigned char* size,
              const unsigned char*, unsigned int, void*) {
  static constexpr unsigned char name[] = {'h', '2'};
  *out = name;
  *size = sizeof name;
  return SSL_TLSEXT_ERR_OK;
}

/// Reads exactly this many bytes. Returns false at the end.
bool read_exactly(SSL* ssl, size_t n, std::string& into) {
  into.resize(n);
  for (size_t got = 0; got < n;) {
    auto count = SSL_read(ssl, into.data() + got, static_cast<int>(n - got));
    if (count <= 0)
      return false;
    got += static_cast<size_t>(count);
  }
  return true;
}

uint32_t number_at(const std::string& bytes, size_t from, size_t n) {
  uint32_t value = 0;
  for (size_t i = from; i < from + n; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void write_all(SSL* ssl, const std::string& bytes) {
  // OpenSSL writes all or fails unless partial writes were asked for.
  if (!bytes.empty())
    SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
}

} // namespace

std::string h2_headers(uint32_t stream, std::optional<size_t> length,
                       int status) {
  // Entry 8 of the static table has the name of the pseudo-header.
  auto block = "\x08\x03" + std::to_string(status) +
               header(31, "application/json"); // content-type
  if (length)
    block += header(28, std::to_string(*length)); // content-length
  return frame(headers, end_headers, stream, block);
}

std::string h2_data(uint32_t stream, const std::string& bytes, bool end) {
  return frame(data, end ? end_stream : 0, stream, bytes);
}

std::string h2_reset(uint32_t stream, uint32_t code) {
  return frame(rst_stream, 0, stream, number32(code));
}

std::string h2_goaway(uint32_t last_stream) {
  return frame(goaway, 0, 0, number32(last_stream) + number32(0));
}

h2_server::h2_server(handler h)
    : handler_(std::move(h)),
      context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free),
      listener_(listen_on_loopback(port_)) {
  identify(context_.get());
  SSL_CTX_set_alpn_select_cb(context_.get(), &choose_h2, nullptr);
  acceptor_ = std::thread([this] { accept_all(); });
}

h2_server::~h2_server() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    std::lock_guard guard{mutex_};
    for (auto fd : fds_)
      shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_)
    thread.join();
  for (auto fd : fds_)
    close(fd);
  close(listener_);
}

std::string h2_server::url() const {
  return "https://127.0.0.1:" + std::to_string(port_);
}

void h2_server::accept_all() {
  for (;;) {
    auto fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
      return;
    std::lock_guard guard{mutex_};
    fds_.push_back(fd);
    auto number = static_cast<int>(fds_.size());
    threads_.emplace_back([this, fd, number] { serve(fd, number); });
  }
}

void h2_server::serve(int fd, int number) {
  std::unique_ptr<SSL, ssl_deleter> ssl{SSL_new(context_.get())};
  SSL_set_fd(ssl.get(), fd);
  std::string bytes;
  if (SSL_accept(ssl.get()) != 1 ||
      !read_exactly(ssl.get(), preface_size, bytes))
    return;
  write_all(ssl.get(), frame(settings, 0, 0, ""));
  constexpr size_t frame_head = 9;
  std::string payload;
  while (read_exactly(ssl.get(), frame_head, bytes) &&
         read_exactly(ssl.get(), number_at(bytes, 0, 3), payload)) {
    auto type = static_cast<uint8_t>(bytes[3]);
    auto flags = static_cast<uint8_t>(bytes[4]);
    if ((type == settings || type == ping) && !(flags & ack))
      write_all(ssl.get(), frame(type, ack, 0, type == ping ? payload : ""));
    if ((type == headers || type == data) && (flags & end_stream)) {
      h2_reply reply;
      {
        std::lock_guard guard{mutex_};
        reply = handler_({number, number_at(bytes, 5, 4)});
      }
      write_all(ssl.get(), reply.frames);
      if (!reply.later.empty()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        write_all(ssl.get(), reply.later);
      }
      if (reply.close)
        break;
    }
  }
  shutdown(fd, SHUT_RDWR);
}

} // namespace locust::test
