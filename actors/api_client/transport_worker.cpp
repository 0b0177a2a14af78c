#include "actors/api_client/transport_worker.hpp"

#include "actors/api_client/boot_clock.hpp"
#include "actors/api_client/duration_text.hpp"

#include <spdlog/spdlog.h>

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace locust {

namespace {

using clock = std::chrono::steady_clock;

/// Connections per host: requests, streams, pods. Over HTTP/2 there is one;
/// more are for servers that speak HTTP/1 only, where each request under way
/// and each watch needs its own. A Locust master gets one request at a time.
constexpr std::array<long, channel_count> most_connections = {16, 32, 2};

/// Idle easy handles to keep, for reuse saves their allocation: as many as
/// transfers are under way at most.
constexpr size_t most_spare_handles = 128;

/// Events taken from epoll at once; more come in the next round.
constexpr size_t events_per_round = 64;

/// In the place of a pool's number in epoll events; pools count from one.
constexpr uint32_t wakeup_number = 0;

void block_signals() {
  // They are for the thread that waits for them.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

constexpr size_t index_of(channel via) {
  return static_cast<size_t>(via);
}

} // namespace

transport::worker::worker(transfer_settings settings, on_events callback,
                          write_fence fence)
    : settings_(std::move(settings)), callback_(std::move(callback)),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      wakeup_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), fence_(fence) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = epoll_key{wakeup_number, wakeup_fd_}.packed();
  epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wakeup_fd_, &event);
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "api-client");
    block_signals();
    run();
  });
}

transport::worker::~worker() {
  post(stop_all{});
  thread_.join();
  close(wakeup_fd_);
  close(epoll_fd_);
}

void transport::worker::post(command c) {
  auto first = false;
  {
    std::lock_guard guard{mutex_};
    first = commands_.empty();
    commands_.push_back(std::move(c));
  }
  // The thread takes all at once: it is awake already for the others.
  uint64_t one = 1;
  if (first && write(wakeup_fd_, &one, sizeof one) < 0)
    spdlog::error("the network thread cannot be woken up");
}

void transport::worker::run() {
  while (!stopping_) {
    wait();
    obey();
    collect();
    end_silent_streams();
    report();
    drop_empty_pools();
  }
  spare_handles_.clear();
  pools_.clear();
}

// -- one round ----------------------------------------------------------------

void transport::worker::wait() {
  std::array<epoll_event, events_per_round> events;
  auto n = epoll_wait(epoll_fd_, events.data(), events.size(), wait_limit_ms());
  // First: had the process been frozen, libcurl would now send what is left.
  end_late_writes();
  for (int i = 0; i < n; ++i) {
    auto key = epoll_key::unpack(events[static_cast<size_t>(i)].data.u64);
    if (key.number == wakeup_number) {
      uint64_t count = 0;
      // Fails only when another round has read it.
      [[maybe_unused]] auto bytes = read(wakeup_fd_, &count, sizeof count);
    } else if (auto pool = pools_.find(key.number); pool != pools_.end()) {
      pool->second->socket_ready(key.fd, events[static_cast<size_t>(i)].events);
    }
  }
  auto now = clock::now();
  for (auto& [number, pool] : pools_)
    pool->timer_ready(now);
}

