#include "test/simulation/invariants.hpp"

#include "actors/supervisor/status_document.hpp"
#include "protocol/json.hpp"
#include "test/simulation/known_limits.hpp"
#include "test/simulation/totals.hpp"

#include <algorithm>

namespace locust::simulation {

namespace {

using lifecycle::state;
using lifecycle::truth;

/// How often Locust may have been started anew: only a person's deletion of the
/// Job before allows it.
bool may_create_again(const std::vector<master_life>& masters) {
  return masters.size() < 2 || masters[masters.size() - 2].job_deleted;
}

/// Whether a child was lost after the entry of this sequence.
bool may_go_back_after(uint64_t sequence, const state& s) {
  return std::any_of(s.history.begin(), s.history.end(), [&](const auto& e) {
    return e.sequence > sequence &&
           (std::holds_alternative<fact::child_deleted>(e.event.fact) ||
            std::holds_alternative<fact::suspended>(e.event.fact));
  });
}

/// What is final when a run is over: its report may be settled later.
state without_report(state s) {
  s.run.report.reset();
  s.run.collects_report = false;
  s.observed_generation = 0;
  return s;
}

/// `.status.result` without the report, as text; empty for none.
std::string result_in(const std::string& document) {
  auto status = json::parse(document.empty() ? "{}" : document);
  if (!status || !status->HasMember("result"))
    return {};
  auto& result = (*status)["result"];
  result.RemoveMember("report");
  return result.ObjectEmpty() ? "" : json::dump_canonical(result);
}

} // namespace

invariants::invariants(const timeline& time, story& told,
                       const cluster& objects, size_t journals)
    : time_(time), told_(told), objects_(objects), journals_(journals) {
  // nop
}

void invariants::fail(const std::string& what) {
  problems.push_back(what);
  told_.log("!!! " + what);
}

int invariants::rank_of(const state& s) {
  auto phase = phase_name(s);
  if (phase == "Pending")
    return 1;
  if (phase == "Running")
    return 2;
  return phase.empty() ? 0 : 3;
}

// -- step by step -------------------------------------------------------------

void invariants::begin(const state& s) {
  conditions_ = s.conditions;
  rank_ = rank_of(s);
  ended_ = rank_ == 3;
  revision_ = s.revision;
}

void invariants::on_journal(size_t replica, const std::string& line) {
  journals_.at(replica).take(line);
}

void invariants::on_warning(const std::string& words) {
  told_.log(words);
  if (!forgot_ && !words.starts_with("could not remove the finalizer") &&
      !words.starts_with("could not suspend") &&
      !words.starts_with("another client changed the status"))
    fail(words);
}

void invariants::on_write(size_t replica, const std::string& identity) {
  if (others_may_write && others_may_write(replica) && !may_have_two_leaders())
    fail("two replicas may write at one time");
  if (may_hold_lease && !may_hold_lease(identity))
    fail(identity + " writes although it does not hold the Lease any more");
}

void invariants::on_defect(const std::string& words) {
  fail(words);
}

void invariants::before(const state& s) {
  conditions_ = s.conditions;
  lost_ = s.run.lost;
  rank_ = rank_of(s);
  ended_ = std::holds_alternative<lifecycle::ended>(s.at);
  revision_ = s.revision;
}

void invariants::after(const lifecycle_event& event, const state& s,
                       const commands& done) {
  told_.log(event, s, done);
  bool lost = std::holds_alternative<fact::child_deleted>(event.fact);
  bool leaves = std::holds_alternative<fact::deleting>(event.fact);
  if (const auto* end = std::get_if<fact::ended>(&event.fact)) {
    end_ = *end;
    ended_at_ = time_.now();
  }
  if (std::holds_alternative<fact::resumed>(event.fact))
    resumed_at_ = time_.now();
  bool held = std::holds_alternative<fact::suspended>(event.fact);
  if (!leaves && !lost && !held && rank_of(s) < rank_)
    fail("the phase went backwards by " + std::string(kind_of(event.fact)));
  bool settles = std::holds_alternative<fact::report_settled>(event.fact);
  if (ended_ && !leaves && !settles && s.revision != revision_)
    fail("a run that is over was changed");
  check_claims(event, s);
  for (auto type : lifecycle::conditions::keys()) {
    const auto& a = conditions_[type];
    const auto& b = s.conditions[type];
    if (a && !b)
      fail("a condition vanished");
    if (a && b &&
        b->last_transition !=
            (a->status == b->status ? a->last_transition : s.clock))
      fail("lastTransitionTime of " + std::string(to_string(type)) +
           " did not go with status");
  }
  const auto* gone = std::get_if<fact::child_deleted>(&event.fact);
  if (gone != nullptr && objects_.was_collected(gone->uid))
    fail("a child that went with its test is to be created again");
  for (auto child : per_child<bool>::keys())
    if (lost_[child] && s.run.lost[child] != lost_[child] &&
        !objects_.was_suspended(s.run.children[child]) &&
        (gone == nullptr || gone->child != child))
      fail("a lost pod was forgotten");
  const auto* well = find(s, lifecycle::condition_type::pods_healthy);
  bool lost_one = std::any_of(s.run.lost.begin(), s.run.lost.end(),
                              [](const auto& x) { return x.has_value(); });
  if (lost_one && well->status == truth::yes)
    fail("pods are healthy although one was lost");
  const auto* end = std::get_if<lifecycle::ended>(&s.at);
  if (end != nullptr && s.run.start_time && *s.run.start_time > end->at)
    fail("startTime is after completionTime");
  if (s.revision != revision_)
    check_history(s);
  if (on_state)
    on_state(s);
}

/// What is said of Locust is true.
void invariants::check_claims(const lifecycle_event& event, const state& s) {
  const auto& masters = objects_.masters();
  const auto& uid = s.run.children[child_kind::master_job];
  auto of = std::find_if(masters.begin(), masters.end(),
                         [&](const auto& life) { return life.uid == uid; });
  bool known = of != masters.end();
  if (std::holds_alternative<fact::running>(event.fact) && known && !of->ran)
    fail("Running, but the master's Locust container has not run");
  const auto* start = std::get_if<fact::test_started>(&event.fact);
  // What a Job says of its pods may be late, so an estimate may be wrong.
  const auto* load = std::get_if<fact::load_changed>(&event.fact);
  bool begins = (start != nullptr && !start->estimated) ||
                (load != nullptr && load->stage == load_stage::made &&
                 !objects_.plan().headless);
  if (begins && known && !of->loaded && !objects_.plan().master_lies)
    fail("the test started without all of its workers");
  if (start != nullptr && start->estimated != objects_.plan().headless &&
      !objects_.plan().master_lies)
    fail("an estimate is not called one, or a fact is");
  const auto* workers = find(s, lifecycle::condition_type::workers_connected);
  if (workers != nullptr && workers->status == truth::yes &&
      s.run.source == worker_source::unreachable)
    fail("all workers of a master that nobody can reach are connected");
}

void invariants::check_history(const state& s) {
  if (s.history.size() > lifecycle::history_limit)
    fail("the history has more than 32 entries");
  uint64_t last = 0;
  for (const auto& entry : s.history) {
    if (entry.sequence <= last)
      fail("the sequence of the history goes backwards");
    last = entry.sequence;
  }
  if (!same_meaning(lifecycle::restore(s.history), s))
    fail("the fold of the history is not the state");
}

void invariants::on_created(child_kind child) {
  const auto& masters = objects_.masters();
  told_.log("--- created " + std::string(to_string(child)));
  bool hides_a_run = clock_was_set_back && objects_.plan().ttl &&
                     known_limits::clock_set_back_hides_a_run;
  if (child == child_kind::master_job && !may_create_again(masters) &&
      !forgot_early_ && !hides_a_run)
    fail("a second run of a test that nobody deleted");
  if (child == child_kind::master_job && objects_.has_earlier_worker())
    fail("workers of an earlier test reach the new master");
  if (objects_.plan().ttl && !stored_ && child != child_kind::master_service)
    fail("a run was created that no status tells of");
  bool edited = known_limits::edit_before_the_first_status_is_used &&
                unrecorded_master_at_ &&
                *unrecorded_master_at_ <= took_over_at_;
  if (child == child_kind::master_job && !objects_.plan().ttl)
    unrecorded_master_at_ = time_.now();
  if (child == child_kind::worker_job && !forgot_ && !edited &&
      !masters.empty() && masters.back().spec != objects_.worker_spec())
    fail("master and workers are built from different specs");
}

void invariants::on_request() {
  if (stored_ && rank_of(*stored_) == 3)
    fail("a child of a test that is over is asked for");
}

void invariants::on_stored(const std::string& document) {
  auto s = read_status(document).value().state;
  told_.log("--- stored " + std::string(lifecycle::phase_name(s)) +
            ", history up to " + std::to_string(s.last_sequence));
  ++writes_;
  check_result(document, s);
  document_ = document;
  auto rank = rank_of(s);
  if (stored_) {
    if (rank < rank_of(*stored_) &&
        !may_go_back_after(stored_->last_sequence, s))
      fail("the stored phase went backwards");
    if (rank_of(*stored_) == 3 &&
        !same_meaning(without_report(*stored_), without_report(s)))
      fail("a stored terminal status was overwritten");
    const auto& started = stored_->run.start_time;
    if (started && (!s.run.start_time ||
                    to_rfc3339(*s.run.start_time) != to_rfc3339(*started)))
      fail("startTime changed");
  }
  check_report(s);
  if (s.run.start_time && !started_at_)
    started_at_ = time_.now();
  const auto& master = s.run.children[child_kind::master_job];
  const auto& lives = objects_.masters();
  if (!master.empty()) {
    unrecorded_master_at_.reset();
    if (master != lifecycle::unknown_value &&
        std::none_of(lives.begin(), lives.end(),
                     [&](const auto& life) { return life.uid == master; }))
      fail("the master Job of the run is one of an earlier test");
  }
  if (rank == 3 && !end_stored_at_)
    end_stored_at_ = time_.now();
  stored_ = std::move(s);
}

void invariants::on_figures(const std::string& status) {
  if (own_part_of(status) != own_part_of(document_))
    fail("figures are merged into a status that somebody else has written");
}

/// A run that is over has one result, which says what the run did.
void invariants::check_result(const std::string& document, const state& s) {
  auto now = result_in(document);
  auto before = result_in(document_);
  const auto* end = std::get_if<lifecycle::ended>(&s.at);
  if (end == nullptr ? !now.empty() : now.empty() && !forgot_)
    fail("a result is shown before the end, or missing after it");
  if (!before.empty() && now != before && !forgot_)
    fail("the result changed: " + now);
  if (now.empty() || end == nullptr)
    return;
  auto doc = json::parse(now);
  auto outcome = json::text_at(*doc, {"outcome"});
  if ((outcome == "Passed") != (phase_name(s) == "Succeeded") ||
      (outcome == "Unknown") != (end->cause == end_cause::outcome_unknown))
    fail("the result does not go with the phase: " + outcome);
  auto requests = json::int_at(*doc, {"requests"});
  bool is_final = json::text_at(*doc, {"figures"}) == "Final";
  if (is_final && !objects_.plan().master_lies &&
      requests != all_requests(objects_.masters().back().uid))
    fail("the final figures are not those of the last master");
}

/// The report that the status names is there, and no other takes its place.
void invariants::check_report(const state& s) {
  auto name_in = [](const state& x) {
    return x.run.report ? x.run.report->config_map : std::string();
  };
  auto name = name_in(s);
  auto before = stored_ ? name_in(*stored_) : std::string();
  if (!name.empty() && !owns_config_map(name))
    fail("the status names a report that is not there: " + name);
  if (!before.empty() && name != before && !forgot_)
    fail("a report that was kept is not named any more");
}

void invariants::forget_history() {
  forgot_ = true;
  forgot_early_ = forgot_early_ || !stored_->run.start_time;
  published_.clear();
  stored_->last_sequence = 0;
}

void invariants::on_event(const publish_event& event) {
  auto text = event.reason + ": " + event.message;
  auto [at, is_new] = published_.try_emplace(event.sequence, event);
  const auto& before = at->second;
  if (before.reason != event.reason || before.message != event.message)
    fail("two events have one name: " + before.reason + ": " + before.message +
         " / " + text);
  // They belong to no entry of the history.
  if (event.reason == "Deleting" || event.reason == "Suspended")
    return;
  if (!stored_ || stored_->last_sequence < event.sequence)
    fail("an event was published before its status was stored: " + text);
}

void invariants::on_impatience(const std::string& client) {
  fail(client + " does not wait as long as the API server has asked it to");
}

void invariants::on_figures_sampled(const state& s,
                                    const std::string& figures) {
  if (!is_calm)
    return;
  bool runs = std::holds_alternative<lifecycle::running>(s.at);
  auto users_in = [](const std::string& text) {
    return json::int_at(json::parse(text).value(), {"users"});
  };
  if (!runs)
    sampled_.clear();
  if (runs && !sampled_.empty() && !sampled_before_.empty()) {
    auto status = json::parse(status_text(objects_.test()));
    auto shown = json::int_at(*status, {"load", "users"});
    // What may wait joins a document, and these are 5 s apart.
    if (shown != users_in(sampled_) && shown != users_in(sampled_before_))
      fail("the figures in the status are older than two samples");
  }
  sampled_before_ = std::exchange(sampled_, runs ? figures : "");
}

void invariants::check_bounds(const supervisor_core& core) {
  if (core.state().outbox.size() > lifecycle::history_limit)
    fail("too many events wait to be published");
  const auto& seen = core.observed();
  if (seen.jobs.size() > 10 || seen.pods.size() > 50 ||
      seen.warnings.size() > 50)
    fail("the supervisor remembers too much");
}

} // namespace locust::simulation
