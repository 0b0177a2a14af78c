#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/transport.hpp"
#include "protocol/basics/line_splitter.hpp"
#include "tools/lib/bench/player/reactor.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

// A client of the API server for one role of a scenario, with its own
// connections, as people, controllers and operators have.

namespace locust::bench {

/// A request that the API server refused, or a watch that broke for good.
struct failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class client {
public:
  /// Gets the body of a successful answer.
  using on_answer = std::function<void(const std::string& body)>;
  using on_line = std::function<void(std::string_view line)>;

  /// At most `in_flight` requests are sent at once; further ones wait. Watches
  /// do not count. `loop` must outlive the client.
  client(reactor& loop, const cluster_access& access, std::string user_agent,
         size_t in_flight);
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Sends a request, with `body` as JSON unless it is empty. If the server
  /// answers 429 or 5xx or not at all, it is repeated after a second, five
  /// times. Anything else but success ends the run with a `failure`.
  void send(http_verb verb, std::string path, std::string body, on_answer done);

  /// Opens a watch; `line` gets each line. `ended` is called once, when the
  /// stream has ended for whatever reason.
  void watch(const std::string& path, on_line line,
             std::function<void()> ended);

  /// Requests that have no answer yet.
  size_t open() const {
    return waiting_.size() + in_flight_;
  }

private:
  struct request {
    http_verb verb = http_verb::get;
    std::string path;
    shared_text body;
    on_answer done;
    int attempts = 0;
  };

  struct stream {
    on_line line;
    std::function<void()> ended;
    line_splitter splitter;
  };

  void fill();
  void start(request what);
  void take(transfer_event& event);
  void take_answer(request what, const transfer_event& event);
  transfer_order order(http_verb verb, const std::string& path);

  reactor& loop_;
  std::string server_;
  std::shared_ptr<const credential> credential_;
  size_t most_in_flight_;
  size_t in_flight_ = 0;
  uint64_t last_id_ = 0;
  std::deque<request> waiting_;
  std::unordered_map<uint64_t, request> requests_;
  std::unordered_map<uint64_t, stream> streams_;
  reactor::handler handler_;
  /// The last member: its thread uses the handler.
  transport transport_;
};

} // namespace locust::bench
