#pragma once

#include "actors/api_client/curl_pool.hpp"
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
  void run();
  void wait();
  int wait_limit_ms() const;
  void run_commands();
  void start(transfer_order order);
  void cancel(uint64_t id);
  void end_all();
  void report();

  void done(transfer& t, CURLcode code);
  void flush(transfer& t);
  void finish(transfer& t, transfer_event event);
  void collect();
  void end_silent_streams();
  void end_late_writes();

  curl_pool& pool_for(channel via);
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
  write_fence fence_;
  uint32_t last_pool_number_ = 0;
  /// All pools by number. `current_` holds the pools for new transfers, one per
  /// channel; other pools are deleted after their last transfer.
  std::unordered_map<uint32_t, std::unique_ptr<curl_pool>> pools_;
  std::array<curl_pool*, channel_count> current_{};
  std::vector<easy_handle> spare_handles_;
  std::unordered_map<uint64_t, std::unique_ptr<transfer>> transfers_;
  /// The streams in `transfers_`.
  std::vector<transfer*> streams_;
  /// Streams with events to report.
  std::vector<transfer*> progressed_;
  std::vector<transfer_event> batch_;

  std::thread thread_;
};

} // namespace locust
