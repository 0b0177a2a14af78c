#pragma once

#include "actors/metrics/handles.hpp"
#include "protocol/api_call.hpp"
#include "protocol/children.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/observation.hpp"

#include <array>
#include <cstdint>

// Everything that is counted, by who counts it. Values: default-constructed
// they count nowhere. docs/metrics.md has the names under which it is served.

namespace locust {

/// A request in the words of Kubernetes.
enum class api_verb : uint8_t { get, list, watch, create, update, patch, del };
inline constexpr size_t api_verb_count = 7;

/// The same as HTTP has it.
enum class http_method : uint8_t { get, post, put, patch, del };
inline constexpr size_t http_method_count = 5;

struct api_metrics {
  gauge alive;
  /// Answers to attempts, as client-go counts them; 0: none came.
  std::array<status_counter, http_method_count> attempts;
  std::array<status_counter, api_verb_count> requests;
  /// From when an attempt goes out to its answer. Not of watches.
  std::array<histogram, api_verb_count> duration;
  /// Requests that wait for their turn.
  std::array<gauge, lane_count> waiting;
};

/// Why a watch had to be opened again.
enum class watch_end : uint8_t {
  ended,   ///< by the server, in good order
  broken,  ///< the connection was lost, or silent
  refused, ///< not even opened
  expired, ///< 410: what had been seen is too old
  left,    ///< what came was of no use
};
inline constexpr size_t watch_end_count = 5;

struct watch_metrics {
  gauge alive;
  std::array<std::array<counter, watch_end_count>, watched_kind_count> restarts;
};

/// Phases of a test, for those who look at all of them.
enum class test_phase : uint8_t {
  unknown, ///< not taken up yet
  pending,
  running,
  succeeded,
  failed,
  deleting,
};
inline constexpr size_t test_phase_count = 6;

/// What came of one look of a supervisor at its test.
enum class look_end : uint8_t {
  success,       ///< nothing more to do
  error,         ///< something could not be done
  requeue_after, ///< it looks again by itself
};
inline constexpr size_t look_end_count = 3;

struct supervisor_metrics {
  gauge alive;
  std::array<gauge, test_phase_count> tests;
  /// From the moment at which it learns of something that has to be in the
  /// status at once, to when that is stored.
  histogram reaction;

  std::array<counter, look_end_count> looks;
  counter errors;
  /// Those that time does not mend.
  counter terminal_errors;
  gauge looking;
  histogram look_time;

  // What is on its way to supervisors: the root counts it in, they out.
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

struct status_metrics {
  gauge alive;
  /// Tests whose newest status is not stored yet.
  gauge pending;
};

/// Why a Kubernetes Event was not published.
enum class event_loss : uint8_t {
  too_many, ///< of its test
  no_room,  ///< too many waited for the API server
  given_up, ///< the API server did not take it
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
  /// Faults of ours that cost an answer.
  counter panics;
};

struct certificate_metrics {
  /// Pairs of files that were read.
  counter reads;
  /// Those that could not be used.
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
  /// 1 while this replica leads, 0 otherwise. Counts nowhere when no leader is
  /// elected.
  gauge leader;
};

} // namespace locust
