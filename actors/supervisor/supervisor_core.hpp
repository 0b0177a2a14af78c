#pragma once

#include "actors/supervisor/after_end.hpp"
#include "actors/supervisor/alarm.hpp"
#include "actors/supervisor/assess.hpp"
#include "actors/supervisor/document_ledger.hpp"
#include "actors/supervisor/existence.hpp"
#include "actors/supervisor/lineage.hpp"
#include "actors/supervisor/load_ledger.hpp"
#include "actors/supervisor/master_address.hpp"
#include "actors/supervisor/status_document.hpp"
#include "actors/supervisor/status_guard.hpp"
#include "protocol/api_call.hpp"
#include "protocol/command.hpp"
#include "protocol/finished_run.hpp"
#include "protocol/operator_settings.hpp"
#include "protocol/run_messages.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Makes all decisions about one LocustTest. A protocol state machine: inputs
// are observations, answers and timers, each with the time; outputs are
// effects. Pure.

namespace locust {

// -- effects ------------------------------------------------------------------

namespace effect {

/// Create or adopt this child, built from `spec`; the outcome goes to
/// `on_child_result`.
struct create_child {
  child_kind child = child_kind::master_service;
  shared_text spec; ///< JSON text, never null
  /// The run has a child already.
  bool begun = false;
};

/// The LocustTest is being deleted, or the run has ended: drop all queued
/// creations.
struct cancel_creations {};

/// Store this `.status`; the outcome goes to `on_status_saved` or
/// `on_status_superseded`.
struct save_status {
  /// The newest resourceVersion of the LocustTest that was observed with a
  /// status which the document comes from.
  std::string resource_version;
  /// Number of the document; see `document_ledger`.
  uint64_t revision = 0;
  /// False: the write may wait so that later changes join it.
  bool urgent = true;
  shared_text document;
  /// The end of its history, and the end of the stored history that it extends.
  history_mark end;
  history_mark base;
  /// Conditions of other controllers at `resource_version`, as a JSON list;
  /// empty for none.
  std::string other_conditions;
  /// `load` of the document; null for none.
  shared_text load;
};

/// Only the figures have changed since the last document. Store them, or ask
/// for a document by `on_document_wanted`.
struct save_figures {
  shared_text load; ///< `.status.load`, never null
};

/// Publish this Kubernetes Event.
struct record_event {
  publish_event event;
};

/// Sample this Locust master until `unfollow_master`; samples go to
/// `on_load_sample`.
struct follow_master {
  followed_master master;
};

/// Stop sampling.
struct unfollow_master {};

/// Call `on_timer` with `generation` after `delay`.
struct set_timer {
  uint64_t generation = 0;
  std::chrono::microseconds delay{};
};

/// Read the LocustTest from the API server; the answer goes to `on_test_read`.
struct read_test {};

/// The same, because a child has disappeared; the answer goes to
/// `on_existence_read`.
struct confirm_existence {};

/// Send this request, which removes a finalizer; the answer goes to
/// `on_finalizer_answer`.
struct remove_finalizer {
  api_request request;
};

/// Send this request, which suspends a Job after the end of the run; the answer
/// goes to `on_job_suspended`.
struct suspend_job {
  api_request request;
};

/// Collect the report of the run from this master, as `keep_report`; the
/// outcome goes to `on_report_settled`.
struct keep_report {
  std::string web_url;
  std::chrono::seconds delay{};
};

/// The master has ended: fetch nothing more of the report.
struct drop_report {};

/// The state was restored from the stored status.
struct log_restored {};

/// A fact changed the state; the phase went from `before` to `after`.
struct log_fact {
  lifecycle_event event;
  std::string_view before;
  std::string_view after;
  /// Whether the change appears in `.status`.
  bool notable = false;
};

/// A problem that a user may have to fix.
struct log_warning {
  std::string words;
};

/// A bug in the operator.
struct log_defect {
  std::string words;
};

/// Append this line to the journal.
struct journal {
  std::string line;
};

/// All observations were compared with the state; `requeued` if a timer
/// triggers the next reconciliation.
struct reconciled {
  bool requeued = false;
};

/// The run needs nothing more: until the LocustTest changes, `run` can take the
/// place of this core, if it has processed all observations.
struct retire {
  /// The number of observations so far.
  uint64_t heard = 0;
  std::shared_ptr<const finished_run> run;
};

/// The LocustTest is gone: drop pending writes, and quit.
struct quit {};

} // namespace effect

using supervisor_effect = std::variant<
    effect::create_child, effect::cancel_creations, effect::save_status,
    effect::save_figures, effect::record_event, effect::follow_master,
    effect::unfollow_master, effect::set_timer, effect::read_test,
    effect::confirm_existence, effect::remove_finalizer, effect::suspend_job,
    effect::keep_report, effect::drop_report, effect::log_restored,
    effect::log_fact, effect::log_warning, effect::log_defect, effect::journal,
    effect::reconciled, effect::retire, effect::quit>;
using supervisor_effects = std::vector<supervisor_effect>;

// -- the machine --------------------------------------------------------------

/// What a supervisor needs to know about its operator.
struct supervisor_rules {
  /// Never null.
  std::shared_ptr<const operator_settings> settings;
  /// False: it only observes until `on_leadership`.
  bool leads = true;
  /// Other replicas can become the leader, too.
  bool elects = false;
  /// Whether there is a journal.
  bool journals = false;
  /// Whether Jobs that still run after the end are suspended (`--after-end`).
  bool suspends = true;
  master_access access = master_access::direct;
  /// Whether reports are collected (`--reports`).
  bool keeps_reports = false;
};

/// Decides about one LocustTest. The caller performs the returned effects in
/// their order. Every input carries the wall-clock time.
///
/// A follower keeps its observations and the state of the stored status, but
/// makes no decisions:
///
///                 is new or creating              answer: newest status
///   +-----------+ --------------------> +----------+ ------> +---------+
///   | following |                       | checking |         | leading |
///   +-----------+ <-- a status that --- +----------+         +---------+
///        |            is still newer      ^  | no answer: again      ^ |
///        |                                |  v                       | |
///        |     any other state            +--+                       | |
///        +-----------------------------------------------------------+ |
///                                         ^     a creating status of   |
///                                         +---- another leader --------+
///
/// For a test that is new or in the phase `creating`, a leader may request
/// children without a status write first, so it must know that its status is
/// the newest. In all other phases it starts with a write, which the API server
/// rejects if it is not.
class supervisor_core {
public:
  /// Maximum number of facts in one reconciliation. A run needs at most a dozen
  /// to catch up; more means that two policies contradict each other.
  static constexpr int facts_per_look = 64;
  /// Delay before the status is read again after a failure.
  static constexpr std::chrono::seconds read_again_after{1};

