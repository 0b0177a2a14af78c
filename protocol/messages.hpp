#pragma once

#include "protocol/access.hpp"
#include "protocol/api_call.hpp"
#include "protocol/command.hpp"
#include "protocol/history_mark.hpp"
#include "protocol/observation.hpp"
#include "protocol/run_messages.hpp"
#include "protocol/time.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The catalogue: every message and every typed actor interface. Who has read
// this file knows who talks to whom.
//
// Messages are plain structs and never leave the process, hence "unsafe" in
// CAF's words (not serializable). Whatever is large travels behind a
// `std::shared_ptr<const T>`, because CAF copies messages on write.

namespace locust {

// -- api_client ---------------------------------------------------------------

// api_request and api_response: protocol/api_call.hpp.

/// Opened: the server answered 200 and lines will follow. Anything else ends in
/// `stream_closed` at once.
struct stream_opened {
  uint64_t id = 0;
};

/// Bytes of the stream as they came: lines may be split anywhere.
struct stream_data {
  uint64_t id = 0;
  shared_text bytes;
};

/// The stream is over; nothing more comes of this id.
struct stream_closed {
  uint64_t id = 0;
  /// 200 when it had been opened; else the status of the refusal, 0 for none.
  int status = 0;
  /// Body of a refusal (a Kubernetes Status object, usually).
  shared_text body;
  /// Empty after a clean end by the server.
  std::string failure;
  std::optional<std::chrono::seconds> retry_after;
};

/// Receives what a stream brings.
using stream_sink_actor =
    caf::typed_actor<caf::reacts_to<stream_opened>, caf::reacts_to<stream_data>,
                     caf::reacts_to<stream_closed>>;

/// Start a watch. `id` is the sink's own number, unique among its streams.
struct open_stream {
  uint64_t id = 0;
  std::string target;
  stream_sink_actor sink;
  /// Ends it when no byte came for so long.
  std::chrono::milliseconds silence_limit = std::chrono::seconds(90);
  std::string accept;
};

/// Stop a stream; its sink hears nothing more of it.
struct close_stream {
  uint64_t id = 0;
  stream_sink_actor sink;
};

/// From the leader: requests that change something may leave before `until`,
/// and those under way end then. Each replaces the one before it.
struct write_permit {
  boot_time until{};
};

/// Owns a thread that does network I/O (one libcurl multi loop).
using api_client_actor = caf::typed_actor<
    // Sends the request when its lane has room. Always answers, by the deadline
    // at the latest. Repeats by itself only what the server asks to repeat (429
    // and 503 with Retry-After) and, once, what a stale token caused (401).
    caf::replies_to<api_request>::with<api_response>,
    caf::reacts_to<open_stream>, caf::reacts_to<close_stream>,
    // Has a meaning only to a client that was spawned to wait for it.
    caf::reacts_to<write_permit>>;

// -- supervisor ---------------------------------------------------------------

// child_result, status_saved, status_superseded, load_sample, look_again,
// leadership: protocol/run_messages.hpp.

/// Finish: write what is pending, then quit.
struct stop_request {};

/// One actor per LocustTest uid; the only one that decides about it.
using supervisor_actor =
    caf::typed_actor<caf::reacts_to<observation>, caf::reacts_to<child_result>,
                     caf::reacts_to<status_saved>,
                     caf::reacts_to<status_superseded>,
                     caf::reacts_to<load_sample>, caf::reacts_to<look_again>,
                     caf::reacts_to<leadership>, caf::reacts_to<stop_request>>;

// -- resource_builder ---------------------------------------------------------

struct build_child {
  object_key test;
  std::string test_uid;
  child_kind child = child_kind::master_service;
  /// JSON text of the spec that the run is built from.
  shared_text spec;
  /// When the LocustTest was created, and whether its run has a child already:
  /// who comes first.
  timestamp created{};
  bool begun = false;
};

/// Turns a spec into a Service or a Job and creates it, idempotently.
using resource_builder_actor =
    caf::typed_actor<caf::replies_to<build_child>::with<child_result>>;

// -- run_queue ----------------------------------------------------------------

/// Create nothing more for this LocustTest: it is going, or gone.
struct forget_run {
  std::string test_uid;
};

/// Passes children on to the resource_builder, depth first. The one actor that
/// decides across LocustTests.
using run_queue_actor =
    resource_builder_actor::extend<caf::reacts_to<forget_run>>;

// -- status_writer ------------------------------------------------------------

struct save_status {
  object_key test;
  std::string test_uid;
  /// The newest one that the sender has seen; guards against overwriting what
  /// another writer stored in between.
  std::string resource_version;
  uint64_t revision = 0;
  bool urgent = true;
  shared_text document; ///< the whole `.status`
  /// The end of its history, and of that which it was made from.
  history_mark end;
  history_mark base;
  supervisor_actor answer_to;
};

/// Stop writing for this LocustTest: it is gone.
struct forget_status {
  std::string test_uid;
};

/// Writes `.status`, at most one write in flight per LocustTest; a newer
/// document replaces one that waits. Repeats until stored or forgotten.
using status_writer_actor =
    caf::typed_actor<caf::reacts_to<save_status>, caf::reacts_to<forget_status>,
                     // Answers when nothing is pending any more.
                     caf::replies_to<stop_request>::with<bool>>;

// -- event_recorder -----------------------------------------------------------

struct record_event {
  object_key test;
  std::string test_uid;
  publish_event event;
  timestamp at{};
};

/// Publishes Kubernetes Events; equal ones raise `count`. May lose some under
/// pressure; never holds anything up.
using event_recorder_actor = caf::typed_actor<caf::reacts_to<record_event>>;

// -- load_sampler -------------------------------------------------------------

/// Ask this Locust master for its workers from now on, until unfollowed. A new
/// request for the same LocustTest replaces the old one.
struct follow_master {
  std::string test_uid;
  /// For example `http://10.244.0.7:8089` plus the base path of the web UI.
  std::string base_url;
  int32_t expected_workers = 0;
  supervisor_actor answer_to;
};

struct unfollow_master {
  std::string test_uid;
};

/// Due to sample: from its own clock.
struct sample_tick {};

using load_sampler_actor = caf::typed_actor<caf::reacts_to<follow_master>,
                                            caf::reacts_to<unfollow_master>,
                                            caf::reacts_to<sample_tick>>;

// -- journal ------------------------------------------------------------------

/// One finished line of JSON for `--journal FILE`, without the newline.
struct journal_line {
  shared_text line;
};

/// Appends lines to a file. Never holds its senders up: what it cannot write it
/// drops and marks the gap.
using journal_actor =
    caf::typed_actor<caf::reacts_to<journal_line>,
                     // Answers true when all is written, false when it could
                     // not be; then quits.
                     caf::replies_to<stop_request>::with<bool>>;

// -- gateway and certificates -------------------------------------------------

/// The pair that the webhook server shows to new connections from now on.
struct serving_certificate {
  shared_text chain; ///< PEM, the server's own certificate first
  shared_text key;   ///< PEM; secret
};

/// Why this replica is not ready: it has not seen everything yet. Empty: it
/// has.
struct caches_state {
  std::string missing;
};

/// Owns the HTTP(S) servers, on a thread of their own. Probes are answered from
/// the start, webhooks once there is a certificate.
using gateway_actor =
    caf::typed_actor<caf::reacts_to<serving_certificate>,
                     caf::reacts_to<caches_state>,
                     // Closes all listeners; answers when that is done.
                     caf::replies_to<stop_request>::with<bool>>;

/// Keeps that pair in a Secret, renews it and publishes its authority where the
/// API server looks for it. `look_again` is its own timer.
using certificates_actor = caf::typed_actor<caf::reacts_to<look_again>>;

// -- access_guard -------------------------------------------------------------

// access_question: protocol/access.hpp; its answer goes to those who are no
// actors.

/// Finds out whether the bearer of a token may read a page of ours.
using access_guard_actor = caf::typed_actor<caf::reacts_to<access_question>>;

// -- operator and api_watcher -------------------------------------------------

/// A batch of one kind from its watcher.
struct watch_report {
  watched_kind kind;
  std::shared_ptr<const observations> batch;
  /// The only namespace that it watches; empty for all of them.
  std::string ns{};
};

/// The watcher cannot list or watch at present, and why; it goes on trying.
/// An empty reason: it is well again.
struct watch_trouble {
  watched_kind kind;
  int status = 0; ///< HTTP status, 0 for no connection
  std::string reason;
  /// The only namespace that it watches; empty for all of them.
  std::string ns{};
};

/// The root: starts the others and keeps the table name -> supervisor.
using operator_actor =
    caf::typed_actor<caf::reacts_to<watch_report>,
                     caf::reacts_to<watch_trouble>, caf::reacts_to<leadership>,
                     // Orderly stop; answers when all is written.
                     caf::replies_to<stop_request>::with<bool>>;

/// Holds the Lease, or waits for it. It is the sink of its own watch;
/// `look_again` is its timer.
using leader_actor =
    stream_sink_actor::extend<caf::reacts_to<look_again>,
                              // Releases the Lease if it is held; answers
                              // whether others may take it now.
                              caf::replies_to<stop_request>::with<bool>>;

/// One watcher per kind (and namespace, when some are named): list, watch,
/// bookmarks, both forms of 410, re-list. It is the sink of its own stream;
/// `look_again` is its back-off timer.
using api_watcher_actor =
    stream_sink_actor::extend<caf::reacts_to<look_again>,
                              caf::reacts_to<stop_request>>;

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::access_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::api_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::api_response)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::stream_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::stream_data)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::stream_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::open_stream)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::close_stream)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::observation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::child_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::status_saved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::load_sample)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::look_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::stop_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::build_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::forget_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::save_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::forget_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::record_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::follow_master)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::unfollow_master)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::sample_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_line)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::serving_certificate)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::watch_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::watch_trouble)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::write_permit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::status_superseded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::leadership)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::caches_state)
