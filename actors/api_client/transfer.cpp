#include "actors/api_client/transfer.hpp"

#include "actors/api_client/curl_pool.hpp"
#include "actors/api_client/duration_text.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace locust {

namespace {

using clock = std::chrono::steady_clock;

/// A healthy control plane answers a SYN at once. A pod that does not is gone,
/// and the next sample follows soon.
constexpr long api_connect_timeout_ms = 10'000;
constexpr long pod_connect_timeout_ms = 2'000;
/// A connection is dead if sent data or keep-alive probes are not acknowledged
/// for this long. As `silence_limits` allows; here it is the kernel that
/// notices, also for HTTP/1 and for pods.
constexpr unsigned unacknowledged_limit_ms = 14'000;
/// Keep-alive probes detect a peer that has vanished.
constexpr long keepalive_s = 5;
constexpr long keepalive_interval_s = 3;
/// The status of an answer that consists of an accepted connection.
constexpr long no_content = 204;
/// Upper limit of memory reserved in advance for an announced length.
constexpr curl_off_t most_reserved = 1024L * 1024;

int on_socket_made(void*, curl_socket_t fd, curlsocktype) {
  auto limit = unacknowledged_limit_ms;
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
  return CURL_SOCKOPT_OK;
}

const char* method_of(http_verb verb) {
  switch (verb) {
  case http_verb::get:
    return "GET";
  case http_verb::post:
    return "POST";
  case http_verb::put:
    return "PUT";
  case http_verb::merge_patch:
  case http_verb::json_patch:
    return "PATCH";
  case http_verb::remove:
    return "DELETE";
  }
  return "GET";
}

const char* content_type_of(http_verb verb) {
  if (verb == http_verb::merge_patch)
    return "application/merge-patch+json";
  if (verb == http_verb::json_patch)
    return "application/json-patch+json";
  return "application/json";
}

/// `pem` must outlive the transfer: libcurl does not copy it.
void set_blob(CURL* handle, CURLoption option, const std::string& pem) {
  curl_blob view{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(handle, option, &view);
}

void set_pem(CURL* handle, CURLoption file, CURLoption blob,
             const pem_source& source) {
  if (!source.pem.empty())
    set_blob(handle, blob, source.pem);
  else if (!source.path.empty())
    curl_easy_setopt(handle, file, source.path.c_str());
}

/// Returns `host:port` of a URL, for messages.
std::string endpoint_of(const std::string& url) {
  auto start = url.find("://");
  start = start == std::string::npos ? 0 : start + 3;
  return url.substr(start, url.find_first_of("/?", start) - start);
}

} // namespace

transfer::transfer(transfer_order order, easy_handle handle,
                   const transfer_settings& settings, curl_pool& pool,
                   std::function<void(transfer&)> progress)
    : order_(std::move(order)), handle_(std::move(handle)), pool_(pool),
      progress_(std::move(progress)), started_(clock::now()),
      last_byte_(started_) {
  set_common(settings);
  set_method();
  if (order_.via == channel::pods) {
    endpoint_ = endpoint_of(order_.url);
    curl_easy_setopt(handle_.get(), CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(handle_.get(), CURLOPT_PROXY, "");
    // libcurl closes the connection when the handle leaves its pool.
    if (order_.connect_only)
      curl_easy_setopt(handle_.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(handle_.get(), CURLOPT_HTTP_VERSION,
                     CURL_HTTP_VERSION_1_1);
  } else {
    endpoint_ = settings.server.endpoint();
    set_identity(settings);
  }
  curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers_);
}

transfer::~transfer() {
  curl_slist_free_all(headers_);
  curl_slist_free_all(connect_to_);
}

void transfer::set_common(const transfer_settings& settings) {
  auto* h = handle_.get();
  curl_easy_setopt(h, CURLOPT_URL, order_.url.c_str());
  curl_easy_setopt(h, CURLOPT_PRIVATE, this);
  curl_easy_setopt(h, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, &transfer::on_header);
  curl_easy_setopt(h, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, &transfer::on_body);
  curl_easy_setopt(h, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(h, CURLOPT_USERAGENT, settings.user_agent.c_str());
  curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(h, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Without this, a hanging name lookup would delay the end of a transfer.
  curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS,
                   order_.via == channel::pods ? pod_connect_timeout_ms
                                               : api_connect_timeout_ms);
  if (order_.via != channel::streams)
    curl_easy_setopt(
        h, CURLOPT_TIMEOUT_MS,
        static_cast<long>(std::max<int64_t>(order_.deadline.count(), 1)));
  curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(h, CURLOPT_TCP_KEEPIDLE, keepalive_s);
  curl_easy_setopt(h, CURLOPT_TCP_KEEPINTVL, keepalive_interval_s);
  curl_easy_setopt(h, CURLOPT_SOCKOPTFUNCTION, &on_socket_made);
}

void transfer::set_identity(const transfer_settings& settings) {
  auto* h = handle_.get();
  const auto& access = settings.access;
  if (settings.server.tls) {
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    // A burst at the start waits for one connection instead of opening many.
    curl_easy_setopt(h, CURLOPT_PIPEWAIT, 1L);
  } else {
    // Without TLS there is no negotiation of HTTP/2, and libcurl would let a
    // request wait for the end of a watch to find out.
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  }
  curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
  if (!access.proxy.empty())
    curl_easy_setopt(h, CURLOPT_PROXY, access.proxy.c_str());
  curl_easy_setopt(h, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (access.insecure) {
    curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  set_pem(h, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB, access.ca);
  // Connections are rare; a new connection must see a replaced CA file.
  curl_easy_setopt(h, CURLOPT_CA_CACHE_TIMEOUT, 0L);
  if (order_.as && !order_.as->client_key.empty()) {
    set_blob(h, CURLOPT_SSLCERT_BLOB, order_.as->client_certificate);
    set_blob(h, CURLOPT_SSLKEY_BLOB, order_.as->client_key);
  } else {
    set_pem(h, CURLOPT_SSLCERT, CURLOPT_SSLCERT_BLOB,
            access.client_certificate);
    set_pem(h, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB, access.client_key);
  }
  if (!access.tls_server_name.empty())
    set_server_name(settings);
  if (order_.as && !order_.as->token.empty())
    add_header("Authorization: Bearer " + order_.as->token);
}

void transfer::set_server_name(const transfer_settings& settings) {
  // libcurl verifies the name in the URL. So put that name into the URL and
  // connect to the real host.
  const auto& server = settings.server;
  auto named = server;
  named.host = settings.access.tls_server_name;
  auto rest = order_.url.substr(server.to_string().size());
  curl_easy_setopt(handle_.get(), CURLOPT_URL,
                   (named.to_string() + rest).c_str());
  connect_to_ = curl_slist_append(
      connect_to_, (named.endpoint() + ":" + server.endpoint()).c_str());
  curl_easy_setopt(handle_.get(), CURLOPT_CONNECT_TO, connect_to_);
  add_header("Host: " + server.endpoint());
}

void transfer::set_method() {
  auto* h = handle_.get();
  if (order_.body) {
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, order_.body->data());
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(order_.body->size()));
    add_header(std::string("Content-Type: ") + content_type_of(order_.verb));
    // Send large bodies without the round trip of 100-continue.
    add_header("Expect:");
  }
  if (order_.verb != http_verb::get)
    curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, method_of(order_.verb));
  add_header("Accept: " +
             (order_.accept.empty() ? "application/json" : order_.accept));
}

void transfer::add_header(const std::string& line) {
  headers_ = curl_slist_append(headers_, line.c_str());
}

transfer_event transfer::end(CURLcode code) {
  auto* h = handle_.get();
  long status = 0;
  long version = 0;
  curl_off_t retry_after = 0;
  transfer_event event;
  curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(h, CURLINFO_HTTP_VERSION, &version);
  curl_easy_getinfo(h, CURLINFO_RETRY_AFTER, &retry_after);
  curl_easy_getinfo(h, CURLINFO_NUM_CONNECTS, &event.new_connections);
  if (order_.connect_only && code == CURLE_OK)
    status = no_content;
  auto why = code == CURLE_OK ? missing_part() : cause(code);
  // A refusal is complete even if its body is truncated: kube-apiserver closes
  // the connection after a 401, and libcurl 7.88 may then lose the last bytes.
  if (!why.empty() && (status < 400 || too_large_)) {
    auto connections = event.new_connections;
    event = give_up(std::move(why));
    event.new_connections = connections;
    event.refused = was_refused(code);
    event.too_large = too_large_;
    return event;
  }
  event.id = order_.id;
  event.status = static_cast<int>(status);
  event.body = std::make_shared<const std::string>(std::move(received_));
  if (retry_after > 0)
    event.retry_after = std::chrono::seconds(retry_after);
  event.http_version = version == CURL_HTTP_VERSION_2_0 ? 2 : 1;
  return event;
}

transfer_event transfer::give_up(std::string why) const {
  transfer_event event;
  event.id = order_.id;
  event.status = is_open_ ? 200 : 0;
  event.body = std::make_shared<const std::string>();
  event.failure = std::move(why);
  return event;
}

easy_handle transfer::release() {
  curl_easy_reset(handle_.get());
  return std::move(handle_);
}

std::string transfer::missing_part() const {
  // libcurl 7.88 may report success for an HTTP/2 exchange that the end of its
  // connection truncated, so compare the length.
  curl_off_t announced = -1;
  curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
                    &announced);
  if (announced >= 0 && announced != received_bytes_)
    return "the answer of " + endpoint_ +
           " is truncated: " + std::to_string(received_bytes_) + " of " +
           std::to_string(announced) + " bytes";
  if (order_.via != channel::requests || announced >= 0)
    return {};
  // Without an announced length, at least check the end of a JSON object. The
  // parser checks the rest.
  const char* type = nullptr;
  curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_TYPE, &type);
  if (type == nullptr ||
      !std::string_view(type).starts_with("application/json"))
    return {};
  auto last = received_.find_last_not_of(" \r\n\t");
  if (last == std::string::npos || received_[last] != '}')
    return "the answer of " + endpoint_ + " is truncated after " +
           std::to_string(received_bytes_) + " bytes";
  return {};
}

