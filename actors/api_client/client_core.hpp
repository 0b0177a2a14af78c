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

// All decisions of the API client: what goes out when, what is repeated, what
// the answer is. Pure: inputs come as calls with the time, outputs as effects.

namespace locust {

/// Times that a request is repeated because the server asked for it, as
/// client-go does it.
inline constexpr int most_repeats = 10;

/// Hand this to the network thread.
struct start_transfer {
  transfer_order order;
};

/// Stop this stream; no event of it counts any more.
struct cancel_transfer {
  uint64_t id = 0;
};

/// The one answer of request `id`.
struct give_answer {
  uint64_t id = 0;
  api_response response;
};

/// News of stream `id`; after `ended` it does not exist any more.
struct stream_news {
  transfer_event event;
};

/// Load a credential and call `credential_loaded`.
struct load_credential {};

using client_effect = std::variant<start_transfer, cancel_transfer, give_answer,
                                   stream_news, load_credential>;
using client_effects = std::vector<client_effect>;

class client_core {
public:
  client_core(const cluster_access& access, const api_client_limits& limits);

  /// A request under a number of the caller's choice that no other request or
  /// stream has. It gets exactly one `give_answer`.
  client_effects submit(uint64_t id, api_request request, monotonic_time now);

  /// A stream, likewise. Its last news is `ended`, unless it is closed.
  client_effects open(uint64_t id, std::string target,
                      std::chrono::milliseconds silence_limit,
                      std::string accept, monotonic_time now);
  client_effects close(uint64_t id);

  /// What the network thread said.
  client_effects transferred(std::vector<transfer_event> events,
                             monotonic_time now);

  client_effects credential_loaded(result<fresh_credential> fresh,
                                   monotonic_time now);

  /// The time that `wakes_at` had named has come.
  client_effects wake(monotonic_time now);
  std::optional<monotonic_time> wakes_at(monotonic_time now) const;

  /// Answers every request with `failure` and forgets all.
  client_effects stop(const std::string& failure);

  const request_queue& queue() const {
    return queue_;
  }

private:
  struct call {
    api_request request;
    int repeats = 0;
    /// Whether it was repeated after 401 already.
    bool renewed = false;
    /// The credential that it went out with last.
    uint64_t generation = 0;
    /// The 401 that is given back when no fresh credential is to be had.
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

  void go_on(monotonic_time now, client_effects& out);
  void start_streams(client_effects& out);
  void send(const request_queue::ticket& ticket, client_effects& out);
  void request_ended(transfer_event event, monotonic_time now,
                     client_effects& out);
  void stream_happened(transfer_event event, monotonic_time now,
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
