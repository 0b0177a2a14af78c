#pragma once

#include "actors/leader/lease.hpp"
#include "protocol/api_call.hpp"
#include "protocol/log_message.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

// Leader election with a Lease, by client-go's algorithm: every change of the
// record is a sign of life of its holder. The Lease is free when there was no
// change for its duration, by the local clock; remote clocks do not matter.
// Pure.

namespace locust {

struct election_settings {
  /// Namespace of the Lease.
  std::string ns;
  /// Unique to this process.
  std::string identity;
  std::chrono::nanoseconds lease_duration = std::chrono::seconds(15);
  std::chrono::nanoseconds renew_deadline = std::chrono::seconds(10);
  std::chrono::nanoseconds retry_period = std::chrono::seconds(2);
};

/// The current time: monotonic to decide, wall clock to write into the Lease.
struct election_time {
  boot_time boot{};
  timestamp wall{};
};

/// What the actor must do after an input.
struct election_step {
  /// Send it; pass the answer to `answered`.
  std::optional<api_request> request;
  /// Open a watch of this target; it replaces an open one.
  std::optional<std::string> follow;
  /// Close the watch.
  bool unfollow = false;
  /// This replica holds the Lease until then, unless it renews.
  std::optional<boot_time> held_until;
  /// This replica has just become leader; create this Event. Its answer does
  /// not matter.
  std::optional<api_request> won;
  /// Why this replica has lost the Lease; the process must end. Empty: not
  /// lost.
  std::string lost;
  /// `release` is done; whether the Lease is free.
  std::optional<bool> released;
  std::vector<log_message> messages;
};

///              get: not free                 put, post: 2xx
///   ┌─────────┐ <────────── ┌────────┐ free ┌────────┐ ──────> ┌─────────┐
///   │ waiting │             │ asking │ ───> │ taking │         │ leading │
///   └─────────┘ ──────────> └────────┘      └────────┘         └─────────┘
///       ^   expired, released,  │               │    each retry period │ put
///       │   deleted, not heard  │ failure       │ 409, failure         │
///       └───────────────────────┴───────────────┘         not renewed  v
///                                                         for the deadline:
///                                                         lost
class election {
public:
  /// `seed` varies the delays, so that replicas do not retry at the same time.
  election(election_settings settings, uint64_t seed);

  /// Starts the first attempt.
  election_step begin(election_time now);

  /// The answer to the request in flight.
  election_step answered(const api_response& response, election_time now);

  /// The time that `wakes_at` returned has come.
  election_step wake(election_time now);

  /// The watch delivered a line.
  election_step seen(std::string_view line, election_time now);

  /// The watch ended with this HTTP status (200 if it had been opened).
  election_step closed(int status, election_time now);

  /// Releases the Lease, so that another replica can acquire it at once. The
  /// process must write nothing after this.
  election_step release(election_time now);

  /// When to call `wake`; nothing: only after another input.
  std::optional<boot_time> wakes_at() const;

  bool leads() const {
    return leads_;
  }

private:
  /// The kind of the request in flight.
  enum class request_kind : uint8_t { none, read, create, update, free };

  void attempt(election_time now, election_step& out);
  void take(election_time now, election_step& out);
  void free(election_time now, election_step& out);
  void send(request_kind what, api_request request, election_time now,
            election_step& out);
  void read(const api_response& response, election_time now,
            election_step& out);
  void written(request_kind what, const api_response& response,
               election_time now, election_step& out);
  void freed(const api_response& response, election_time now,
             election_step& out);
  void learn(stored_lease lease, election_time now, election_step& out);
  void observe(stored_lease lease, election_time now, election_step& out);
  void on_absent();
  void win(election_time now, election_step& out);
  void lose(std::string why, election_step& out);
  void retry_later(std::string_view verb, const api_response& response,
                   election_time now, election_step& out);
  void schedule_retry(election_time now);
  void wait(election_time now, election_step& out);
  bool give_up_in_time(election_time now, election_step& out);
  bool is_free(election_time now) const;
  bool is_ours_or_nobodys() const;
  boot_time expiry() const;
  std::chrono::nanoseconds with_jitter(std::chrono::nanoseconds d);
  lease_record claim(election_time now) const;

  election_settings settings_;
  api_object lease_;
  std::minstd_rand random_;
  /// The Lease as last observed, and when it last changed.
  std::optional<stored_lease> seen_;
  boot_time observed_{};
  /// While there is no Lease: until when its previous holder may still act as
  /// leader.
  boot_time vacant_{};
  request_kind in_flight_ = request_kind::none;
  /// When the request in flight was sent.
  boot_time sent_{};
  boot_time next_{};
  bool leads_ = false;
  bool over_ = false;
  /// While leading: when the last successful renewal was sent.
  boot_time renewed_{};
  /// The watch is open or is being opened.
  bool watches_ = false;
  bool may_watch_ = true;
  bool releasing_ = false;
  /// The failure that was logged last.
  std::string reported_;
};

} // namespace locust