int transport::worker::wait_limit_ms() const {
  auto soonest = monotonic_time::max();
  for (const auto& [number, pool] : pools_)
    if (auto due = pool->timer())
      soonest = std::min(soonest, *due);
  for (const auto* stream : streams_)
    soonest =
        std::min(soonest, stream->last_byte() + stream->order().silence_limit);
  if (auto left = fence_.left(boot_now()); left && !transfers_.empty())
    soonest = std::min(soonest, clock::now() + *left);
  if (soonest == monotonic_time::max())
    return -1;
  auto left =
      std::chrono::ceil<std::chrono::milliseconds>(soonest - clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

void transport::worker::obey() {
  std::vector<command> commands;
  {
    std::lock_guard guard{mutex_};
    commands.swap(commands_);
  }
  for (auto& c : commands) {
    if (auto order = std::get_if<transfer_order>(&c)) {
      start(std::move(*order));
    } else if (auto one = std::get_if<cancel_one>(&c)) {
      cancel(one->id);
    } else if (auto permit = std::get_if<permit_writes>(&c)) {
      fence_.open(permit->until);
    } else {
      stopping_ = true;
      end_all();
      return;
    }
  }
}

void transport::worker::collect() {
  for (auto& [number, pool] : pools_)
    pool->collect([this](transfer& t, CURLcode code) { done(t, code); });
}

void transport::worker::end_silent_streams() {
  auto now = clock::now();
  auto silent = [&](const transfer* t) {
    return now - t->last_byte() >= t->order().silence_limit;
  };
  for (;;) {
    auto found = std::find_if(streams_.begin(), streams_.end(), silent);
    if (found == streams_.end())
      return;
    auto& t = **found;
    flush(t);
    retire_if_dead(t);
    t.pool().remove(t);
    finish(t, t.give_up("nothing came from " + settings_.server.endpoint() +
                        " for " + duration_text(t.order().silence_limit)));
  }
}

void transport::worker::end_late_writes() {
  if (!fence_.is_shut(boot_now()))
    return;
  std::vector<transfer*> late;
  for (const auto& [id, t] : transfers_)
    if (is_write(t->order()))
      late.push_back(t.get());
  for (auto* t : late) {
    t->pool().remove(*t);
    finish(*t, refused_by_fence(t->order().id));
  }
}

void transport::worker::report() {
  for (auto* t : progressed_)
    flush(*t);
  progressed_.clear();
  if (!batch_.empty())
    callback_(std::exchange(batch_, {}));
}

// -- transfers ----------------------------------------------------------------

void transport::worker::start(transfer_order order) {
  auto id = order.id;
  if (fence_.holds_up(order, boot_now())) {
    batch_.push_back(refused_by_fence(id));
    return;
  }
  auto& pool = pool_for(order.via);
  auto made = std::make_unique<transfer>(
      std::move(order), fresh_handle(), settings_, pool,
      [this](transfer& t) { progressed_.push_back(&t); });
  auto& t = *made;
  transfers_[id] = std::move(made);
  if (t.order().via == channel::streams)
    streams_.push_back(&t);
  if (!pool.add(t))
    finish(t, t.give_up("libcurl does not take the request"));
}

void transport::worker::cancel(uint64_t id) {
  auto found = transfers_.find(id);
  if (found == transfers_.end())
    return; // it has ended meanwhile
  auto& t = *found->second;
  t.pool().remove(t);
  finish(t, t.give_up({}));
  batch_.pop_back(); // silently
}

void transport::worker::end_all() {
  while (!transfers_.empty()) {
    auto& t = *transfers_.begin()->second;
    t.pool().remove(t);
    finish(t, t.give_up("the operator is stopping"));
  }
}

void transport::worker::done(transfer& t, CURLcode code) {
  flush(t);
  if (code == CURLE_OPERATION_TIMEDOUT)
    retire_if_dead(t);
  auto event = t.end(code);
  if (event.new_connections > 0 && event.http_version > 0 &&
      t.order().via != channel::pods)
    spdlog::debug("connected to {} by HTTP/{}", settings_.server.endpoint(),
                  event.http_version);
  finish(t, std::move(event));
}

void transport::worker::flush(transfer& t) {
  transfer_event event;
  event.id = t.order().id;
  if (t.take_opening()) {
    event.what = transfer_event::kind::opened;
    batch_.push_back(event);
  }
  if (auto bytes = t.take_bytes(); !bytes.empty()) {
    event.what = transfer_event::kind::data;
    event.body = std::make_shared<const std::string>(std::move(bytes));
    batch_.push_back(std::move(event));
  }
}

void transport::worker::finish(transfer& t, transfer_event event) {
  batch_.push_back(std::move(event));
  std::erase(streams_, &t);
  std::erase(progressed_, &t);
  auto handle = t.release();
  if (spare_handles_.size() < most_spare_handles)
    spare_handles_.push_back(std::move(handle));
  transfers_.erase(t.order().id);
}

// -- pools --------------------------------------------------------------------

curl_pool& transport::worker::pool_for(channel via) {
  auto& current = current_[index_of(via)];
  if (current == nullptr) {
    auto number = ++last_pool_number_;
    auto made = std::make_unique<curl_pool>(epoll_fd_, number,
                                            most_connections[index_of(via)]);
    current = made.get();
    pools_.emplace(number, std::move(made));
  }
  return *current;
}

void transport::worker::retire_if_dead(const transfer& t) {
  // Nothing at all came over this pool's connection for a whole deadline: the
  // other side is gone or stuck. libcurl would go on using the connection, so
  // later transfers get a new pool and hence a new one. Pods have a connection
  // each, where this says nothing.
  auto& current = current_[index_of(t.order().via)];
  if (t.order().via != channel::pods && &t.pool() == current &&
      current->last_byte() < t.started()) {
    spdlog::warn("nothing came from {} for a whole deadline; the next "
                 "request gets a new connection",
                 settings_.server.endpoint());
    current = nullptr;
  }
}

void transport::worker::drop_empty_pools() {
  std::erase_if(pools_, [this](const auto& entry) {
    auto* pool = entry.second.get();
    return pool->size() == 0 &&
           std::find(current_.begin(), current_.end(), pool) == current_.end();
  });
}

easy_handle transport::worker::fresh_handle() {
  if (spare_handles_.empty())
    return easy_handle{curl_easy_init()};
  auto handle = std::move(spare_handles_.back());
  spare_handles_.pop_back();
  return handle;
}

} // namespace locust
