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

/// Connections per host: requests, streams, pods, proxied. HTTP/2 needs one.
/// HTTP/1 servers need one for each request in flight and each watch. A Locust
/// master gets one request at a time.
constexpr std::array<long, channel_count> most_connections = {16, 32, 2, 32};

/// Transfers that begin on one HTTP/2 connection, below the 100 streams that
/// kube-apiserver allows. So each pool has one connection, and the answer to a
/// question proves that the connection of all its transfers lives.
constexpr size_t most_streams = 90;

/// Idle easy handles to keep for reuse: the maximum number of transfers in
/// flight.
constexpr size_t most_spare_handles = 128;

/// More than `busy_rounds` rounds that each begin within `busy_period` of the
/// one before are a burst. A single test causes fewer.
constexpr std::chrono::microseconds busy_period{2000};
constexpr unsigned busy_rounds = 64;
/// Small compared with what a write takes on an API server that is busy.
constexpr std::chrono::microseconds gathering_time{1000};

/// Events read from epoll per round.
constexpr size_t events_per_round = 64;

/// Used instead of a pool number for the wake-up descriptor; pools start at 1.
constexpr uint32_t wakeup_number = 0;

void block_signals() {
  // The main thread waits for signals.
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
  // The thread takes all commands at once, so wake it only for the first.
  uint64_t one = 1;
  if (first && write(wakeup_fd_, &one, sizeof one) < 0)
    spdlog::error("cannot wake up the network thread");
}

void transport::worker::run() {
  while (!stopping_) {
    wait();
    run_commands();
    collect();
    end_largest_answers();
    end_silent_streams();
    check_connections();
    report();
    regulate_streams();
    drop_empty_pools();
  }
  spare_handles_.clear();
  pools_.clear();
}

// -- one round ----------------------------------------------------------------

void transport::worker::wait() {
  gather();
  std::array<epoll_event, events_per_round> events;
  auto n = epoll_wait(epoll_fd_, events.data(), events.size(), wait_limit_ms());
  // Before libcurl runs: after a freeze of the process it would send pending
  // writes.
  end_late_writes();
  for (int i = 0; i < n; ++i) {
    auto key = epoll_key::unpack(events[static_cast<size_t>(i)].data.u64);
    if (key.number == wakeup_number) {
      uint64_t count = 0;
      // Fails only if an earlier round has already read it.
      [[maybe_unused]] auto bytes = read(wakeup_fd_, &count, sizeof count);
    } else if (auto pool = pools_.find(key.number); pool != pools_.end()) {
      pool->second->socket_ready(key.fd, events[static_cast<size_t>(i)].events);
    }
  }
  auto now = clock::now();
  for (auto& [number, pool] : pools_)
    pool->timer_ready(now);
}

/// While rounds follow each other at once, waits for more to do in one round:
/// each costs wake-ups of two threads, and actors answer a batch with a batch.
void transport::worker::gather() {
  auto now = clock::now();
  rounds_ = now - last_round_ < busy_period ? rounds_ + 1 : 0;
  if (rounds_ > busy_rounds) {
    std::this_thread::sleep_for(gathering_time);
    now = clock::now();
  }
  last_round_ = now;
}

int transport::worker::wait_limit_ms() const {
  auto soonest = monotonic_time::max();
  for (const auto& [number, pool] : pools_) {
    if (auto due = pool->timer())
      soonest = std::min(soonest, *due);
    if (is_watched(*pool))
      soonest = std::min(soonest, pool->watch().due());
  }
  for (const auto* stream : streams_)
    soonest =
        std::min(soonest, stream->last_byte() + stream->order().silence_limit);
  if (auto left = fence_.left(boot_now()); left && !transfers_.empty())
    soonest = std::min(soonest, clock::now() + *left);
  if (!reads_streams_)
    soonest = std::min(soonest, clock::now() + regulation_period);
  if (soonest == monotonic_time::max())
    return -1;
  auto left =
      std::chrono::ceil<std::chrono::milliseconds>(soonest - clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

void transport::worker::run_commands() {
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
  if (fence_.rejects(order, boot_now())) {
    batch_.push_back(refused_by_fence(order.id));
    return;
  }
  if (order.as)
    credential_ = order.as;
  auto& pool = pool_for(order.via);
  start_on(pool, std::move(order));
}

void transport::worker::start_on(curl_pool& pool, transfer_order order) {
  auto id = order.id;
  auto made = std::make_unique<transfer>(
      std::move(order), fresh_handle(), settings_, pool,
      [this](transfer& t) { progressed_.push_back(&t); });
  auto& t = *made;
  transfers_[id] = std::move(made);
  if (t.order().via == channel::streams)
    streams_.push_back(&t);
  if (!pool.add(t))
    finish(t, t.give_up("libcurl rejected the request"));
}

void transport::worker::cancel(uint64_t id) {
  auto found = transfers_.find(id);
  if (found == transfers_.end())
    return; // already ended
  auto& t = *found->second;
  t.pool().remove(t);
  finish(t, t.give_up({}));
  batch_.pop_back(); // cancelled: no event
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
  if (is_of_master(t.order().via))
    event.body = held_.hold(std::move(event.body));
  if (event.http_version == 1 && t.order().via != channel::pods)
    is_http1_ = true;
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
    event.body =
        streamed_.hold(std::make_shared<const std::string>(std::move(bytes)));
    batch_.push_back(std::move(event));
  }
}

void transport::worker::finish(transfer& t, transfer_event event) {
  if (is_question(t.order()))
    t.pool().watch().answered();
  else
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
  auto is_full = current != nullptr && speaks_http2(via) &&
                 current->size() >= most_streams;
  if (current == nullptr || is_full) {
    auto number = ++last_pool_number_;
    auto made = std::make_unique<curl_pool>(
        epoll_fd_,
        curl_pool::settings{number, via, most_connections[index_of(via)],
                            settings_.silence});
    if (via == channel::streams)
      made->read(reads_streams_);
    current = made.get();
    pools_.emplace(number, std::move(made));
  }
  return *current;
}

void transport::worker::retire(const curl_pool& pool) {
  auto& current = current_[index_of(pool.via())];
  if (current == &pool)
    current = nullptr;
}

void transport::worker::retire_if_dead(const transfer& t) {
  // This pool's connection received nothing for a whole deadline: the peer is
  // gone or stuck. libcurl would keep using the connection, so later transfers
  // get a new pool. This does not apply to masters: each pod has its own
  // connection, and behind the API server one of them may hang.
  const auto& pool = t.pool();
  if (!is_of_master(pool.via()) && &pool == current_[index_of(pool.via())] &&
      pool.last_byte() < t.started()) {
    spdlog::warn("no data from {} within the deadline of a request; opening a "
                 "new connection",
                 settings_.server.endpoint());
    retire(pool);
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