  /// `stored_here`: this process has stored the status of `test`.
  supervisor_core(const supervisor_rules& rules,
                  std::shared_ptr<const locust_test> test,
                  bool stored_here = false);

  /// Starts the core. Call it once, before all other functions.
  supervisor_effects start(timestamp now);

  supervisor_effects on_observation(const observation& what, timestamp now);
  supervisor_effects on_child_result(const child_result& answer, timestamp now);
  supervisor_effects on_status_saved(const status_saved& saved, timestamp now);
  supervisor_effects on_status_superseded(const status_superseded& found,
                                          timestamp now);
  supervisor_effects on_document_wanted(const document_wanted&, timestamp now);
  supervisor_effects on_load_sample(const load_sample& sample, timestamp now);
  supervisor_effects on_test_read(const api_response& answer, timestamp now);
  supervisor_effects on_existence_read(const api_response& answer,
                                       timestamp now);
  supervisor_effects on_finalizer_answer(const api_response& answer,
                                         timestamp now);
  supervisor_effects on_job_suspended(const api_response& answer,
                                      timestamp now);
  supervisor_effects on_report_settled(const report_result& found,
                                       timestamp now);
  supervisor_effects on_timer(const look_again& due, timestamp now);
  /// This replica is the leader from now on.
  supervisor_effects on_leadership(const leadership&, timestamp now);

