#pragma once

#include "actors/api_watcher/known_objects.hpp"
#include "actors/api_watcher/projection.hpp"
#include "actors/api_watcher/trouble.hpp"
#include "actors/api_watcher/watch_delays.hpp"
#include "actors/api_watcher/watch_target.hpp"
#include "protocol/api_call.hpp"
#include "protocol/basics/line_splitter.hpp"
#include "protocol/observation.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Keeps a picture of one kind of objects true: list, then watch, and what to
// do when either fails. A protocol machine: answers, bytes and timers go in,
// effects come out. Pure.

namespace locust::watcher {

// -- effects ------------------------------------------------------------------

/// Send this GET; its outcome goes to `on_list_answer`. One at a time.
struct fetch_page {
  std::string path;
  std::string accept;
};

/// Open this stream; it goes to `on_opened`, `on_bytes` and `on_closed`.
struct start_stream {
  uint64_t id = 0;
  std::string path;
  std::string accept;
};

/// What was wrong with a stream that is not read on.
enum class stream_fault : uint8_t {
  none,    ///< nothing: it is the watcher that ends
  expired, ///< 410 came in it
  useless  ///< what came is of no use
};

/// Stop this stream; nothing of it is wanted any more.
struct stop_stream {
  uint64_t id = 0;
  stream_fault why = stream_fault::none;
};

/// Call `on_timer` with `generation` after `delay`.
struct start_timer {
  uint64_t generation = 0;
  std::chrono::milliseconds delay{0};
};

/// Tell the operator.
struct report_observations {
  observations batch;
};

/// Tell the operator that it does not work, or (empty sentence) does again.
struct report_trouble {
  int status = 0;
  std::string sentence;
};

/// A line for the log about something that is dealt with.
struct log_line {
  std::string text;
  /// False for what happens all the time, such as a connection that breaks.
  bool odd = true;
};

using reflector_effect =
    std::variant<fetch_page, start_stream, stop_stream, start_timer,
                 report_observations, report_trouble, log_line>;
using reflector_effects = std::vector<reflector_effect>;

// -- states -------------------------------------------------------------------
//
//            start
//              |
//              v      next page
//   +-----> listing <----------+
//   |          | |  +----------+
//   |          | |
//   |          | +-- refused ------------------+
//   |          | last page: gone, listed       |
//   |          v                               v
//  410      opening ------ refused ------> waiting (back-off) --+
//   |          | ^                             ^                |
//   |      200 | | clean end                   | failure, or    | due: goes on
//   |          v |                             | too short      | with the list
//   +------ watching --------------------------+                | or the watch
//                                                               v
//
// A 410 lists again: first at least as new as what we know, then, when that
// has expired too, whatever is newest. Everything else that fails goes on from
// where it was: listing again for each hiccup would melt the API server.

/// Not started, or stopped.
struct resting {};

/// Asked for a page and waits for it.
struct listing {
  /// Lower bound of the first page; empty for a consistent read.
  std::string not_older_than{};
  std::string continue_from{};
  /// False after a continue token expired: a list that is too slow for its
  /// pages is read in one piece.
  bool paged = true;
};

/// Asked for a stream and waits for the server's answer.
struct opening {
  uint64_t id = 0;
};

/// The stream is open.
struct watching {
  uint64_t id = 0;
  monotonic_time since{};
  /// Whether any event or bookmark came.
  bool heard = false;
  line_splitter lines{};
};

/// Goes on with the list, or (no value) with the watch when the timer is due.
struct waiting {
  uint64_t generation = 0;
  std::optional<listing> list{};
};

using reflector_state =
    std::variant<resting, listing, opening, watching, waiting>;

// -- the machine --------------------------------------------------------------

/// See above. Its user carries out the returned effects in their order.
class reflector {
public:
  /// The server ends a watch by itself after a random time between these, so
  /// that watches do not come back all at once (client-go).
  static constexpr std::chrono::seconds shortest_watch{300};
  static constexpr std::chrono::seconds longest_watch{600};
  /// A stream that ends sooner and brought nothing counts as a failure, or
  /// some proxy could make us spin.
  static constexpr std::chrono::seconds too_short{1};
  /// Wait for a replica of the API server that is behind.
  static constexpr std::chrono::seconds replica_wait{1};
  /// After so many waits for a replica in a row the version is taken to be lost
  /// (the store was restored from a backup).
  static constexpr int replica_waits_limit = 5;
  /// After so many broken streams in a row, with nothing heard in between, our
  /// version is taken to be the cause.
  static constexpr int broken_streams_limit = 3;
  /// Longest wait for the CRD, so that its installation is noticed soon.
  static constexpr std::chrono::seconds crd_wait{5};

  /// `seed` decides about the spread of delays and timeouts.
  reflector(watch_target target, uint64_t seed);

  reflector_effects start();
  reflector_effects on_list_answer(const api_response& got, monotonic_time now);
  reflector_effects on_opened(uint64_t id, monotonic_time now);
  reflector_effects on_bytes(uint64_t id, std::string_view bytes,
                             monotonic_time now);
  reflector_effects on_closed(uint64_t id, const api_response& got,
                              monotonic_time now);
  reflector_effects on_timer(uint64_t generation);
  reflector_effects stop();

  const watch_target& target() const {
    return target_;
  }

  const reflector_state& state() const {
    return state_;
  }

  /// Up to where everything was reported; empty before the first list.
  const std::string& resource_version() const {
    return version_;
  }

  size_t known() const {
    return known_.size();
  }

private:
  enum class stream : uint8_t { goes_on, was_left };

  // Transitions.
  void go_list(listing page, reflector_effects& out);
  void go_watch(reflector_effects& out);
  void go_wait(std::optional<listing> list, std::chrono::milliseconds delay,
               reflector_effects& out);

  // Lists.
  void take_page(const object_page& page, monotonic_time now,
                 reflector_effects& out);
  bool accepts_version(const object_page& page, const listing& asked,
                       monotonic_time now, reflector_effects& out);
  void list_failed(const api_response& got, monotonic_time now,
                   reflector_effects& out);

  // Streams.
  stream take_line(std::string_view line, monotonic_time now,
                   observations& batch, reflector_effects& out);
  void take_object(const shared_object& object, bool removed,
                   observations& batch);
  stream take_error(const status_object& said, monotonic_time now,
                    reflector_effects& out);
  void advance_to(const std::string& version);
  void open_failed(const api_response& got, monotonic_time now,
                   reflector_effects& out);
  stream leave_broken(std::string why, bool list_again,
                      std::optional<std::chrono::seconds> retry_after,
                      monotonic_time now, reflector_effects& out);
  std::optional<listing> after_broken_stream();

  // What lists and streams share.
  void version_expired(monotonic_time now, reflector_effects& out);
  void wait_for_replica(std::optional<listing> list, reflector_effects& out);
  std::chrono::milliseconds
  delay_after(int status, std::optional<std::chrono::seconds> retry_after,
              monotonic_time now);
  void complain(trouble what, reflector_effects& out);
  void recovered(reflector_effects& out);

  watch_target target_;
  watch_delays delays_;
  known_objects known_;
  reflector_state state_ = resting{};
  std::string version_;
  uint64_t last_stream_ = 0;
  uint64_t last_timer_ = 0;
  int replica_waits_ = 0;
  int broken_streams_ = 0;
  /// Whether a watch brought anything since the last complete list.
  bool heard_since_list_ = false;
  std::optional<trouble> trouble_;
};

} // namespace locust::watcher