bool transfer::was_refused(CURLcode code) const {
  long fault = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &fault);
  return code == CURLE_COULDNT_CONNECT && fault == ECONNREFUSED;
}

std::string transfer::cause(CURLcode code) const {
  if (too_large_)
    return "the answer of " + endpoint_ + " is longer than " +
           std::to_string(order_.largest_answer) + " bytes";
  if (code == CURLE_OPERATION_TIMEDOUT && order_.via != channel::streams &&
      clock::now() - started_ >= order_.deadline)
    return "no answer from " + endpoint_ + " within " +
           duration_text(order_.deadline);
  std::string detail = error_text_.data();
  return (is_open_ ? "the stream from " + endpoint_ + " broke: "
                   : "no answer from " + endpoint_ + ": ") +
         (detail.empty() ? curl_easy_strerror(code) : detail);
}

size_t transfer::on_header(char* bytes, size_t size, size_t n, void* self) {
  auto& t = *static_cast<transfer*>(self);
  auto length = size * n;
  t.last_byte_ = clock::now();
  t.pool_.note_data(t.last_byte_);
  // An empty line ends the headers; 1xx answers come before the final one.
  auto at_end = length > 0 && (bytes[0] == '\r' || bytes[0] == '\n');
  if (!at_end)
    return length;
  long status = 0;
  curl_easy_getinfo(t.handle(), CURLINFO_RESPONSE_CODE, &status);
  if (t.order_.via == channel::streams && status == 200) {
    t.is_open_ = true;
    t.progress_(t);
  }
  return length;
}

size_t transfer::on_body(char* bytes, size_t size, size_t n, void* self) {
  auto& t = *static_cast<transfer*>(self);
  auto length = size * n;
  t.last_byte_ = clock::now();
  t.pool_.note_data(t.last_byte_);
  if (!t.is_open_ && t.received_.size() + length > t.order_.largest_answer) {
    t.too_large_ = true;
    return 0;
  }
  if (t.received_bytes_ == 0 && !t.is_open_) {
    curl_off_t announced = -1;
    curl_easy_getinfo(t.handle(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
                      &announced);
    if (announced > 0)
      t.received_.reserve(
          static_cast<size_t>(std::min(announced, most_reserved)));
  }
  t.received_bytes_ += static_cast<curl_off_t>(length);
  t.received_.append(bytes, length);
  if (t.is_open_)
    t.progress_(t);
  return length;
}

} // namespace locust
