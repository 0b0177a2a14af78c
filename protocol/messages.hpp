#pragma once

#include "protocol/access.hpp"
#include "protocol/api_call.hpp"
#include "protocol/command.hpp"
#include "protocol/finished_run.hpp"
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

// All messages and typed actor interfaces: who sends what to whom.
//
// Messages are plain structs and never leave the process, hence "unsafe" in CAF
// terms (not serializable). Large data is behind a `std::shared_ptr<const T>`,
// because CAF copies messages on write.

namespace locust {

// -- api_client ---------------------------------------------------------------

// api_request and api_response: protocol/api_call.hpp.

/// The server answered 200, and lines follow. Every other answer leads to
/// `stream_closed`.
struct stream_opened {
  uint64_t id = 0;
};

/// Bytes of the stream as received: lines can be split anywhere.
struct stream_data {
  uint64_t id = 0;
  shared_text bytes;
};

/// The stream ended; no further message has this id.
struct stream_closed {
  uint64_t id = 0;
  /// 200 if it had been opened; otherwise the status of the refusal, 0 for
  /// none.
  int status = 0;
  /// Body of a refusal (a Kubernetes Status object, usually).
  shared_text body;
  /// Empty after a clean end by the server.
  std::string failure;
  std::optional<std::chrono::seconds> retry_after;
};

/// Receives the messages of a stream.
using stream_sink_actor =
    caf::typed_actor<caf::reacts_to<stream_opened>, caf::reacts_to<stream_data>,
                     caf::reacts_to<stream_closed>>;

/// Start a watch. `id` is the sink's own number, unique among its streams.
struct open_stream {
  uint64_t id = 0;
  std::string target;
  stream_sink_actor sink;
  /// The stream ends when no byte arrives for this time.
  std::chrono::milliseconds silence_limit = std::chrono::seconds(90);
  std::string accept;
};

/// Stop a stream; its sink gets no further message.
struct close_stream {
  uint64_t id = 0;
  stream_sink_actor sink;
};

/// From the leader: modifying requests may be sent before `until`, and those in
/// flight end then. Each permit replaces the previous one.
struct write_permit {
  boot_time until{};
};

/// Owns a thread that does network I/O (one libcurl multi loop).
using api_client_actor = caf::typed_actor<
    // Sends the request when its lane has room. Always answers, at the latest
    // at the deadline. Only retries what the server asks to retry (429 and 503
    // with Retry-After) and, once, a 401 caused by an expired token.
    caf::replies_to<api_request>::with<api_response>,
    caf::reacts_to<open_stream>, caf::reacts_to<close_stream>,
    // Only used by a client that was spawned to wait for it.
    caf::reacts_to<write_permit>>;

// -- supervisor ---------------------------------------------------------------

// child_result, status_saved, status_superseded, document_wanted, load_sample,
// look_again, leadership: protocol/run_messages.hpp.

/// Finish: write what is pending, then quit.
struct stop_request {};

/// One actor per LocustTest uid; the only one that makes decisions about it.
using supervisor_actor =
    caf::typed_actor<caf::reacts_to<observation>, caf::reacts_to<child_result>,
                     caf::reacts_to<status_saved>,
                     caf::reacts_to<status_superseded>,
                     caf::reacts_to<document_wanted>,
                     caf::reacts_to<load_sample>, caf::reacts_to<look_again>,
                     caf::reacts_to<leadership>, caf::reacts_to<stop_request>>;

// -- resource_builder ---------------------------------------------------------

struct build_child {
  object_key test;
  std::string test_uid;
  child_kind child = child_kind::master_service;
  /// JSON text of the spec that the run is created from.
  shared_text spec;
  /// When the LocustTest was created, and whether its run already has a child;
  /// they determine the order.
  timestamp created{};
  bool begun = false;
};

/// Turns a spec into a Service or a Job and creates it, idempotently.
using resource_builder_actor =
    caf::typed_actor<caf::replies_to<build_child>::with<child_result>>;

// -- run_queue ----------------------------------------------------------------

/// Create nothing more for this LocustTest: its run is over, or it is going.
struct forget_run {
  std::string test_uid;
};

/// Passes children to the resource_builder, depth first. The only actor that
/// decides across LocustTests.
using run_queue_actor =
    resource_builder_actor::extend<caf::reacts_to<forget_run>,
                                   // Starts no more creations; answers when
                                   // none is in progress.
                                   caf::replies_to<stop_request>::with<bool>>;

// -- status_writer ------------------------------------------------------------

struct save_status {
  object_key test;
  std::string test_uid;
  /// The newest resourceVersion that the sender observed; guards against
  /// overwriting what another client stored since.
  std::string resource_version;
  uint64_t revision = 0;
  bool urgent = true;
  shared_text document; ///< the whole `.status`, but for `other_conditions`
  /// The end of its history, and the end of the stored history that it extends.
  history_mark end;
  history_mark base;
  /// Conditions of other controllers at `resource_version`, as a JSON list;
  /// empty for none.
  std::string other_conditions;
  shared_text load; ///< that of the document, a JSON object; null for none
  supervisor_actor answer_to;
};

/// Only the figures of a running test have changed since its last document.
struct save_figures {
  object_key test;
  std::string test_uid;
  shared_text load; ///< `.status.load`, a JSON object; never null
  supervisor_actor answer_to;
};

/// Stop writing for this LocustTest: it is gone.
struct forget_status {
  std::string test_uid;
};

/// Writes `.status`, with at most one write in flight per LocustTest; a newer
/// document replaces a waiting one. Retries until stored or forgotten.
using status_writer_actor =
    caf::typed_actor<caf::reacts_to<save_status>,
                     // Writes them when their turn comes, unless a document
                     // takes their place. May answer `document_wanted`.
                     caf::reacts_to<save_figures>,
                     caf::reacts_to<forget_status>,
                     // Answers when nothing is pending.
                     caf::replies_to<stop_request>::with<bool>>;

// -- event_recorder -----------------------------------------------------------

struct record_event {
  object_key test;
  std::string test_uid;
  publish_event event;
  timestamp at{};
};

/// Publishes Kubernetes Events; equal ones raise `count`. May drop some under
/// load; never blocks anything.
using event_recorder_actor = caf::typed_actor<caf::reacts_to<record_event>>;

// -- load_sampler -------------------------------------------------------------

/// Query this Locust master until unfollowed. A new request for the same
/// LocustTest replaces the previous one.
struct follow_master {
  std::string test_uid;
  followed_master master;
  supervisor_actor answer_to;
};

struct unfollow_master {
  std::string test_uid;
};

/// Its own timer: time to sample.
struct sample_tick {};

using load_sampler_actor = caf::typed_actor<caf::reacts_to<follow_master>,
                                            caf::reacts_to<unfollow_master>,
                                            caf::reacts_to<sample_tick>>;

// -- report_keeper ------------------------------------------------------------

// keep_report, drop_report, report_result: protocol/run_messages.hpp.

/// Fetches the reports of Locust masters and stores them. Always answers, at
/// most a minute after the turn of the report has come.
using report_keeper_actor =
    caf::typed_actor<caf::replies_to<keep_report>::with<report_result>,
                     caf::reacts_to<drop_report>>;

// -- journal ------------------------------------------------------------------

/// One finished line of JSON for `--journal FILE`, without the newline.
struct journal_line {
  shared_text line;
};

/// Appends lines to a file. Never blocks its senders: it drops what it cannot
/// write, and records the gap.
using journal_actor =
    caf::typed_actor<caf::reacts_to<journal_line>,
                     // Answers true when everything is written, false when that
                     // failed; then quits.
                     caf::replies_to<stop_request>::with<bool>>;

// -- gateway and certificates -------------------------------------------------

/// The certificate for new connections to the webhook server.
struct serving_certificate {
  shared_text chain; ///< PEM, the server's own certificate first
  shared_text key;   ///< PEM; secret
};

/// Why the caches of this replica are not synced. Empty: they are.
struct caches_state {
  std::string missing;
};

/// All actors that the operator cannot work without have just answered.
struct actors_alive {};

/// Owns the HTTP(S) servers, on their own thread. Serves probes from the start,
/// webhooks once there is a certificate.
using gateway_actor =
    caf::typed_actor<caf::reacts_to<serving_certificate>,
                     caf::reacts_to<caches_state>, caf::reacts_to<actors_alive>,
                     // Closes all listeners, then answers.
                     caf::replies_to<stop_request>::with<bool>>;

/// Stores the certificate in a Secret, renews it and publishes its CA to the
/// API server. `look_again` is its own timer.
using certificates_actor = caf::typed_actor<caf::reacts_to<look_again>>;

// -- access_guard -------------------------------------------------------------

// access_question: protocol/access.hpp; the answer is a callback, because the
// caller is not an actor.

/// Determines whether the bearer of a token may read a page of the operator.
using access_guard_actor = caf::typed_actor<caf::reacts_to<access_question>>;

// -- operator and api_watcher -------------------------------------------------

/// Observations of one kind from its watcher.
struct watch_report {
  watched_kind kind;
  std::shared_ptr<const observations> batch;
  /// The only namespace that it watches; empty for all of them.
  std::string ns{};
  /// Bytes of the watch that the batch was read from; null for a list. While
  /// they are held, the network thread counts them as not processed.
  shared_text source{};
};

/// The watcher cannot list or watch, and why; it keeps retrying. An empty
/// reason: it recovered.
struct watch_trouble {
  watched_kind kind;
  int status = 0; ///< HTTP status, 0 for no connection
  std::string reason;
  /// The only namespace that it watches; empty for all of them.
  std::string ns{};
};

/// From a supervisor: its run needs nothing more, so `run` can take its place.
struct retire_run {
  object_key test;
  std::string test_uid;
  /// How many observations it has processed. It is needed when more were sent.
  uint64_t heard = 0;
  std::shared_ptr<const finished_run> run;
  supervisor_actor supervisor;
};

/// The root actor: starts the others and maps names to supervisors.
using operator_actor =
    caf::typed_actor<caf::reacts_to<watch_report>,
                     caf::reacts_to<watch_trouble>, caf::reacts_to<leadership>,
                     // Ends the supervisor, unless it is needed.
                     caf::reacts_to<retire_run>,
                     // Its own timer.
                     caf::reacts_to<look_again>,
                     // Graceful stop; answers when everything is written.
                     caf::replies_to<stop_request>::with<bool>>;

/// Acquires, renews and releases the Lease. It is the sink of its own watch;
/// `look_again` is its timer.
using leader_actor =
    stream_sink_actor::extend<caf::reacts_to<look_again>,
                              // Releases the Lease if it is held; answers
                              // whether other replicas may acquire it now.
                              caf::replies_to<stop_request>::with<bool>>;

/// One watcher per kind (and namespace, when namespaces are configured): list,
/// watch, bookmarks, both forms of 410, relist. It is the sink of its own
/// stream; `look_again` is its back-off timer.
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
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::save_figures)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::forget_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::record_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::follow_master)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::unfollow_master)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::sample_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::keep_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::drop_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::report_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_line)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::serving_certificate)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::retire_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::watch_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::watch_trouble)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::write_permit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::status_superseded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::document_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::leadership)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::caches_state)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::actors_alive)
