#pragma once

#include "actors/leader/lease.hpp"
#include "protocol/api_call.hpp"
#include "protocol/remark.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

// Who holds the Lease, by client-go's algorithm: every change of the record is
// a sign of life of its holder, and the Lease is free when there was none for
// its duration by our own clock; the clocks of others mean nothing. Pure.

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

/// What time it is: for deciding, and for writing down.
struct election_time {
  boot_time boot{};
  timestamp wall{};
};

/// What the shell is to do.
struct election_step {
  /// Send it; its answer goes to `answered`.
  std::optional<api_request> request;
  /// Open a watch of this target, in the place of one that is open.
  std::optional<std::string> follow;
  /// Close the watch.
  bool unfollow = false;
  /// It is ours until then, if not renewed before.
  std::optional<boot_time> held_until;
  /// It has become ours just now; tell people so with this request, of which
  /// the answer does not matter.
  std::optional<api_request> won;
  /// Why it is not ours any more; the process has to end. Empty: nothing such.
  std::string lost;
  /// The orderly end that was asked for is reached; whether the Lease is free.
  std::optional<bool> released;
  std::vector<remark> remarks;
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
  /// `seed` spreads the attempts of replicas.
  election(election_settings settings, uint64_t seed);

  /// The first attempt.
  election_step begin(election_time now);

  /// The answer to the request under way.
  election_step answered(const api_response& response, election_time now);

  /// The time that `looks_at` has named has come.
  election_step look(election_time now);

  /// The watch brought a line.
  election_step seen(std::string_view line, election_time now);

  /// The watch is over, with this HTTP status (200 for one that was open).
  election_step closed(int status, election_time now);

  /// The process is about to end and writes nothing any more: others may have
  /// the Lease at once.
  election_step release(election_time now);

  /// When to call `look`. Nothing: not before something else happens.
  std::optional<boot_time> looks_at() const;

  bool leads() const {
    return leads_;
  }

private:
  /// What the request under way is.
  enum class errand : uint8_t { none, read, create, update, free };

  void attempt(election_time now, election_step& out);
  void take(election_time now, election_step& out);
  void free(election_time now, election_step& out);
  void send(errand what, api_request request, election_time now,
            election_step& out);
  void read(const api_response& response, election_time now,
            election_step& out);
  void written(errand what, const api_response& response, election_time now,
               election_step& out);
  void freed(const api_response& response, election_time now,
             election_step& out);
  void learn(stored_lease lease, election_time now, election_step& out);
  void observe(stored_lease lease, election_time now, election_step& out);
  void miss();
  void win(election_time now, election_step& out);
  void lose(std::string why, election_step& out);
  void put_off(std::string_view verb, const api_response& response,
               election_time now, election_step& out);
  void try_later(election_time now);
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
  /// As it was last seen, and since when it looks so.
  std::optional<stored_lease> seen_;
  boot_time observed_{};
  /// While there is no Lease: until when the one who had it may still believe
  /// in it.
  boot_time vacant_{};
  errand errand_ = errand::none;
  /// When the request under way was sent.
  boot_time sent_{};
  boot_time next_{};
  bool leads_ = false;
  bool over_ = false;
  /// While leading: the start of the last renewal that went well.
  boot_time renewed_{};
  /// The watch is open, or being opened.
  bool follows_ = false;
  bool may_follow_ = true;
  bool releasing_ = false;
  /// What the log was told of last.
  std::string trouble_;
};

} // namespace locust
