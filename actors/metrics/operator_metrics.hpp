#pragma once

#include "actors/metrics/handles.hpp"
#include "protocol/api_call.hpp"
#include "protocol/children.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/observation.hpp"

#include <array>
#include <cstdint>

// Handles by the actor that counts with them. Default-constructed ones do
// nothing. docs/metrics.md lists the series.

namespace locust {

class test_board;

/// The verb of a Kubernetes API request.
enum class api_verb : uint8_t { get, list, watch, create, update, patch, del };
inline constexpr size_t api_verb_count = 7;

/// The HTTP method of that request.
enum class http_method : uint8_t { get, post, put, patch, del };
inline constexpr size_t http_method_count = 5;

struct api_metrics {
  gauge alive;
  /// As client-go counts them; status 0: no answer.
  std::array<status_counter, http_method_count> attempts;
  std::array<status_counter, api_verb_count> requests;
  /// From sending an attempt to its answer; not used for watches.
  std::array<histogram, api_verb_count> duration;
  /// Requests that wait to be sent.
  std::array<gauge, lane_count> waiting;
};

/// Why a watch was reopened.
enum class watch_end : uint8_t {
  ended,   ///< the server closed it, as it does regularly
  broken,  ///< the connection was lost or silent
  refused, ///< the server did not open it
  expired, ///< 410: the resource version is too old
  left,    ///< an event could not be used
};
inline constexpr size_t watch_end_count = 5;

struct watch_metrics {
  gauge alive;
  std::array<std::array<counter, watch_end_count>, watched_kind_count> restarts;
};

/// Phases of a test as `locust_operator_tests` labels them.
enum class test_phase : uint8_t {
  unknown, ///< not reconciled yet
  pending,
  running,
  succeeded,
  failed,
  deleting,
};
inline constexpr size_t test_phase_count = 6;
inline constexpr std::array<const char*, test_phase_count> test_phase_labels = {
    "Unknown", "Pending", "Running", "Succeeded", "Failed", "Deleting"};

/// The result of a reconciliation, as controller-runtime labels it.
enum class reconcile_result : uint8_t {
  success,       ///< nothing left to do
  error,         ///< something failed
  requeue_after, ///< a timer is set for the next one
};
inline constexpr size_t reconcile_result_count = 3;

struct supervisor_metrics {
  gauge alive;
  std::array<gauge, test_phase_count> tests;
  /// The series of single tests; null for none.
  test_board* board = nullptr;
  /// From when the supervisor learns of a change that must be in the status at
  /// once until that status is stored.
  histogram reaction;

  std::array<counter, reconcile_result_count> reconciles;
  counter errors;
  /// Errors that a retry cannot fix.
  counter terminal_errors;
  gauge active;
  histogram reconcile_time;
  /// Supervisors that ended with an internal error.
  counter crashes;

  // Messages on their way to supervisors: the root adds, supervisors subtract.
  gauge queued;
  counter queued_total;
  counter retries;
  histogram work_time;
};

inline constexpr size_t child_outcome_count = 5;

struct child_metrics {
  gauge alive;
  /// By `child_kind` and `child_result::outcome`.
  per_child<std::array<counter, child_outcome_count>> creations;
};

/// Why the write of a status failed, so that it is repeated.
enum class write_failure : uint8_t {
  no_answer,
  unauthorized, ///< 401, 403
  rejected,     ///< any other 4xx, for example by an admission webhook
  unavailable,  ///< 429, 5xx
};
inline constexpr size_t write_failure_count = 4;

/// Returns the reason for an HTTP status other than success; 0: no answer.
constexpr write_failure write_failure_of(int status) {
  if (status == 401 || status == 403)
    return write_failure::unauthorized;
  if (status == 429 || status >= 500)
    return write_failure::unavailable;
  return status >= 400 ? write_failure::rejected : write_failure::no_answer;
}

struct status_metrics {
  gauge alive;
  /// Tests whose latest status is not stored yet.
  gauge pending;
  std::array<counter, write_failure_count> failures;
};

/// Why a Kubernetes Event was not published.
enum class event_loss : uint8_t {
  too_many, ///< too many Events of one test
  no_room,  ///< the queue to the API server was full
  given_up, ///< the API server did not accept it
};
inline constexpr size_t event_loss_count = 3;

struct event_metrics {
  gauge alive;
  counter recorded;
  std::array<counter, event_loss_count> dropped;
};

struct sample_metrics {
  gauge alive;
  counter answered;
  counter unanswered;
};

struct webhook_metrics {
  status_counter requests;
  histogram latency;
  gauge in_flight;
  /// Internal errors that prevented an answer.
  counter panics;
};

struct certificate_metrics {
  /// Pairs of files read.
  counter reads;
  /// Pairs that could not be used.
  counter read_errors;
};

struct operator_metrics {
  api_metrics api;
  watch_metrics watches;
  supervisor_metrics supervisors;
  child_metrics children;
  status_metrics statuses;
  event_metrics events;
  sample_metrics samples;
  webhook_metrics validation;
  webhook_metrics conversion;
  certificate_metrics certificates;
  /// 1 while this replica is the leader, 0 otherwise. Does nothing without
  /// leader election.
  gauge leader;
};

} // namespace locust
