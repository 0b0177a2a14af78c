#pragma once

#include "actors/supervisor/supervisor_core.hpp"
#include "test/simulation/cluster.hpp"
#include "test/simulation/event_store.hpp"
#include "test/simulation/journal_check.hpp"
#include "test/simulation/story.hpp"
#include "test/simulation/timeline.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace locust::simulation {

/// What must hold at every moment, and what is said when it does not.
class invariants {
public:
  /// `journals`: how many replicas write one; it takes most of the time, so not
  /// in every life.
  invariants(const timeline& time, story& told, const cluster& objects,
             size_t journals);

  std::vector<std::string> problems;
  /// Runs that are called unknown although there never was one.
  int unfounded = 0;

  /// Whether a process of another replica believes now that it may write.
  std::function<bool(size_t replica)> others_may_write;
  /// Whether two replicas may write, for the reason in `known_limits`.
  std::function<bool()> may_have_two_leaders;
  /// Some machine's clock was.
  bool clock_was_set = false;
  bool clock_was_set_back = false;
  /// Nothing is in the way of any request or observation.
  bool is_calm = false;
  /// An Event was sent so often in vain that it was dropped.
  bool lost_events = false;
  /// Whether, by what is stored, the process of this identity may believe that
  /// it holds the Lease.
  std::function<bool(const std::string& identity)> may_hold_lease;
  /// Called with the state of the leader after each step.
  std::function<void(const lifecycle::state& s)> on_state;
  /// Whether the LocustTest owns the ConfigMap of this name.
  std::function<bool(const std::string& name)> owns_config_map;

  // -- step by step -----------------------------------------------------------

  /// A supervisor takes the state from a stored status.
  void begin(const lifecycle::state& s);

  void before(const lifecycle::state& s);
  void after(const lifecycle_event& event, const lifecycle::state& s,
             const commands& done);

  /// A line of the journal of this replica.
  void on_journal(size_t replica, const std::string& line);

  void on_defect(const std::string& words);
  void on_warning(const std::string& words);

  /// A write of a replica that needs a permit leaves.
  void on_write(size_t replica, const std::string& identity);

  /// A child is asked for.
  void on_request();

  /// The API server has created a child.
  void on_created(child_kind child);

  /// The API server has stored this `.status` of an operator.
  void on_stored(const std::string& document);
  /// Figures alone were stored.
  void on_figures(const std::string& status);

  /// Only what the reference operator's CRD knows of the status is left. An
  /// hour has passed, too: the API server has no Events any more.
  void forget_history();

  /// A request leaves although the API server has asked this client to wait.
  void on_impatience(const std::string& client);

  /// Before a supervisor in the state `s` gets the next figures of its master.
  void on_figures_sampled(const lifecycle::state& s,
                          const std::string& figures);

  /// A Kubernetes Event is published.
  void on_event(const publish_event& event);

  /// Nothing grows without bounds.
  void check_bounds(const supervisor_core& core);

  // -- at the end -------------------------------------------------------------

  struct circumstances {
    bool test_deleted = false;
    /// Nobody and nothing interfered.
    bool undisturbed = false;
    /// Something was missed by the operator, or may have been.
    bool blind_spots = false;
    /// Interferences, faults and repairs.
    int disturbances = 0;
    /// Requests of all replicas, those about the Lease aside.
    int requests = 0;
    const event_store* events = nullptr;
  };

  void check_end(const circumstances& how);

  /// What this replica believes at the end is what is stored.
  void check_belief(const std::string& replica, const lifecycle::state& s);

  /// What operators have stored as `.status`; nothing before the first write.
  const std::optional<lifecycle::state>& stored() const {
    return stored_;
  }

  /// Whether the history was never lost.
  bool remembers() const {
    return !forgot_;
  }

  /// Whether what a person has changed is as the operator stored it.
  bool is_put_right() const;

  /// A process starts, and believes what it finds.
  void on_process_start() {
    ++process_starts_;
    started_process_at_ = took_over_at_ = time_.now();
  }

  /// A replica becomes the leader.
  void on_lead() {
    took_over_at_ = time_.now();
  }

  bool has_journals() const {
    return !journals_.empty();
  }

  int writes() const {
    return writes_;
  }

private:
  void fail(const std::string& what);
  void check_claims(const lifecycle_event& event, const lifecycle::state& s);
  void check_history(const lifecycle::state& s);
  void check_report(const lifecycle::state& s);
  void check_result(const std::string& document, const lifecycle::state& s);
  void check_outcome(const lifecycle::state& s, const circumstances& how);
  void check_calm_end(const lifecycle::state& s);
  void check_events(const lifecycle::state& s, const event_store& events);
  void check_losses(const lifecycle::state& s, const circumstances& how);
  static int rank_of(const lifecycle::state& s);

  const timeline& time_;
  story& told_;
  const cluster& objects_;
  std::vector<journal_check> journals_;
  lifecycle::conditions conditions_;
  per_child<std::optional<lifecycle::loss>> lost_;
  int rank_ = 0;
  uint64_t revision_ = 0;
  bool ended_ = false;
  int writes_ = 0;
  std::optional<lifecycle::state> stored_;
  std::string document_;
  timestamp started_process_at_{};
  /// When a process began, or became the leader, last.
  timestamp took_over_at_{};
  /// When a master Job without a TTL was created, until a status tells of it.
  std::optional<timestamp> unrecorded_master_at_;
  /// The spec of the run may be lost with it.
  bool forgot_ = false;
  /// It was lost before the status told that all children exist: then nobody
  /// knows of a master Job that has come and gone.
  bool forgot_early_ = false;
  /// What was published under each sequence.
  std::map<uint64_t, publish_event> published_;
  int process_starts_ = 0;
  /// When a process resumed the run that it found last.
  timestamp resumed_at_{};
  /// The last two answers of a running master.
  std::string sampled_;
  std::string sampled_before_;
  std::optional<fact::ended> end_;
  /// By no operator's clock: when the run was found to be over, and when it was
  /// first stored that all of it exists.
  timestamp ended_at_{};
  std::optional<timestamp> end_stored_at_;
  std::optional<timestamp> started_at_;
};

} // namespace locust::simulation
