#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/connection_watch.hpp"
#include "actors/api_client/transfer_order.hpp"
#include "protocol/time.hpp"

#include <curl/curl.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>

// One HTTP exchange on one libcurl easy handle. Network thread only.

namespace locust {

/// Settings that all transfers share.
struct transfer_settings {
  cluster_access access;
  /// The parts of `access.server`.
  server_url server;
  std::string user_agent;
  silence_limits silence;
};

struct easy_deleter {
  void operator()(CURL* handle) const {
    curl_easy_cleanup(handle);
  }
};
using easy_handle = std::unique_ptr<CURL, easy_deleter>;

class curl_pool;

class transfer {
public:
  /// Prepares `handle` for the order. Both references must outlive the
  /// transfer. `progress` is called inside libcurl when data has arrived.
  transfer(transfer_order order, easy_handle handle,
           const transfer_settings& settings, curl_pool& pool,
           std::function<void(transfer&)> progress);
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;
  ~transfer();

  CURL* handle() const {
    return handle_.get();
  }

  const transfer_order& order() const {
    return order_;
  }

  curl_pool& pool() const {
    return pool_;
  }

  monotonic_time started() const {
    return started_;
  }

  /// When the last byte arrived; before the first one, the start.
  monotonic_time last_byte() const {
    return last_byte_;
  }

  /// Nothing was read until now, so it is not known to be silent.
  void excuse_silence(monotonic_time now) {
    last_byte_ = now;
  }

  /// Bytes of the answer so far.
  size_t received() const {
    return received_.size();
  }

  /// Whether this is a stream that the server has opened.
  bool is_open() const {
    return is_open_;
  }

  /// Returns true once, after the stream was opened.
  bool take_opening() {
    return is_open_ && !std::exchange(opening_taken_, true);
  }

  /// Removes and returns the bytes of an open stream since the last call.
  std::string take_bytes() {
    return is_open_ ? std::exchange(received_, {}) : std::string{};
  }

  /// Returns the event that ends this transfer, after libcurl has finished it
  /// with `code`.
  transfer_event end(CURLcode code);

  /// Returns the event that ends this transfer without an answer.
  transfer_event give_up(std::string why) const;

  /// Returns the easy handle for reuse. This transfer is over.
  easy_handle release();

private:
  void set_common(const transfer_settings& settings);
  void set_identity(const transfer_settings& settings);
  void set_server_name(const transfer_settings& settings);
  void set_method();
  void add_header(const std::string& line);
  /// Returns why an answer that libcurl considers complete is not; empty if it
  /// is.
  std::string missing_part() const;
  bool was_refused(CURLcode code) const;
  std::string cause(CURLcode code) const;

  static size_t on_header(char* bytes, size_t size, size_t n, void* self);
  static size_t on_body(char* bytes, size_t size, size_t n, void* self);

  transfer_order order_;
  easy_handle handle_;
  curl_pool& pool_;
  std::function<void(transfer&)> progress_;
  curl_slist* headers_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::string endpoint_;
  std::string received_;
  curl_off_t received_bytes_ = 0;
  bool is_open_ = false;
  bool opening_taken_ = false;
  bool too_large_ = false;
  monotonic_time started_;
  monotonic_time last_byte_;
};

} // namespace locust
