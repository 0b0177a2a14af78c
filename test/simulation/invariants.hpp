#pragma once

#include "actors/supervisor/supervisor_core.hpp"
#include "test/simulation/cluster.hpp"
#include "test/simulation/journal_check.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace locust::simulation {

class operator_process;

/// What must hold at every moment, and what is said when it does not.
class invariants {
public:
  invariants(bool is_verbose, bool checks_journal) : verbose(is_verbose) {
    if (checks_journal)
      journal = std::make_unique<journal_check>();
  }

  /// Whether to keep a log of all that happens.
  bool verbose;
  std::vector<std::string> problems;
  /// Runs that are called unknown although there never was one.
  int unfounded = 0;
  /// The journal; it takes most of the time, so not in every life.
  std::unique_ptr<journal_check> journal;

  // -- step by step -----------------------------------------------------------

  /// A supervisor takes the state from a stored status.
  void begin(const lifecycle::state& s);

  void before(const lifecycle::state& s);
  void after(const lifecycle_event& event, const lifecycle::state& s,
             const commands& done);

  /// A line of the journal.
  void on_journal(const std::string& line);

  void on_defect(const std::string& words);

  /// A child is asked for while this is stored.
  void on_request(const std::optional<lifecycle::state>& stored);

  /// This came of it.
  void on_creation(const cluster& cluster, const operator_process& op,
                   const child_result& result);

  /// The API server has stored this state as `.status`.
  void on_stored(const lifecycle::state& s);

  /// Only what the reference operator's CRD knows of the status is left. An
  /// hour has passed, too: the API server has no Events any more.
  void forget_history();

  /// A Kubernetes Event is published.
  void on_event(const publish_event& event,
                const std::optional<lifecycle::state>& stored);

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
    const test_plan* plan = nullptr;
  };

  void check_end(const cluster& cluster, const operator_process& op,
                 const circumstances& how);

  // -- the story, for a person ------------------------------------------------

  void log(timestamp at, const std::string& text);
  void log(timestamp at, const observation& what);
  void log(timestamp at, const command& what);
  void log(timestamp at, const child_result& what);

private:
  void fail(const std::string& what);
  void check_history(const lifecycle::state& s);
  void check_outcome(const cluster& cluster, const lifecycle::state& s,
                     const circumstances& how);
  void check_losses(const cluster& cluster, const lifecycle::state& s,
                    const circumstances& how);

  lifecycle::conditions conditions_;
  std::array<std::optional<lifecycle::loss>, child_count> lost_;
  int rank_ = 0;
  uint64_t revision_ = 0;
  bool ended_ = false;
  /// Sequence of the latest event by which a child was lost.
  uint64_t lost_at_ = 0;
  std::optional<lifecycle::state> stored_;
  /// The spec of the run may be lost with it.
  bool forgot_ = false;
  /// It was lost before the status told that all children exist: then nobody
  /// knows of a master Job that has come and gone.
  bool forgot_early_ = false;
  /// What was published under each sequence.
  std::map<uint64_t, std::string> published_;
  std::optional<fact::ended> end_;
};

} // namespace locust::simulation
