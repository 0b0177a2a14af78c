#include "actors/api_client/curl_pool.hpp"

#include "actors/api_client/transfer.hpp"

#include <sys/epoll.h>

namespace locust {

namespace {

/// Idle connections to keep. Only lane `load` has so many hosts; beyond this
/// limit each sample of a Locust master opens a new connection.
constexpr long most_idle_connections = 64;

} // namespace

curl_pool::curl_pool(int epoll_fd, const settings& s)
    : multi_(curl_multi_init()), epoll_fd_(epoll_fd), number_(s.number),
      via_(s.via), watch_(s.silence) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &curl_pool::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &curl_pool::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, s.most_connections);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, most_idle_connections);
}

curl_pool::~curl_pool() {
  curl_multi_cleanup(multi_);
}

bool curl_pool::add(transfer& t) {
  if (curl_multi_add_handle(multi_, t.handle()) != CURLM_OK)
    return false;
  if (size_++ == 0)
    watch_.heard(t.started());
  return true;
}

void curl_pool::remove(transfer& t) {
  curl_multi_remove_handle(multi_, t.handle());
  --size_;
}

void curl_pool::socket_ready(int fd, uint32_t events) {
  int mask = 0;
  if (events & EPOLLIN)
    watch_.heard(std::chrono::steady_clock::now());
  if (events & (EPOLLIN | EPOLLHUP))
    mask |= CURL_CSELECT_IN;
  if (events & EPOLLOUT)
    mask |= CURL_CSELECT_OUT;
  if (events & EPOLLERR)
    mask |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_, fd, mask, &running);
}

void curl_pool::timer_ready(monotonic_time now) {
  if (!reads_ || !timer_ || now < *timer_)
    return;
  timer_.reset();
  int running = 0;
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
}

void curl_pool::collect(const on_done& done) {
  int left = 0;
  while (auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE)
      continue;
    // `message` becomes invalid when the handle is removed.
    auto code = message->data.result;
    void* owner = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    auto& t = *static_cast<transfer*>(owner);
    remove(t);
    done(t, code);
  }
}

void curl_pool::socket_wanted(int fd, int what) {
  if (what == CURL_POLL_REMOVE) {
    sockets_.erase(fd);
    epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
    return;
  }
  sockets_[fd] = what;
  listen_to(fd, what);
}

void curl_pool::read(bool on) {
  reads_ = on;
  for (auto [fd, what] : sockets_)
    listen_to(fd, what);
}

void curl_pool::listen_to(int fd, int what) {
  epoll_event event{};
  event.data.u64 = epoll_key{number_, fd}.packed();
  if ((what & CURL_POLL_IN) && reads_)
    event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT)
    event.events |= EPOLLOUT;
  // A closed socket leaves the epoll set by itself. So libcurl may know a
  // socket whose number is new to epoll, and the other way round.
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) != 0)
    epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event);
}

int curl_pool::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  static_cast<curl_pool*>(self)->socket_wanted(fd, what);
  return 0;
}

int curl_pool::on_timer(CURLM*, long milliseconds, void* self) {
  auto& pool = *static_cast<curl_pool*>(self);
  if (milliseconds < 0)
    pool.timer_.reset();
  else
    pool.timer_ = std::chrono::steady_clock::now() +
                  std::chrono::milliseconds(milliseconds);
  return 0;
}

} // namespace locust
