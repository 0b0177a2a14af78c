#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "actors/api_client/credentials.hpp"
#include "actors/api_client/request_queue.hpp"
#include "actors/api_client/transfer_order.hpp"
#include "protocol/api_call.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

// The decisions of the API client: which request is sent when, what is retried,
// and what is answered. Pure: calls with the time go in, effects come out.

namespace locust {

/// How often a request is retried because the server asked for it; the limit of
/// client-go.
inline constexpr int most_repeats = 10;

/// Start this transfer on the network thread.
struct start_transfer {
  transfer_order order;
};

/// Stop this stream; ignore its later events.
struct cancel_transfer {
  uint64_t id = 0;
};

/// The answer to request `id`; there is exactly one.
struct answer_request {
  uint64_t id = 0;
  api_response response;
};

/// An event of stream `id`; after `ended` the stream does not exist.
struct stream_update {
  transfer_event event;
};

/// Load a credential and call `credential_loaded`.
struct load_credential {};

using client_effect =
    std::variant<start_transfer, cancel_transfer, answer_request, stream_update,
                 load_credential>;
using client_effects = std::vector<client_effect>;

class client_core {
public:
  client_core(const cluster_access& access, const api_client_limits& limits);

  /// Submits a request. The caller chooses the `id`, which no other request or
  /// stream may use. It gets exactly one `answer_request`.
  client_effects submit(uint64_t id, api_request request, monotonic_time now);

  /// Opens a stream, likewise. Its last event is `ended`, unless it is closed.
  client_effects open(uint64_t id, std::string target,
                      std::chrono::milliseconds silence_limit,
                      std::string accept, monotonic_time now);
  client_effects close(uint64_t id);

  /// Events from the network thread.
  client_effects transferred(std::vector<transfer_event> events,
                             monotonic_time now);

  client_effects credential_loaded(result<fresh_credential> fresh,
                                   monotonic_time now);

  /// The time that `wakes_at` returned has come.
  client_effects wake(monotonic_time now);
  std::optional<monotonic_time> wakes_at(monotonic_time now) const;

  /// Answers all requests with `failure` and drops everything else.
  client_effects stop(const std::string& failure);

  const request_queue& queue() const {
    return queue_;
  }

private:
  struct call {
    api_request request;
    int repeats = 0;
    /// Whether it was already retried after 401.
    bool renewed = false;
    /// The credential of its last attempt.
    uint64_t generation = 0;
    /// The 401 to return if no new credential can be loaded.
    std::optional<api_response> refusal;
  };

  struct stream {
    std::string target;
    std::string accept;
    std::chrono::milliseconds silence_limit{0};
    bool renewed = false;
    uint64_t generation = 0;
    std::optional<transfer_event> refusal;
  };

  void advance(monotonic_time now, client_effects& out);
  void start_streams(client_effects& out);
  void send(const request_queue::ticket& ticket, client_effects& out);
  void on_request_end(transfer_event event, monotonic_time now,
                      client_effects& out);
  void on_stream_event(transfer_event event, monotonic_time now,
                       client_effects& out);
  void give_up_waiting(client_effects& out);
  void answer(uint64_t id, api_response response, client_effects& out);
  bool repeats(call& c, const transfer_event& event, monotonic_time now);

  std::string server_;
  request_queue queue_;
  credentials credentials_;
  std::unordered_map<uint64_t, call> calls_;
  std::unordered_map<uint64_t, stream> streams_;
  /// Streams that wait for a credential.
  std::vector<uint64_t> unopened_;
};

} // namespace locust
