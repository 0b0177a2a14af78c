#include "actors/status_writer/other_conditions.hpp"
#include "actors/status_writer/status_patch.hpp"
#include "actors/supervisor/journal_record.hpp"
#include "actors/supervisor/supervisor_core.hpp"

#include <algorithm>
#include <utility>

// The part of supervisor_core that follows the LocustTest and its stored
// status, here and in the API server.

namespace locust {

using namespace lifecycle;

// -- the LocustTest and its stored status -------------------------------------

void supervisor_core::take_test(std::shared_ptr<const locust_test> test) {
  // Not by the generation: a client of v1 that changes only the annotation with
  // the rest of the spec does not raise it
  // (docs/behaviour/lifecycle.md#spec-drift).
  bool edited = *spec_of(*observed_.test) != *spec_of(*test);
  bool own = lineage_.is_own(*test, state_);
  // Once a status of ours is stored, the API server rejects those of others.
  bool newer = leads() ? !own && !lineage_.is_confirmed()
                       : !same_history(*test, *observed_.test);
  observed_.test = std::move(test);
  if (own || lineage_.is_garbled(*observed_.test, state_))
    own_version_ = observed_.test->resource_version;
  if (edited)
    observed_.spec = digest_of_spec();
  if (newer && !is_departing(state_))
    restore_state();
  if (newer && leads() && rules_.elects && is_creating(state_))
    check_status();
  if (is_held()) // it was changed before the finalizer was removed
    remove_finalizer();
}

/// Restores the state from the stored status.
void supervisor_core::restore_state() {
  auto sent = state_.revision;
  bool is_first = !lineage_.has_begun();
  bool again = lineage_.begins_at(*observed_.test) && leads();
  own_version_ = observed_.test->resource_version;
  auto taken = take_state(*observed_.test);
  if (!taken.problem.empty())
    effects_.emplace_back(effect::log_warning{std::move(taken.problem)});
  state_ = std::move(taken.state);
  keep_run_spec(std::move(taken.run_spec));
  // What a watch reports later is new.
  observed_.record_age_unknown = is_first && state_.clock > now_;
  catch_up_with_record();
  // An answer to an earlier write must not confirm a later one.
  documents_.forget();
  guard_.restored_from(*observed_.test);
  existence_.forget();
  state_.revision = state_.stored_revision = sent;
  live_ = std::move(taken.live);
  if (live_.load)
    ledger_.continue_from(*live_.load);
  figures_ = shown_figures_ = nullptr;
  effects_.emplace_back(effect::log_restored{});
  await_children();
  if (again)
    begin_journal();
}

/// Writes the status again when another client has changed it, unless a write
/// is under way, which does the same. What another leader wrote is left to
/// `lineage_`.
void supervisor_core::repair_status() {
  if (!leads() || is_departing(state_) || state_.history.empty() ||
      documents_.is_pending() || !guard_.is_spoiled(*observed_.test))
    return;
  if (!lineage_.is_own(*observed_.test, state_) &&
      !lineage_.is_garbled(*observed_.test, state_))
    return;
  if (now_ < guard_.next_repair()) {
    set_timer(guard_.next_repair());
    return;
  }
  guard_.on_repair(now_);
  effects_.emplace_back(effect::log_warning{
      "another client changed the status; writing it again"});
  save_status(true);
}

/// Durations that count from a recorded time go on at once, and not when this
/// clock has reached that time.
void supervisor_core::catch_up_with_record() {
  if (state_.clock <= now_)
    return;
  auto by = state_.clock - now_;
  behind_ += by;
  alarm_.shift(by);
  observed_.shift(by);
  settings_.asks_since += by;
  now_ = state_.clock;
}

/// The answer to a write or a read shows a status that may be newer.
void supervisor_core::superseded_by(const status_superseded& found) {
  observed_.test = later(observed_.test, found.resource_version, found.status);
  if (is_departing(state_) || lineage_.is_at(*observed_.test))
    return; // a watch reported it first
  restore_state();
  reconcile();
}

/// The status of another leader may be ahead of the watches.
void supervisor_core::await_children() {
  if (rules_.elects)
    observed_.await_until(now_ + record_patience);
  closed_ = false;
}

void supervisor_core::begin_journal() {
  if (rules_.journals)
    effects_.emplace_back(effect::journal{
        journal_start_line(key(), uid(), now_, status_text(*observed_.test))});
}

// -- writing the status -------------------------------------------------------

void supervisor_core::carry_out(const write_status& c) {
  save_status(c.urgent);
}

/// Replaces an earlier document of the same input: each one contains all before
/// it, and every write costs the API server the same.
void supervisor_core::save_status(bool urgent) {
  std::erase_if(effects_, [&](const supervisor_effect& what) {
    const auto* earlier = std::get_if<effect::save_status>(&what);
    urgent = urgent || (earlier != nullptr && earlier->urgent);
    return earlier != nullptr;
  });
  sent_ = std::make_shared<const std::string>(
      render_status(state_, packed_spec_, live_));
  effects_.emplace_back(effect::save_status{
      own_version_, documents_.add(state_.revision, state_.stored_revision),
      urgent, sent_, lineage::end_of(state_), lineage_.base(),
      other_conditions(status_text(*observed_.test)), live_.load});
  shown_figures_ = figures_;
}

bool supervisor_core::shows_figures() const {
  return leads() && std::holds_alternative<running>(state_.at);
}

/// Every document from now on has the figures of this sample.
void supervisor_core::take_figures(const load_sample& sample) {
  if (!sample.figures || !shows_figures())
    return;
  figures_ = sample.figures;
  ledger_.add(sample, web_.target_users);
  live_.load = std::make_shared<const std::string>(
      load_text(*sample.figures, ledger_.peak(), sample.at));
}

/// Stores figures that no document has taken along.
void supervisor_core::show_figures() {
  bool shown = figures_ && shown_figures_ && *figures_ == *shown_figures_;
  if (!figures_ || shown || !shows_figures())
    return;
  shown_figures_ = figures_;
  effects_.emplace_back(effect::save_figures{live_.load});
}

// -- becoming the leader ------------------------------------------------------

supervisor_effects supervisor_core::on_leadership(const leadership&,
                                                  timestamp now) {
  begin_input(now);
  // A LocustTest that looks new may have been run by the leader before.
  bool is_new = std::holds_alternative<unseen>(state_.at);
  if (role_ == role::following)
    is_creating(state_) || is_new ? check_status() : lead();
  return take_effects();
}

void supervisor_core::check_status() {
  role_ = role::checking;
  effects_.emplace_back(effect::read_test{});
}

supervisor_effects supervisor_core::on_test_read(const api_response& answer,
                                                 timestamp now) {
  begin_input(now);
  auto found = stored_test_in(*answer.body);
  if (role_ != role::checking || answer.status == 404)
    return {}; // a watch reports its deletion
  if (answer.status != 200 || !found) {
    reads_again_ = true;
    set_timer(now_ + read_again_after);
  } else if (found->uid == uid()) {
    superseded_by(
        {std::move(found->resource_version),
         std::make_shared<const std::string>(std::move(found->status))});
    lead();
  }
  return take_effects();
}

void supervisor_core::lead() {
  role_ = role::leading;
  settings_.asks_since = now_;
  begin_journal();
  await_children();
  reconcile();
}

// -- whether the LocustTest still exists --------------------------------------

/// Returns false when the fact says that a child was deleted, and it is not
/// known whether the garbage collector did it. Asks if nobody has.
bool supervisor_core::may_recreate(const lifecycle_fact& found) {
  const auto* lost = std::get_if<fact::child_deleted>(&found);
  if (lost == nullptr || existence_.outlived(lost->uid))
    return true;
  if (existence_.asks(missing_children(), now_))
    effects_.emplace_back(effect::confirm_existence{});
  return false;
}

/// The children of the state that do not exist under their uid any more.
std::set<std::string> supervisor_core::missing_children() const {
  std::set<std::string> missing;
  for (auto child : per_child<bool>::keys()) {
    const auto& known = observed_.children[child];
    const auto& uid = state_.run.children[child];
    if (!uid.empty() && !(known && known->uid == uid))
      missing.insert(uid);
  }
  return missing;
}

supervisor_effects
supervisor_core::on_existence_read(const api_response& answer, timestamp now) {
  begin_input(now);
  auto found = stored_test_in(*answer.body);
  bool is_other = found && (found->uid != uid() || found->deleting);
  if (answer.status == 404 || (answer.status == 200 && is_other)) {
    existence_.on_absent(now_);
  } else if (answer.status != 200 || !found) {
    existence_.on_failure(now_);
  } else {
    existence_.on_present();
    status_superseded shown{
        std::move(found->resource_version),
        std::make_shared<const std::string>(std::move(found->status))};
    auto test = later(observed_.test, shown.resource_version, shown.status);
    // A new leader whose watch is late may miss a child of a run that is over.
    if (leads() && !lineage_.is_confirmed() && !lineage_.is_own(*test, state_))
      superseded_by(shown);
  }
  reconcile();
  return take_effects();
}

} // namespace locust
