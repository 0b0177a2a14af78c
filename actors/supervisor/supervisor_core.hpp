#pragma once

#include "actors/resource_builder/spec_facts.hpp"
#include "actors/supervisor/alarm.hpp"
#include "actors/supervisor/assess.hpp"
#include "actors/supervisor/lineage.hpp"
#include "protocol/api_call.hpp"
#include "protocol/command.hpp"
#include "protocol/run_messages.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Everything that a supervisor decides about its LocustTest. A protocol
// machine: observations, answers and timers go in with the time, effects come
// out. Pure.

namespace locust {

// -- effects ------------------------------------------------------------------

namespace effect {

/// Create or adopt this child, built from `spec`; the outcome goes to
/// `on_child_result`.
struct create_child {
  child_kind child = child_kind::master_service;
  text spec; ///< JSON text, never null
};

/// Store this `.status`; the outcome goes to `on_status_saved` or
/// `on_status_superseded`.
struct save_status {
  /// The newest resourceVersion of the LocustTest that was observed with a
  /// status which the document comes from.
  std::string resource_version;
  uint64_t revision = 0;
  /// False: it may wait a moment for more changes.
  bool urgent = true;
  text document;
  /// Where its history ends, and where the history ended that it continues.
  history_mark end;
  history_mark base;
};

/// Publish this Kubernetes Event.
struct record_event {
  publish_event event;
};

/// Sample the Locust master at this URL until told otherwise; samples go to
/// `on_load_sample`.
struct follow_master {
  std::string url;
  int32_t expected_workers = 0;
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

/// Send this request, which removes a finalizer; the answer goes to
/// `on_finalizer_answer`.
struct remove_finalizer {
  api_request request;
};

/// The state was read anew from the stored status.
struct log_restored {};

/// A fact changed the state, and with it the phase from `before` to `after`.
struct log_fact {
  lifecycle_event event;
  std::string_view before;
  std::string_view after;
  /// Whether the change shows in `.status`.
  bool notable = false;
};

/// Something that a person may have to fix.
struct log_warning {
  std::string words;
};

/// A defect of the operator itself.
struct log_defect {
  std::string words;
};

/// Append this line to the journal.
struct journal {
  std::string line;
};

/// The whole of what was observed was compared with the state; `requeued` when
/// a timer will cause that to happen again.
struct reconciled {
  bool requeued = false;
};

/// The LocustTest is gone: drop what waits to be written, and quit.
struct quit {};

} // namespace effect

using supervisor_effect =
    std::variant<effect::create_child, effect::save_status,
                 effect::record_event, effect::follow_master,
                 effect::unfollow_master, effect::set_timer, effect::read_test,
                 effect::remove_finalizer, effect::log_restored,
                 effect::log_fact, effect::log_warning, effect::log_defect,
                 effect::journal, effect::reconciled, effect::quit>;
using supervisor_effects = std::vector<supervisor_effect>;

// -- the machine --------------------------------------------------------------

/// What a supervisor needs to know of the operator that it belongs to.
struct supervisor_rules {
  /// `POD_HEALTH_GRACE_SECONDS`.
  std::chrono::seconds pod_health_grace{120};
  /// `JOB_TTL_SECONDS_AFTER_FINISHED`.
  std::optional<int32_t> job_ttl_seconds;
  /// False: it only follows until `on_leadership`.
  bool leads = true;
  /// Other replicas may lead, too.
  bool elects = false;
  /// Whether there is a journal.
  bool journals = false;
};

/// Decides about one LocustTest. Its user carries out the returned effects in
/// their order. Every input brings the wall-clock time.
///
/// A follower keeps what it observes, and the state that the stored status
/// shows, but decides nothing:
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
/// Whoever acts in these two states asks for children without a write first, so
/// it has to know that its status is the newest. In all other states acting
/// begins with a write, which the API server refuses if it is not.
class supervisor_core {
public:
  /// Facts that one reconciliation may yield. A dozen is the most that a run
  /// can catch up on; more means that two policies contradict each other.
  static constexpr int facts_per_look = 64;
  /// Delay before a status is read again that could not be read.
  static constexpr std::chrono::seconds read_again_after{1};

  supervisor_core(const supervisor_rules& rules,
                  std::shared_ptr<const locust_test> test);

  /// Begins; call it once, before all others.
  supervisor_effects start(timestamp now);

  supervisor_effects on_observation(const observation& what, timestamp now);
  supervisor_effects on_child_result(const child_result& answer, timestamp now);
  supervisor_effects on_status_saved(const status_saved& saved, timestamp now);
  supervisor_effects on_status_superseded(const status_superseded& found,
                                          timestamp now);
  supervisor_effects on_load_sample(const load_sample& sample, timestamp now);
  supervisor_effects on_test_read(const api_response& answer, timestamp now);
  supervisor_effects on_finalizer_answer(const api_response& answer,
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

  /// JSON text of the spec that the run is built from, not of the latest edit;
  /// null before the run and after it.
  const text& run_spec() const {
    return run_spec_;
  }

  bool leads() const {
    return role_ == role::leading;
  }

  /// Whether the master is being sampled.
  bool follows_master() const {
    return !followed_.empty();
  }

private:
  enum class role : uint8_t { following, checking, leading };

  void begin_input(timestamp now);
  void catch_up_with_record();
  void take_test(std::shared_ptr<const locust_test> test);
  void restore_state();
  void superseded_by(const status_superseded& found);
  void await_children();
  void begin_journal();
  void check_status();
  void lead();
  bool is_held() const;
  void remove_finalizer();

  void reconcile();
  void settle();
  void apply(const lifecycle_fact& fact);
  void carry_out(const create_child& c);
  void carry_out(const write_status& c);
  void carry_out(const publish_event& c);
  void carry_out(const release_finalizer& c);

  void set_timer(std::optional<timestamp> due);
  void read_web_ui();
  void follow_master();
  supervisor_effects take_effects();

  supervisor_rules rules_;
  assess_settings settings_;
  /// Of the input that is being worked on.
  timestamp now_{};
  /// By how much the clock is behind what is on record, written by another
  /// process on another machine. No time is earlier than what happened before.
  std::chrono::microseconds behind_{0};
  supervisor_effects effects_;

  lifecycle::state state_;
  observed_objects observed_;
  lineage lineage_;
  /// The newest resourceVersion that shows a status of our own. With a later
  /// one a write would replace what another leader has stored, unseen.
  std::string own_version_;
  role role_ = role::following;
  text run_spec_;
  std::optional<web_ui_address> web_ui_;
  /// URL of the master that is being sampled; empty for none.
  std::string followed_;
  alarm alarm_;
  /// The next timer is to read the status again.
  bool reads_again_ = false;
  /// The next timer is to remove the finalizer again.
  bool removes_again_ = false;
  std::chrono::seconds remove_delay_;
};

} // namespace locust
