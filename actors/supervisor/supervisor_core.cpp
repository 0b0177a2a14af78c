#include "actors/supervisor/supervisor_core.hpp"

#include "actors/supervisor/child_answer.hpp"
#include "actors/supervisor/finalizer.hpp"
#include "actors/supervisor/journal_record.hpp"
#include "actors/supervisor/spec_digest.hpp"
#include "actors/supervisor/status_document.hpp"

#include <algorithm>
#include <utility>

namespace locust {

using namespace lifecycle;

supervisor_core::supervisor_core(const supervisor_rules& rules,
                                 std::shared_ptr<const locust_test> test,
                                 bool stored_here)
    : rules_(rules), settings_{rules.settings->pod_health_grace,
                               rules.settings->job_ttl_seconds},
      role_(rules.leads ? role::leading : role::following),
      stored_here_(stored_here) {
  observed_.test = std::move(test);
  settings_.keeps_reports = rules.keeps_reports;
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
  if (stored_here_)
    lineage_.confirm();
  if (leads() && rules_.elects && is_creating(state_))
    check_status();
  settings_.asks_since = now_;
  if (leads())
    begin_journal();
  return take_effects();
}

supervisor_effects supervisor_core::on_observation(const observation& what,
                                                   timestamp now) {
  begin_input(now);
  ++heard_;
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
  creations_ -= creations_ > 0 ? 1 : 0;
  observed_.observe(answer);
  apply(fact_of(answer, key().name));
  reconcile();
  return take_effects();
}

supervisor_effects supervisor_core::on_status_saved(const status_saved& saved,
                                                    timestamp now) {
  begin_input(now);
  bool known = documents_.knows(saved.revision);
  auto revision = documents_.stored(saved.revision);
  if (known)
    lineage_.confirm();
  if (known && !documents_.is_pending() && sent_)
    guard_.stored(std::exchange(sent_, nullptr), saved.resource_version);
  if (revision) {
    apply(fact::stored{*revision});
    reconcile();
  } else {
    repair_status(); // the watch may have been faster than the answer
    retire();
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
  take_figures(heard);
  reconcile();
  show_figures();
  return take_effects();
}

supervisor_effects supervisor_core::on_document_wanted(const document_wanted&,
                                                       timestamp now) {
  begin_input(now);
  if (shows_figures())
    save_status(false);
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
    set_timer(finish_jobs());
    retire();
    return;
  }
  repair_status();
  settle();
  effects_.emplace_back(effect::reconciled{alarm_.is_set()});
  retire();
}

void supervisor_core::settle() {
  for (int i = 0; i < facts_per_look; ++i) {
    give_up_report();
    auto found = assess(state_, observed_, settings_, now_);
    if (found.fact && !may_recreate(*found.fact))
      found = {{}, existence_.next_read()};
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
  follow_load(fact);
  auto todo = decide(state_, event);
  if (rules_.journals)
    effects_.emplace_back(
        effect::journal{journal_event_line(key(), uid(), event, state_, todo)});
  effects_.emplace_back(effect::log_fact{std::move(event), before,
                                         phase_name(state_),
                                         state_.revision != revision});
  for (const auto& next : todo)
    std::visit([this](const auto& c) { carry_out(c); }, next);
  const auto* end = std::get_if<fact::ended>(&fact);
  if (end != nullptr)
    keep_run_spec(nullptr);
  if (std::holds_alternative<fact::deleting>(fact) ||
      (end != nullptr && creations_ > 0))
    effects_.emplace_back(effect::cancel_creations{});
}

spec_digest supervisor_core::digest_of_spec() const {
  return digest_of(*spec_of(*observed_.test), key(), *rules_.settings);
}

void supervisor_core::keep_run_spec(shared_text spec) {
  run_spec_ = std::move(spec);
  packed_spec_ = run_spec_ ? pack_spec(*run_spec_) : packed_spec{};
  ask_master_of(run_spec_);
  settings_.run_time = run_spec_ ? run_time(*run_spec_) : std::nullopt;
  settings_.starts_by_itself = !run_spec_ || starts_by_itself(*run_spec_);
  if (!run_spec_)
    observed_.run_hash.clear();
  else if (*run_spec_ == *spec_of(*observed_.test))
    observed_.run_hash = observed_.spec.hash;
  else
    observed_.run_hash = digest_of(*run_spec_, key(), *rules_.settings).hash;
}

/// Finds out how a master that is built from this spec can be asked.
void supervisor_core::ask_master_of(const shared_text& spec) {
  web_ = {};
  settings_.reach = {false, {}, rules_.access == master_access::direct};
  if (!spec)
    return;
  auto found = reachable_web_ui(*spec, rules_.access);
  settings_.reach.asks = found.has_value();
  if (found)
    web_.web_ui = std::move(*found);
  else
    settings_.reach.why_not = found.error().message;
  if (starts_by_itself(*spec))
    web_.target_users = target_users(*spec);
  web_.stays = stays_after_load(*spec);
}

void supervisor_core::carry_out(const create_child& c) {
  ++creations_;
  // A status of the Go operator does not contain the spec of the run.
  effects_.emplace_back(effect::create_child{
      c.child, run_spec_ ? run_spec_ : spec_of(*observed_.test),
      std::any_of(state_.run.children.begin(), state_.run.children.end(),
                  [](const auto& uid) { return !uid.empty(); })});
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

/// Offers what a finished run needs in place of this core, when the watch shows
/// the stored status and no answer is awaited.
void supervisor_core::retire() {
  const auto& test = *observed_.test;
  if (!is_over() || !observed_.knows_children() || test.deleting ||
      role_ == role::checking || (leads() && state_.restored) ||
      documents_.is_pending() || !guard_.is_shown_by(test))
    return;
  if (now_ < guard_.calm_at()) {
    set_timer(guard_.calm_at());
    return;
  }
  const auto& end = std::get<ended>(state_.at);
  finished_run run;
  run.resource_version = test.resource_version;
  run.generation = test.generation;
  run.packed_status = pack_status(status_text(test));
  run.ended_at = end.at;
  run.succeeded = end.cause == end_cause::master_completed;
  run.stored_here = lineage_.is_confirmed();
  effects_.emplace_back(effect::retire{
      heard_, std::make_shared<const finished_run>(std::move(run))});
}

/// Suspends Jobs that still run after the end, and drops what was observed of
/// the run when they need nothing more. A new leader would take a suspension
/// before the end is stored for that of a person. Returns when to look again.
std::optional<timestamp> supervisor_core::finish_jobs() {
  if (is_over() || !std::holds_alternative<ended>(state_.at))
    return std::nullopt;
  job_suspension::step todo;
  todo.done = true;
  if (rules_.suspends)
    todo = suspension_.next(state_, observed_, now_,
                            leads() && is_settled(state_));
  closed_ = todo.done && !report_from_ && creations_ == 0;
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
  auto master = master_to_follow(state_, observed_, web_, rules_.access);
  drop_report_unless(master);
  if (master == followed_)
    return;
  followed_ = std::move(master);
  if (followed_)
    effects_.emplace_back(effect::follow_master{*followed_});
  else
    effects_.emplace_back(effect::unfollow_master{});
}

} // namespace locust