  const lifecycle::state& state() const {
    return state_;
  }

  const observed_objects& observed() const {
    return observed_;
  }

  const object_key& key() const {
    return observed_.test->key;
  }

  const std::string& uid() const {
    return observed_.test->uid;
  }

  /// JSON text of the spec that the run is created from, not of the latest
  /// edit; null before the run and after it.
  const shared_text& run_spec() const {
    return run_spec_;
  }

  bool leads() const {
    return role_ == role::leading;
  }

  /// Whether the master is being sampled.
  bool follows_master() const {
    return followed_.has_value();
  }

  /// Whether a report is being collected from the master.
  bool asks_for_report() const {
    return report_from_ && !report_dropped_;
  }

private:
  enum class role : uint8_t { following, checking, leading };

  void begin_input(timestamp now);
  void catch_up_with_record();
  void take_test(std::shared_ptr<const locust_test> test);
  void restore_state();
  void repair_status();
  void superseded_by(const status_superseded& found);
  void await_children();
  void begin_journal();
  void check_status();
  void lead();
  bool may_recreate(const lifecycle_fact& found);
  std::set<std::string> missing_children() const;
  bool is_held() const;
  void remove_finalizer();

  void reconcile();
  void settle();
  void apply(const lifecycle_fact& fact);
  void carry_out(const create_child& c);
  void carry_out(const write_status& c);
  void carry_out(const publish_event& c);
  void carry_out(const release_finalizer& c);
  void carry_out(const collect_report& c);
  void give_up_report();
  void drop_report_unless(const std::optional<followed_master>& master);
  void save_status(bool urgent);
  bool shows_figures() const;
  void take_figures(const load_sample& sample);
  void show_figures();
  void follow_load(const lifecycle_fact& fact);
  void take_result(const fact::ended& end);

  bool is_over() const;
  void retire();
  std::optional<timestamp> finish_jobs();
  void set_timer(std::optional<timestamp> due);
  spec_digest digest_of_spec() const;
  void keep_run_spec(shared_text spec);
  void ask_master_of(const shared_text& spec);
  void follow_master();
  supervisor_effects take_effects();

  supervisor_rules rules_;
  assess_settings settings_;
  /// Time of the current input.
  timestamp now_{};
  /// By how much the clock is behind what is on record, written by another
  /// process on another machine. No time is earlier than what happened before.
  std::chrono::microseconds behind_{0};
  supervisor_effects effects_;

  lifecycle::state state_;
  observed_objects observed_;
  lineage lineage_;
  existence existence_;
  live_status live_;
  load_ledger ledger_;
  /// Of the last sample, and those that were sent last.
  shared_text figures_;
  shared_text shown_figures_;
  document_ledger documents_;
  status_guard guard_;
  /// The document that was sent last, until it is stored.
  shared_text sent_;
  /// The newest resourceVersion that shows a status of our own. With a later
  /// one a write would replace what another leader has stored, unseen.
  std::string own_version_;
  role role_ = role::following;
  shared_text run_spec_;
  /// The same, as the status contains it.
  packed_spec packed_spec_;
  web_access web_;
  /// The sampled master, if any.
  std::optional<followed_master> followed_;
  /// `web_url` of the master whose report is being collected, until the answer.
  std::optional<std::string> report_from_;
  bool report_dropped_ = false;
  /// A report is due, and cannot be collected.
  bool report_lost_ = false;
  alarm alarm_;
  /// The next timer reads the status again.
  bool reads_again_ = false;
  /// The next timer removes the finalizer again.
  bool removes_again_ = false;
  unsigned remove_failures_ = 0;
  /// Requested children without an answer; one may still come to be.
  unsigned creations_ = 0;
  job_suspension suspension_;
  /// Nothing more has to be done about the run.
  bool closed_ = false;
  bool stored_here_ = false;
  /// Number of observations.
  uint64_t heard_ = 0;
};

} // namespace locust
