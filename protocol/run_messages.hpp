#pragma once

#include "protocol/api_call.hpp"
#include "protocol/children.hpp"
#include "protocol/load_figures.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// Messages to a supervisor other than observations. Separate from messages.hpp
// so that cores can use them without CAF.

namespace locust {

/// The result of `create_child`.
struct child_result {
  enum class outcome : uint8_t {
    created,  ///< by this request
    adopted,  ///< it existed, controlled by this LocustTest
    conflict, ///< it exists with another owner, or is being deleted
    refused,  ///< the API server rejected it
    failed,   ///< no answer, or a transient failure
  };
  child_kind child = child_kind::master_service;
  outcome what = outcome::failed;
  std::string name;
  /// uid and resourceVersion of the existing object.
  std::string uid;
  std::string resource_version;
  /// `ttlSecondsAfterFinished` of an existing Job, whoever set it.
  std::optional<int32_t> ttl_seconds;
  /// For `conflict`: its owner as text, and whether it is being deleted.
  std::string owner;
  bool deleting = false;
  /// The name of the LocustTest that controls it; empty if none does.
  std::string owner_test;
  /// For `refused` and `failed`: HTTP status and the text of the server.
  int status = 0;
  std::string message;
  /// Whether the same request can succeed later without any change (429, 5xx,
  /// no connection).
  bool transient = false;
  /// For `refused`: nothing was sent, because the spec has a fault, which
  /// `message` names.
  bool unsent = false;
};

/// The status document of this number, or a later one, is stored.
struct status_saved {
  uint64_t revision = 0;
  std::string resource_version;
};

/// What a Locust master says that it does: `state` of its statistics.
enum class master_state : uint8_t {
  unknown, ///< it does not say, or a word of another release
  ready,   ///< it waits: for workers, or for a start in its web UI
  load,    ///< `spawning`, `running`, or ending: users exist
  stopped, ///< it has made load
};

/// All figures of one answer of a Locust master.
struct measured_load {
  load_figures now;
  run_figures totals;
};

/// A sample of a Locust master; not reachable when it could not be queried.
struct load_sample {
  /// False when there was no usable answer of its web API.
  bool reachable = false;
  int32_t workers = 0;
  timestamp at{};
  /// The value of `.status.load` without `sampledAt`, a JSON object; null when
  /// there are no figures.
  shared_text figures{};
  /// The number of pods that the workers run in; nothing when unknown.
  std::optional<int32_t> pods{};
  master_state state = master_state::unknown;
  /// Without an answer: the port for workers accepts connections.
  bool listens = false;
  /// Without an answer: nothing listens on the port of the web UI.
  bool refused = false;
  /// Without an answer: what came instead of it, or why nothing did.
  std::string why{};
  /// The figures as numbers, and those of the whole run; null when there are
  /// none.
  std::shared_ptr<const measured_load> measured{};
};

/// A running Locust master, as the sampler follows it.
struct followed_master {
  /// For example `http://10.244.0.7:8089` plus the base path of the web UI, or
  /// a path of the API server that leads there; empty when it has none that can
  /// be asked.
  std::string web_url;
  /// Where its workers connect, for example `http://10.244.0.7:5557`. The
  /// sampler only opens a connection there. Empty when it cannot.
  std::string worker_url;
  int32_t expected_workers = 0;
  /// Its workers seem to leave: ask soon.
  bool hurries = false;
  /// The number of users that the arguments of the master ask for, if they do.
  std::optional<int64_t> target_users{};

  bool operator==(const followed_master&) const = default;
};

/// Collect the report of a run from its Locust master, which has stopped the
/// load, and store it in a ConfigMap that the LocustTest owns.
struct keep_report {
  object_key test;
  std::string test_uid;
  /// As `followed_master::web_url`.
  std::string web_url;
  /// Begin after this time: the figures of the report still change.
  std::chrono::seconds delay{};
};

/// The Locust master of the run has ended: ask its address no more. What has
/// arrived of the report is stored.
struct drop_report {
  std::string test_uid;
};

/// What became of the report of a run.
struct report_result {
  /// The name of the ConfigMap; empty if no report was kept.
  std::string config_map;
  /// Files that are left out or shortened, joined by `, `.
  std::string omitted;
  /// Why files are, or why there is no report, in words.
  std::string message;
};

/// Another client wrote the stored status after the one that our document was
/// derived from: the state must be restored from it.
struct status_superseded {
  std::string resource_version;
  shared_text status; ///< the whole `.status`
};

/// The status writer can show new figures only with a whole document.
struct document_wanted {};

/// A timer fired. Only the newest generation counts.
struct look_again {
  uint64_t generation = 0;
};

/// This replica is the leader from now on, until the process ends. The election
/// sends it to the root actor, which forwards it to the supervisors.
struct leadership {};

} // namespace locust
