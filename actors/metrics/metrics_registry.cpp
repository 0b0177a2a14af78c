#include "actors/metrics/metrics_registry.hpp"

#include "actors/metrics/counters_by_status.hpp"
#include "actors/metrics/process_metrics.hpp"
#include "actors/metrics/series.hpp"
#include "actors/metrics/test_board.hpp"

#include <prometheus/text_serializer.h>

#include <utility>

namespace locust {

namespace {

using namespace series;

constexpr std::array<const char*, api_verb_count> verbs = {
    "get", "list", "watch", "create", "update", "patch", "delete"};
constexpr std::array<const char*, http_method_count> methods = {
    "GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::array<const char*, lane_count> lanes = {
    "list", "create", "status", "event", "background", "load"};
constexpr std::array<const char*, watched_kind_count> kinds = {
    "locusttests",  "services",     "jobs",         "pods",
    "pod_warnings", "job_warnings", "pod_evictions"};
constexpr std::array<const char*, watch_end_count> ends = {
    "ended", "broken", "refused", "expired", "left"};
constexpr std::array<const char*, child_outcome_count> outcomes = {
    "created", "adopted", "conflict", "refused", "failed"};
constexpr std::array<const char*, event_loss_count> losses = {
    "too_many", "no_room", "given_up"};
constexpr std::array<const char*, write_failure_count> failures = {
    "no_answer", "unauthorized", "rejected", "unavailable"};
constexpr std::array<const char*, reconcile_result_count> results = {
    "success", "error", "requeue_after"};

/// The name that dashboards of the Go operator filter by.
constexpr const char* controller = "locusttest";

// The buckets of the Go operator's libraries, so that existing queries keep
// working.
const bounds reconcile_bounds = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3,  0.35,
    0.4,   0.45, 0.5,   0.6,  0.7, 0.8,  0.9, 1,    1.25, 1.5,
    1.75,  2,    2.5,   3,    3.5, 4,    4.5, 5,    6,    7,
    8,     9,    10,    15,   20,  25,   30,  40,   50,   60};
const bounds work_bounds = {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3,
                            1e-2, 1e-1, 1,    10,   100,  1000};
const bounds latency_bounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                               1,     2.5,  5,     10,   30,  60};

} // namespace

struct metrics_registry::implementation {
  explicit implementation(const metrics_setup& setup)
      : board(setup.most_tests), elects(setup.lease.has_value()) {
    const labels of_controller = {{"controller", controller}};
    add_build(setup);
    add_api(setup);
    add_watches();
    add_tests();
    add_reconciles(of_controller, setup.workers);
    add_queue();
    add_children();
    add_events();
    add_samples();
    add_actors();
    if (setup.webhooks)
      add_webhooks();
    if (setup.certificate_files)
      add_certificates();
    if (setup.lease)
      handles.leader = book.gauges("leader_election_master_status",
                                   "1 if this replica is the leader, 0 if not.")
                           .one({{"name", *setup.lease}});
  }

  void add_build(const metrics_setup& setup) {
    book.gauges("locust_operator_build_info",
                "Always 1; the labels describe the build.")
        .one({{"version", setup.version}, {"commit", setup.commit}})
        .set(1);
  }

  void add_api(const metrics_setup& setup) {
    auto& api = handles.api;
    auto attempts = book.counters(
        "rest_client_requests_total",
        "Requests to the API server including retries, by status code, method "
        "and host.");
    for (size_t i = 0; i < http_method_count; ++i)
      api.attempts[i] = attempts.by_status(
          "code", "<error>",
          {{"method", methods[i]}, {"host", setup.api_host}});
    auto requests =
        book.counters("locust_operator_api_requests_total",
                      "Requests to the API server including retries, by verb "
                      "and status code; code 0 means no answer.");
    auto durations = book.histograms(
        "locust_operator_api_request_duration_seconds",
        "Time from sending a request to its answer, by verb.", latency_bounds);
    for (size_t i = 0; i < api_verb_count; ++i) {
      api.requests[i] = requests.by_status("code", "0", {{"verb", verbs[i]}});
      if (i != static_cast<size_t>(api_verb::watch))
        api.duration[i] = durations.one({{"verb", verbs[i]}});
    }
    book.gauges("locust_operator_api_requests_waiting",
                "Requests that wait to be sent, by lane.")
        .fill(api.waiting, "lane", lanes);
  }

  void add_watches() {
    auto restarts =
        book.counters("locust_operator_watch_restarts_total",
                      "Watches that were reopened, by watched kind and "
                      "reason.");
    for (size_t i = 0; i < watched_kind_count; ++i)
      restarts.fill(handles.watches.restarts[i], "reason", ends,
                    {{"kind", kinds[i]}});
  }

  void add_tests() {
    auto& tests = handles.supervisors;
    book.gauges("locust_operator_tests", "LocustTests, by phase.")
        .fill(tests.tests, "phase", test_phase_labels);
    tests.board = &board;
    tests.reaction =
        book.histograms("locust_operator_reaction_seconds",
                        "Time from an important change of a LocustTest, such "
                        "as its end, until its status is stored.",
                        latency_bounds)
            .one();
    tests.crashes =
        book.counters("locust_operator_supervisor_crashes_total",
                      "LocustTests that the operator stopped following after "
                      "an internal error.")
            .one();
    handles.statuses.pending =
        book.gauges("locust_operator_statuses_pending",
                    "LocustTests whose latest status is not stored yet.")
            .one();
    book.counters("locust_operator_status_write_failures_total",
                  "Writes of a status that failed and are repeated, by reason.")
        .fill(handles.statuses.failures, "reason", failures);
  }

