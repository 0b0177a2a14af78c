#pragma once

#include "actors/api_client/curl_pool.hpp"
#include "actors/api_client/held_answers.hpp"
#include "actors/api_client/transfer.hpp"
#include "actors/api_client/transport.hpp"
#include "actors/api_client/write_fence.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

namespace locust {

/// Set in the ids of questions; the other bits are the number of the pool.
inline constexpr uint64_t question_bit = uint64_t{1} << 63;

/// Whether the transfer only finds out whether its connection lives. Its end is
/// not reported.
constexpr bool is_question(const transfer_order& order) {
  return (order.id & question_bit) != 0;
}

/// The code of the network thread: several curl pools in one epoll set.
class transport::worker {
public:
  struct cancel_one {
    uint64_t id = 0;
  };
  struct permit_writes {
    boot_time until{};
  };
  struct stop_all {};
  using command =
      std::variant<transfer_order, cancel_one, permit_writes, stop_all>;

  /// Starts the thread.
  worker(transfer_settings settings, on_events callback, write_fence fence);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Stops and joins it.
  ~worker();

  /// Any thread.
  void post(command c);

private:
  /// How often to look whether actors have caught up, while streams are not
  /// read.
  static constexpr std::chrono::milliseconds regulation_period{10};

  void run();
  void wait();
  void gather();
  int wait_limit_ms() const;
  void run_commands();
  void start(transfer_order order);
  void start_on(curl_pool& pool, transfer_order order);
  void cancel(uint64_t id);
  void end_all();
  void report();

  void done(transfer& t, CURLcode code);
  void flush(transfer& t);
  void finish(transfer& t, transfer_event event);
  void collect();
  void end_silent_streams();
  void end_late_writes();
  void end_largest_answers();
  void regulate_streams();

  bool speaks_http2(channel via) const;
  bool is_watched(const curl_pool& pool) const;
  void check_connections();
  void ask(curl_pool& pool);
  void give_up(curl_pool& pool);

  curl_pool& pool_for(channel via);
  void retire(const curl_pool& pool);
  void retire_if_dead(const transfer& t);
  void drop_empty_pools();
  easy_handle fresh_handle();

  transfer_settings settings_;
  on_events callback_;
  int epoll_fd_ = -1;
  int wakeup_fd_ = -1;

  std::mutex mutex_;
  std::vector<command> commands_; // guarded by mutex_

  // -- only used by the thread
  // -------------------------------------------------

  bool stopping_ = false;
  /// When the last round began, and how many followed each other at once.
  monotonic_time last_round_{};
  unsigned rounds_ = 0;
  write_fence fence_;
  uint32_t last_pool_number_ = 0;
  /// All pools by number. `current_` holds the pools for new transfers, one per
  /// channel; other pools are deleted after their last transfer.
  std::unordered_map<uint32_t, std::unique_ptr<curl_pool>> pools_;
  std::array<curl_pool*, channel_count> current_{};
  std::vector<easy_handle> spare_handles_;
  /// Of the last transfer to the API server. Null before it.
  std::shared_ptr<const credential> credential_;
  /// The API server, or a proxy before it, does not speak HTTP/2.
  bool is_http1_ = false;
  std::unordered_map<uint64_t, std::unique_ptr<transfer>> transfers_;
  /// Of Locust masters.
  held_answers held_;
  /// Of streams.
  held_answers streamed_;
  /// Whether streams are read; not while actors are behind.
  bool reads_streams_ = true;
  /// The streams in `transfers_`.
  std::vector<transfer*> streams_;
  /// Streams with events to report.
  std::vector<transfer*> progressed_;
  std::vector<transfer_event> batch_;

  std::thread thread_;
};

} // namespace locust
