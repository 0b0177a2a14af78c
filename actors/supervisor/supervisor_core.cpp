#include "actors/supervisor/supervisor_core.hpp"

#include "actors/status_writer/status_patch.hpp"
#include "actors/supervisor/child_answer.hpp"
#include "actors/supervisor/finalizer.hpp"
#include "actors/supervisor/journal_record.hpp"
#include "actors/supervisor/master_address.hpp"
#include "actors/supervisor/spec_digest.hpp"
#include "actors/supervisor/status_document.hpp"

#include <algorithm>
#include <utility>

namespace locust {

using namespace lifecycle;

supervisor_core::supervisor_core(const supervisor_rules& rules,
                                 std::shared_ptr<const locust_test> test)
    : rules_(rules), settings_{rules.settings->pod_health_grace,
                               rules.settings->job_ttl_seconds},
      role_(rules.leads ? role::leading : role::following) {
  observed_.test = std::move(test);
}

supervisor_effects supervisor_core::take_effects() {
  return std::exchange(effects_, {});
}

void supervisor_core::begin_input(timestamp now) {
  now_ = now + behind_;
}

// -- inputs -------------------------------------------------------------------

supervisor_effects supervisor_core::start(timestamp now) {
  begin_input(now);
  observed_.spec = digest_of_spec();
  restore_state();
  if (leads() && rules_.elects && is_creating(state_))
    check_status();
  if (leads())
    begin_journal();
  return take_effects();
}

supervisor_effects supervisor_core::on_observation(const observation& what,
                                                   timestamp now) {
  begin_input(now);
  if (auto test = test_in(what)) {
    take_test(std::move(test));
    reconcile();
  } else if (is_end_of_test(what)) {
    if (leads() && !is_departing(state_))
      apply(fact::deleting{false});
    effects_.emplace_back(effect::quit{});
  } else if (!is_over() || std::holds_alternative<listed>(what)) {
    // A run that is over only needs observations of the LocustTest.
    observed_.observe(what, now_);
    reconcile();
  }
  return take_effects();
}

supervisor_effects supervisor_core::on_child_result(const child_result& answer,
                                                    timestamp now) {
  begin_input(now);
  observed_.observe(answer);
  apply(fact_of(answer));
  reconcile();
  return take_effects();
}

supervisor_effects supervisor_core::on_status_saved(const status_saved& saved,
                                                    timestamp now) {
  begin_input(now);
  if (documents_.knows(saved.revision))
    lineage_.confirm();
  if (auto revision = documents_.stored(saved.revision)) {
    apply(fact::stored{*revision});
    reconcile();
  }
  return take_effects();
}

supervisor_effects
supervisor_core::on_status_superseded(const status_superseded& found,
                                      timestamp now) {
  begin_input(now);
  superseded_by(found);
  return take_effects();
}

supervisor_effects supervisor_core::on_load_sample(const load_sample& sample,
                                                   timestamp now) {
  begin_input(now);
  auto heard = sample;
  heard.at += behind_;
  observed_.observe(heard, state_.run.connected);
  reconcile();
  show_load(sample);
  return take_effects();
}

supervisor_effects supervisor_core::on_timer(const look_again& due,
                                             timestamp now) {
  begin_input(now);
  if (!alarm_.rings(due.generation))
    return {};
  if (std::exchange(reads_again_, false) && role_ == role::checking) {
    role_ = role::following;
    is_creating(state_) ? check_status() : lead();
  }
  if (std::exchange(removes_again_, false) && is_held())
    remove_finalizer();
  reconcile();
  return take_effects();
}

// -- the LocustTest and its stored status -------------------------------------

void supervisor_core::take_test(std::shared_ptr<const locust_test> test) {
  bool edited = observed_.test->generation != test->generation;
  bool own = lineage_.is_own(*test, state_);
  // Once a status of ours is stored, the API server rejects those of others.
  bool newer = leads() ? !own && !lineage_.is_confirmed()
                       : !same_history(*test, *observed_.test);
  observed_.test = std::move(test);
  if (own)
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
  state_.revision = state_.stored_revision = sent;
  live_ = {};
  effects_.emplace_back(effect::log_restored{});
  await_children();
  if (again)
    begin_journal();
}

/// Durations that count from a recorded time go on at once, and not when this
/// clock has reached that time.
void supervisor_core::catch_up_with_record() {
  if (state_.clock <= now_)
    return;
  auto by = state_.clock - now_;
  behind_ += by;
  alarm_.shift(by);
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
  begin_journal();
  await_children();
  reconcile();
}

// -- the finalizer of the Go operator -----------------------------------------

/// Whether only that finalizer blocks the deletion, as far as is known.
bool supervisor_core::is_held() const {
  return is_departing(state_) && has_go_operator_finalizer(*observed_.test);
}

void supervisor_core::remove_finalizer() {
  effects_.emplace_back(
      effect::remove_finalizer{finalizer_request(*observed_.test)});
}

supervisor_effects
supervisor_core::on_finalizer_answer(const api_response& answer,
                                     timestamp now) {
  begin_input(now);
  auto trouble = finalizer_trouble(answer);
  if (trouble.empty())
    return {};
  effects_.emplace_back(effect::log_warning{std::move(trouble)});
  removes_again_ = true;
  set_timer(now_ + finalizer_delay(++remove_failures_));
  return take_effects();
}

// -- decisions ----------------------------------------------------------------

/// Acts on every difference between the observed objects and the state.
void supervisor_core::reconcile() {
  if (!observed_.knows_children())
    return;
  if (!leads()) {
    finish_jobs();
    return;
  }
  settle();
  effects_.emplace_back(effect::reconciled{alarm_.is_set()});
}

void supervisor_core::settle() {
  for (int i = 0; i < facts_per_look; ++i) {
    auto found = assess(state_, observed_, settings_, now_);
    if (!found.fact) {
      auto again = finish_jobs();
      set_timer(found.look_again ? found.look_again : again);
      follow_master();
      return;
    }
    apply(*found.fact);
  }
  effects_.emplace_back(
      effect::log_defect{"the reconciliation does not converge"});
}

void supervisor_core::apply(const lifecycle_fact& fact) {
  bool taken = std::holds_alternative<fact::taken_over>(fact) && !run_spec_;
  if (taken || std::holds_alternative<fact::accepted>(fact))
    keep_run_spec(spec_of(*observed_.test));
  lifecycle_event event{now_, observed_.test->generation, fact};
  auto revision = state_.revision;
  auto before = phase_name(state_);
  state_ = evolve(std::move(state_), event);
  if (std::holds_alternative<fact::taken_over>(fact))
    catch_up_with_record(); // its start was written by another operator
  auto todo = decide(state_, event);
  if (rules_.journals)
    effects_.emplace_back(
        effect::journal{journal_event_line(key(), uid(), event, state_, todo)});
  effects_.emplace_back(effect::log_fact{std::move(event), before,
                                         phase_name(state_),
                                         state_.revision != revision});
  for (const auto& next : todo)
    std::visit([this](const auto& c) { carry_out(c); }, next);
  if (std::holds_alternative<fact::ended>(fact))
    keep_run_spec(nullptr);
  if (std::holds_alternative<fact::deleting>(fact))
    effects_.emplace_back(effect::cancel_creations{});
}

spec_digest supervisor_core::digest_of_spec() const {
  return digest_of(*spec_of(*observed_.test), key(), *rules_.settings);
}

void supervisor_core::keep_run_spec(shared_text spec) {
  run_spec_ = std::move(spec);
  web_ui_ = run_spec_ ? reachable_web_ui(*run_spec_) : std::nullopt;
  settings_.has_web_ui = web_ui_.has_value();
  settings_.run_time = run_spec_ ? run_time(*run_spec_) : std::nullopt;
  settings_.starts_by_itself = !run_spec_ || starts_by_itself(*run_spec_);
  if (!run_spec_)
    observed_.run_hash.clear();
  else if (*run_spec_ == *spec_of(*observed_.test))
    observed_.run_hash = observed_.spec.hash;
  else
    observed_.run_hash = digest_of(*run_spec_, key(), *rules_.settings).hash;
}

void supervisor_core::carry_out(const create_child& c) {
  // A status of the Go operator does not contain the spec of the run.
  effects_.emplace_back(effect::create_child{
      c.child, run_spec_ ? run_spec_ : spec_of(*observed_.test),
      std::any_of(state_.run.children.begin(), state_.run.children.end(),
                  [](const auto& uid) { return !uid.empty(); })});
}

void supervisor_core::carry_out(const write_status& c) {
  save_status(c.urgent);
}

void supervisor_core::save_status(bool urgent) {
  std::string_view spec = run_spec_ ? *run_spec_ : std::string_view();
  effects_.emplace_back(effect::save_status{
      own_version_, documents_.add(state_.revision, state_.stored_revision),
      urgent,
      std::make_shared<const std::string>(render_status(state_, spec, live_)),
      lineage::end_of(state_), lineage_.base()});
}

/// Shows changed figures; the write may wait for more important changes.
void supervisor_core::show_load(const load_sample& sample) {
  bool changed =
      sample.figures && (!live_.load || *sample.figures != *live_.load);
  if (!changed || !leads() || !std::holds_alternative<running>(state_.at))
    return;
  live_.load = sample.figures;
  save_status(false);
}

void supervisor_core::carry_out(const publish_event& c) {
  effects_.emplace_back(effect::record_event{c});
}

void supervisor_core::carry_out(const release_finalizer&) {
  remove_finalizer();
}

// -- after the end ------------------------------------------------------------

/// Whether only the LocustTest itself matters from now on.
bool supervisor_core::is_over() const {
  return closed_ && is_settled(state_);
}

/// Suspends Jobs that still run after the end, and drops what was observed of
/// the run when they need nothing more. Returns when to look again.
std::optional<timestamp> supervisor_core::finish_jobs() {
  if (is_over() || !std::holds_alternative<ended>(state_.at))
    return std::nullopt;
  job_suspension::step todo;
  todo.done = true;
  if (rules_.suspends)
    todo = suspension_.next(state_, observed_, now_, leads());
  closed_ = todo.done;
  if (is_over())
    observed_.shrink();
  if (todo.request)
    effects_.emplace_back(effect::suspend_job{std::move(*todo.request)});
  return todo.look_again;
}

supervisor_effects supervisor_core::on_job_suspended(const api_response& answer,
                                                     timestamp now) {
  begin_input(now);
  auto done = suspension_.on_answer(state_, observed_, answer, now_);
  if (!done.trouble.empty())
    effects_.emplace_back(effect::log_warning{std::move(done.trouble)});
  if (done.event)
    effects_.emplace_back(effect::record_event{std::move(*done.event)});
  reconcile();
  return take_effects();
}

// -- timer and load sampler ---------------------------------------------------

void supervisor_core::set_timer(std::optional<timestamp> due) {
  if (auto delay = alarm_.set(due, now_))
    effects_.emplace_back(effect::set_timer{alarm_.generation(), *delay});
}

/// Makes the sampler follow the running master, if any.
void supervisor_core::follow_master() {
  auto master = master_to_follow(state_, observed_, web_ui_);
  if (master == followed_)
    return;
  followed_ = std::move(master);
  if (followed_)
    effects_.emplace_back(effect::follow_master{*followed_});
  else
    effects_.emplace_back(effect::unfollow_master{});
}

} // namespace locust