  void add_reconciles(const labels& of, size_t workers) {
    auto& reconciling = handles.supervisors;
    book.counters("controller_runtime_reconcile_total",
                  "Reconciliations, by result.")
        .fill(reconciling.reconciles, "result", results, of);
    reconciling.errors =
        book.counters("controller_runtime_reconcile_errors_total",
                      "Reconciliations that failed.")
            .one(of);
    reconciling.terminal_errors =
        book.counters("controller_runtime_terminal_reconcile_errors_total",
                      "Reconciliations that failed with an error that a retry "
                      "cannot fix.")
            .one(of);
    reconciling.reconcile_time =
        book.histograms("controller_runtime_reconcile_time_seconds",
                        "Duration of a reconciliation.", reconcile_bounds)
            .one(of);
    reconciling.active = book.gauges("controller_runtime_active_workers",
                                     "Reconciliations in progress.")
                             .one(of);
    book.gauges("controller_runtime_max_concurrent_reconciles",
                "Maximum number of concurrent reconciliations.")
        .one(of)
        .set(static_cast<double>(workers));
  }

  void add_queue() {
    auto& queue = handles.supervisors;
    const labels of = {{"name", controller}, {"controller", controller}};
    auto with_priority = of;
    with_priority.emplace("priority", "");
    queue.queued = book.gauges("workqueue_depth",
                               "Changes that wait for their supervisor.")
                       .one(with_priority);
    queue.queued_total = book.counters("workqueue_adds_total",
                                       "Changes that were sent to supervisors.")
                             .one(of);
    queue.retries = book.counters("workqueue_retries_total",
                                  "Retried creations of child objects.")
                        .one(of);
    queue.work_time =
        book.histograms("workqueue_work_duration_seconds",
                        "Duration of a reconciliation.", work_bounds)
            .one(of);
  }

  void add_children() {
    auto creations =
        book.counters("locust_operator_child_creations_total",
                      "Creations of child objects, by kind and outcome.");
    for (const auto& row : child_rows)
      creations.fill(handles.children.creations[row.kind], "outcome", outcomes,
                     {{"child", std::string(row.metric)}});
  }

  void add_events() {
    auto& events = handles.events;
    events.recorded = book.counters("locust_operator_events_recorded_total",
                                    "Kubernetes Events of LocustTests.")
                          .one();
    book.counters("locust_operator_events_dropped_total",
                  "Kubernetes Events that were not published, by reason.")
        .fill(events.dropped, "reason", losses);
  }

  void add_samples() {
    auto samples =
        book.counters("locust_operator_load_samples_total",
                      "Requests for statistics to Locust masters, by outcome.");
    handles.samples.answered = samples.one({{"outcome", "answered"}});
    handles.samples.unanswered = samples.one({{"outcome", "unanswered"}});
  }

  void add_actors() {
    auto actors =
        book.gauges("locust_operator_actors", "Running actors, by kind.");
    auto of = [&](const char* kind) {
      return actors.one({{"kind", kind}});
    };
    handles.api.alive = of("api_client");
    handles.watches.alive = of("api_watcher");
    handles.supervisors.alive = of("supervisor");
    handles.children.alive = of("resource_builder");
    handles.statuses.alive = of("status_writer");
    handles.events.alive = of("event_recorder");
    handles.samples.alive = of("load_sampler");
  }

  void add_webhooks() {
    auto requests = book.counters("controller_runtime_webhook_requests_total",
                                  "Webhook requests, by webhook and status "
                                  "code; code 0 means no answer.");
    auto latency = book.histograms(
        "controller_runtime_webhook_latency_seconds",
        "Time from a complete request to its answer.", latency_bounds);
    auto in_flight =
        book.gauges("controller_runtime_webhook_requests_in_flight",
                    "Webhook requests in progress.");
    auto of = [&](const char* path) {
      labels webhook = {{"webhook", path}};
      return webhook_metrics{requests.by_status("code", "0", webhook),
                             latency.one(webhook),
                             in_flight.one(webhook),
                             {}};
    };
    handles.validation = of("/validate-locust-io-v2-locusttest");
    handles.conversion = of("/convert");
    handles.validation.panics =
        book.counters("controller_runtime_webhook_panics_total",
                      "Internal errors that prevented an answer of the "
                      "admission webhook.")
            .one();
    handles.conversion.panics =
        book.counters("controller_runtime_conversion_webhook_panics_total",
                      "Internal errors that prevented an answer of the "
                      "conversion webhook.")
            .one();
  }

  void add_certificates() {
    handles.certificates.reads =
        book.counters("certwatcher_read_certificate_total",
                      "Certificates read from files.")
            .one();
    handles.certificates.read_errors =
        book.counters("certwatcher_read_certificate_errors_total",
                      "Certificate files that could not be read or used.")
            .one();
  }

  /// Others would serve what the leader serves, without the load.
  bool serves_tests() const {
    return !elects || handles.leader.value() > 0;
  }

  series_book book;
  test_board board;
  bool elects = false;
  operator_metrics handles;
};

metrics_registry::metrics_registry(const metrics_setup& setup)
    : all_(std::make_unique<implementation>(setup)) {
  // nop
}

metrics_registry::~metrics_registry() {
  // Out of line: `implementation` is complete only here.
}

const operator_metrics& metrics_registry::handles() const {
  return all_->handles;
}

std::string metrics_registry::text() const {
  auto families = all_->book.collect();
  for (auto& one : process_metrics())
    families.push_back(std::move(one));
  if (all_->serves_tests())
    for (auto& one : families_of(all_->board.census()))
      families.push_back(std::move(one));
  return prometheus::TextSerializer().Serialize(families);
}

} // namespace locust
