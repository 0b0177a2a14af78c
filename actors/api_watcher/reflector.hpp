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

// Keeps a view of all objects of one kind: lists, then watches, and recovers
// from failures of either, like client-go's reflector. A state machine:
// answers, bytes and timers go in, effects come out. Pure.

namespace locust::watcher {

// -- effects ------------------------------------------------------------------

/// Send this GET and pass the answer to `on_list_answer`. One at a time.
struct fetch_page {
  std::string path;
  std::string accept;
  /// Limit for the answer, in bytes.
  size_t largest = 0;
};

/// Open this stream and pass its events to `on_opened`, `on_bytes` and
/// `on_closed`.
struct start_stream {
  uint64_t id = 0;
  std::string path;
  std::string accept;
};

/// Why a stream is stopped.
enum class stream_fault : uint8_t {
  none,    ///< the watcher itself stops
  expired, ///< the stream reported 410
  useless  ///< its data cannot be used
};

/// Stop this stream and ignore its later events.
struct stop_stream {
  uint64_t id = 0;
  stream_fault why = stream_fault::none;
};

/// Call `on_timer` with `generation` after `delay`.
struct start_timer {
  uint64_t generation = 0;
  std::chrono::milliseconds delay{0};
};

/// Send these to the operator.
struct report_observations {
  observations batch;
};

/// Report to the operator that the watcher does not work, or (with an empty
/// sentence) works again.
struct report_trouble {
  int status = 0;
  std::string sentence;
};

/// Log this line; the watcher handles the situation itself.
struct log_line {
  std::string text;
  /// False for normal events, such as a connection that breaks.
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
//  410      opening ------ refused ------> waiting (back-off) --+
//   |          | ^                             ^                |
//   |      200 | | clean end                   | failure, or    | timer:
//   |          v |                             | too short      | resumes list
//   +------ watching --------------------------+                v or watch
//
// A 410 causes a relist: first at least as new as the known version, then, if
// that has expired too, with the most recent version. After any other failure
// the reflector resumes where it was: a relist for each of them would overload
// the API server. A page that is too large is requested again with half as many
// objects.

/// Not started, or stopped.
struct resting {};

/// Waiting for a page.
struct listing {
  /// Minimum resource version of the first page; empty for the most recent.
  std::string not_older_than{};
  std::string continue_from{};
  /// False after a continue token expired: reading the pages takes too long, so
  /// the list is read in one piece.
  bool paged = true;
};

/// Waiting for the server to open a stream.
struct opening {
  uint64_t id = 0;
};

/// The stream is open.
struct watching {
  uint64_t id = 0;
  monotonic_time since{};
  /// Whether any event or bookmark arrived.
  bool received = false;
  line_splitter lines{};
};

/// Waiting for a timer; then resumes the list, or (no value) the watch.
struct waiting {
  uint64_t generation = 0;
  std::optional<listing> list{};
};

using reflector_state =
    std::variant<resting, listing, opening, watching, waiting>;

// -- the machine --------------------------------------------------------------

/// See above. The caller must execute the returned effects in order.
class reflector {
public:
  /// The server ends a watch after a random time in this range, as in
  /// client-go, so that not all watches reconnect at the same time.
  static constexpr std::chrono::seconds shortest_watch{300};
  static constexpr std::chrono::seconds longest_watch{600};
  /// A stream that ends sooner without an event counts as a failure. Otherwise
  /// a faulty proxy could cause a busy loop.
  static constexpr std::chrono::seconds too_short{1};
  /// Wait for an API server replica that lags behind.
  static constexpr std::chrono::seconds replica_wait{1};
  /// After this many consecutive waits the version is considered lost (the
  /// store was restored from a backup).
  static constexpr int replica_waits_limit = 5;
  /// After this many consecutive broken streams without an event, the known
  /// version is considered the cause.
  static constexpr int broken_streams_limit = 3;
  /// Maximum wait for the CRD, so that its installation is noticed soon.
  static constexpr std::chrono::seconds crd_wait{5};
  /// Bytes of a page, which is in memory while it is read. A page of usual
  /// objects has 2 to 5 MiB. Longer ones are requested again with half as many
  /// objects; a single object has at most a few MiB.
  static constexpr size_t largest_page = size_t{16} << 20;
  /// Bytes of a list in one piece: 10,000 pods.
  static constexpr size_t largest_list = size_t{64} << 20;

  /// `seed` varies delays and timeouts.
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

  /// The version up to which all changes were reported; empty before the first
  /// list.
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
  void on_page(const object_page& page, monotonic_time now,
               reflector_effects& out);
  bool accepts_version(const object_page& page, const listing& asked,
                       monotonic_time now, reflector_effects& out);
  void list_failed(const api_response& got, monotonic_time now,
                   reflector_effects& out);
  bool on_too_large(const listing& page, monotonic_time now,
                    reflector_effects& out);

  // Streams.
  stream on_line(std::string_view line, monotonic_time now, observations& batch,
                 reflector_effects& out);
  void on_object(const shared_object& object, bool removed,
                 observations& batch);
  stream on_error_event(const status_object& said, monotonic_time now,
                        reflector_effects& out);
  void advance_to(const std::string& version);
  void open_failed(const api_response& got, monotonic_time now,
                   reflector_effects& out);
  stream abandon_stream(std::string why, bool list_again,
                        std::optional<std::chrono::seconds> retry_after,
                        monotonic_time now, reflector_effects& out);
  std::optional<listing> after_broken_stream();

  // Shared by lists and streams.
  void version_expired(monotonic_time now, reflector_effects& out);
  void wait_for_replica(std::optional<listing> list, reflector_effects& out);
  std::chrono::milliseconds
  delay_after(int status, std::optional<std::chrono::seconds> retry_after,
              monotonic_time now);
  void report_failure(trouble what, reflector_effects& out);
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
  /// Objects per page. Shrinks when a page is too large, and stays so: the next
  /// list meets the same objects.
  int page_limit_ = list_page_limit;
  /// Whether a watch delivered anything since the last complete list.
  bool received_since_list_ = false;
  std::optional<trouble> trouble_;
};

} // namespace locust::watcher
