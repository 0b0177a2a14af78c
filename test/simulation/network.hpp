#pragma once

#include "actors/api_client/transfer_order.hpp"
#include "test/simulation/api_server.hpp"
#include "test/simulation/process_life.hpp"
#include "test/simulation/timeline.hpp"

#include <functional>
#include <map>
#include <string>

namespace locust::simulation {

/// What is between one replica and the API server.
class network {
public:
  network(timeline& time, chance& dice, api_server& server);

  using on_event = std::function<void(transfer_event event)>;

  // -- how it is at present ---------------------------------------------------

  /// Nothing gets through.
  bool down = false;
  /// Nothing of the Lease gets through.
  bool lease_down = false;
  /// Of a hundred requests, so many get no answer although they were carried
  /// out, or were not carried out at all.
  int lost = 0;
  /// Requests that are turned away (429), of a hundred, and those that the API
  /// server fails to answer (500, 503).
  int turned_away = 0;
  int failing = 0;
  /// Answers whose end is missing, of a hundred.
  int truncated = 0;
  /// If set, the next creation of a Job is carried out without an answer, and
  /// this is called then.
  std::function<void()> on_job_created;
  /// Longest time that an answer takes.
  duration slowness = 50ms;

  /// Watches end that are open at present.
  void cut_watches();

  // -- what a process does with it --------------------------------------------

  /// Sends a request; its answer comes to `done`, unless the process is over.
  void send(process_life& from, const transfer_order& order, on_event done);

  /// Opens a watch of the Lease under this number.
  void open(process_life& from, const transfer_order& order, on_event event);
  void close(uint64_t id);

  /// Requests that were sent so far, those about the Lease aside.
  int requests() const {
    return requests_;
  }

private:
  struct open_watch {
    uint64_t number = 0;
    process_life* owner = nullptr;
    on_event event;
  };

  void arrive(process_life& from, const transfer_order& order,
              const on_event& done);
  transfer_event refusal(const api_request& request);
  void truncate(transfer_event& event);
  bool is_down(const transfer_order& order) const;
  duration latency();

  timeline& time_;
  chance& dice_;
  api_server& server_;
  /// By the number of the order, which each client counts for itself; only the
  /// client of the Lease opens any.
  std::map<uint64_t, open_watch> watches_;
  int requests_ = 0;
};

/// What the clients are told to talk to.
inline const std::string server_address = "https://api";

} // namespace locust::simulation
