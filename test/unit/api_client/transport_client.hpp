#pragma once

#include "actors/api_client/transport.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace locust::test {

/// A transport whose events are collected.
class transport_client {
public:
  /// Longer than anything takes on a machine that is busy.
  static constexpr auto patience = std::chrono::seconds(60);

  explicit transport_client(const std::string& server,
                            write_rule writes = write_rule::free,
                            const silence_limits& silence = {}) {
    cluster_access access;
    access.server = server;
    access.insecure = true;
    start(std::move(access), writes, silence);
  }

  explicit transport_client(cluster_access access) {
    start(std::move(access), write_rule::free, {});
  }

  /// The transport's thread reports until its end, so it ends first.
  ~transport_client() {
    network.reset();
  }

  static transfer_order order(uint64_t id, const std::string& url) {
    transfer_order made;
    made.id = id;
    made.url = url;
    made.deadline = std::chrono::seconds(30);
    made.silence_limit = std::chrono::seconds(30);
    made.largest_answer = 1'000'000;
    made.as = std::make_shared<const credential>();
    return made;
  }

  static transfer_order stream(uint64_t id, const std::string& url) {
    auto made = order(id, url);
    made.via = channel::streams;
    return made;
  }

  void send(transfer_order made) {
    network->start(std::move(made));
  }

  /// Waits for the end of the transfer.
  transfer_event end_of(uint64_t id) {
    std::unique_lock guard{mutex_};
    auto ended =
        changed_.wait_for(guard, patience, [&] { return ends_.contains(id); });
    BOOST_REQUIRE(ended);
    return ends_[id];
  }

  transfer_event get(uint64_t id, const std::string& url) {
    send(order(id, url));
    return end_of(id);
  }

  /// Waits until the stream has delivered the text.
  bool wait_for_text(const std::string& text) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [&] {
      return bytes_.find(text) != std::string::npos;
    });
  }

  std::string bytes() {
    std::lock_guard guard{mutex_};
    return bytes_;
  }

  int openings() {
    std::lock_guard guard{mutex_};
    return openings_;
  }

  std::unique_ptr<transport> network;

private:
  void start(cluster_access access, write_rule writes,
             const silence_limits& silence) {
    network = std::make_unique<transport>(
        std::move(access), "locust-operator/test",
        [this](const std::vector<transfer_event>& events) { take(events); },
        writes, silence);
  }

  void take(const std::vector<transfer_event>& events) {
    std::lock_guard guard{mutex_};
    for (const auto& event : events) {
      if (event.what == transfer_event::kind::ended)
        ends_[event.id] = event;
      else if (event.what == transfer_event::kind::data)
        bytes_ += *event.body;
      else
        ++openings_;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, transfer_event> ends_;
  std::string bytes_;
  int openings_ = 0;
};

} // namespace locust::test
