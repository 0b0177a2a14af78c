#include "actors/supervisor/supervisor_actor.hpp"

#include "actors/resource_builder/spec_facts.hpp"
#include "actors/status_writer/status_patch.hpp"
#include "actors/supervisor/alarm.hpp"
#include "actors/supervisor/assess.hpp"
#include "actors/supervisor/child_answer.hpp"
#include "actors/supervisor/finalizer_patch.hpp"
#include "actors/supervisor/finalizer_release.hpp"
#include "actors/supervisor/journal_record.hpp"
#include "actors/supervisor/lineage.hpp"
#include "actors/supervisor/master_address.hpp"
#include "actors/supervisor/spec_digest.hpp"
#include "actors/supervisor/status_document.hpp"
#include "actors/supervisor/story.hpp"
#include "actors/supervisor/test_meter.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace locust {

namespace {

using namespace std::chrono_literals;

/// Facts that one look at the world may yield. A dozen is the most that a run
/// can catch up on; more means that two policies contradict each other.
constexpr int facts_per_look = 64;

/// A creation is answered by the client's own deadline and its repeats; this is
/// for the case that the answer got lost on the way.
constexpr auto creation_deadline = 2min;

/// For a status that could not be read when it had to be.
constexpr auto check_again_after = 1s;

class supervisor_state {
public:
  using pointer = supervisor_actor::stateful_pointer<supervisor_state>;

  static inline const char* name = "locust.supervisor";

  explicit supervisor_state(pointer self) : self_(self) {
    // nop
  }

  ~supervisor_state() {
    if (setup_ && !followed_.empty())
      caf::anon_send(setup_->sampler, unfollow_master{world_.test->uid});
  }

  void start(std::shared_ptr<const supervisor_setup> setup,
             std::shared_ptr<const locust_test> test) {
    setup_ = std::move(setup);
    meter_.emplace(setup_->metrics);
    settings_ = {setup_->settings->pod_health_grace,
                 setup_->settings->job_ttl_seconds};
    leads_ = setup_->leads;
    see_test(std::move(test));
    if (leads_)
      note_start();
  }

  // -- messages ---------------------------------------------------------------

  void see(const observation& what) {
    meter_->heard();
    if (auto test = test_in(what)) {
      see_test(std::move(test));
      look();
      return;
    }
    if (is_end_of_test(what)) {
      see_departure();
      return;
    }
    if (is_settled(state_) && !std::holds_alternative<listed>(what))
      return; // nothing in the world changes a run that is over
    world_.see(what, setup_->now());
    look();
  }

  void see(const child_result& answer) {
    world_.see(answer);
    if (answer.what >= child_result::outcome::refused)
      meter_->failed(!answer.transient);
    apply(fact_of(answer));
    look();
  }
  void see(const status_saved& saved) {
    meter_->is_stored(saved.revision, self_->clock().now());
    lineage_.confirm();
    apply(stored{saved.revision});
    if (is_settled(state_))
      world_.shrink();
    look();
  }

  /// The answer to a write, or to `check`.
  void see(const status_superseded& found) {
    world_.test = later(world_.test, found.resource_version, found.status);
    if (is_departing(state_) || lineage_.is_at(*world_.test))
      return; // a watch was quicker
    take_up();
    look();
  }

  void see(const load_sample& sample) {
    world_.see(sample, state_.run.connected);
    look();
  }

  void see(const look_again& due) {
    if (!alarm_.rings(due.generation))
      return;
    if (is_held())
      carry_out(release_finalizer{});
    look();
  }

  /// The follower becomes the leader.
  void see(const leadership&) {
    if (leads_)
      return;
    is_creating(state_) ? check() : lead();
  }

private:
  const object_key& key() const {
    return world_.test->key;
  }
  const std::string& uid() const {
    return world_.test->uid;
  }

  void see_test(std::shared_ptr<const locust_test> test) {
    bool edited = !world_.test || world_.test->generation != test->generation;
    bool news = !world_.test || (leads_ ? lineage_.must_follow(*test, state_)
                                        : !same_status(*test, *world_.test));
    world_.test = std::move(test);
    if (edited)
      world_.spec = digest_of(world_.test->spec ? *world_.test->spec : "");
    if (news && !is_departing(state_))
      take_up();
    if (news && leads_ && setup_->elects && is_creating(state_)) {
      leads_ = false;
      check();
    }
    if (is_held()) // it was changed before we took it off
      carry_out(release_finalizer{});
  }

  /// Takes the state from the status that is stored.
  void take_up() {
    auto sent = state_.revision;
    bool again = lineage_.begins_at(*world_.test) && leads_;
    auto taken = take_state(*world_.test);
    if (!taken.problem.empty())
      tell_trouble(*world_.test, taken.problem);
    state_ = std::move(taken.state);
    run_spec_ = std::move(taken.run_spec);
    // An answer to what was sent before must confirm nothing of what comes now.
    state_.revision = state_.stored_revision = sent;
    meter_->is_in(state_);
    read_web_ui();
    await_children();
    if (again)
      note_start();
  }

  /// What another leader has stored may be ahead of our watches.
  void await_children() {
    if (setup_->elects)
      world_.await_until(setup_->now() + record_patience);
    if (is_settled(state_))
      world_.shrink();
  }

  void note_start() const {
    journal(journal_start_line(key(), uid(), setup_->now(),
                               status_text(*world_.test)));
  }

  // -- becoming the leader ----------------------------------------------------

  void lead() {
    leads_ = true;
    note_start();
    await_children();
    look();
  }

  /// Leads when the status at hand is the newest there is. All that is done in
  /// another state begins with a write, which is refused if it is not.
  void check() {
    ask(read_test(key()), &supervisor_state::see_checked);
  }

  void see_checked(const api_response& answer) {
    auto found = stored_test_in(*answer.body);
    if (answer.status == 200 && found) {
      if (found->uid != uid())
        return; // a watch will say that it is gone
      see(status_superseded{
          std::move(found->resource_version),
          std::make_shared<const std::string>(std::move(found->status))});
      lead();
    } else if (answer.status != 404) {
      self_->delayed_send(self_, check_again_after, leadership{});
    }
  }

  /// Whether only the finalizer of the reference operator is in the way of a
  /// deletion, as far as we can tell.
  bool is_held() const {
    return is_departing(state_) && has_reference_finalizer(*world_.test);
  }

  void see_departure() {
    if (leads_ && !is_departing(state_))
      apply(deletion_seen{false});
    self_->send(setup_->writer, forget_status{uid()});
    self_->quit();
  }

  /// Acts on everything that the world says and the state does not know.
  void look() {
    if (!leads_ || !world_.knows_children())
      return;
    auto began = self_->clock().now();
    meter_->begin_look();
    act();
    meter_->end_look(self_->clock().now() - began, alarm_.is_set());
  }

  void act() {
    for (int i = 0; i < facts_per_look; ++i) {
      auto found = assess(state_, world_, settings_, setup_->now());
      if (!found.fact) {
        set_timer(found.look_again);
        follow();
        return;
      }
      apply(*found.fact);
    }
    tell_defect(*world_.test, "the policies do not come to rest");
  }

  void apply(const lifecycle_fact& fact) {
    bool taken = std::holds_alternative<taken_over>(fact) && !run_spec_;
    if (taken || std::holds_alternative<accepted>(fact)) {
      run_spec_ = spec_of(*world_.test);
      read_web_ui();
    }
    lifecycle_event event{setup_->now(), world_.test->generation, fact};
    auto revision = state_.revision;
    std::string before(phase_name(state_));
    state_ = lifecycle::evolve(std::move(state_), event);
    auto todo = lifecycle::decide(state_, event);
    meter_->took(fact, state_);
    tell_fact(*world_.test, fact, before, state_, state_.revision != revision);
    if (setup_->journal)
      journal(journal_event_line(key(), uid(), event, state_, todo));
    for (const auto& command : todo)
      std::visit([this](const auto& c) { carry_out(c); }, command);
    if (std::holds_alternative<run_ended>(fact))
      run_spec_.reset();
  }

  void journal(std::string line) const {
    if (setup_->journal)
      self_->send(
          setup_->journal,
          journal_line{std::make_shared<const std::string>(std::move(line))});
  }

  // -- commands ---------------------------------------------------------------

  void carry_out(const create_child& c) {
    // A status that another operator wrote holds no spec of the run.
    build_child order{key(), uid(), c.child,
                      run_spec_ ? run_spec_ : spec_of(*world_.test)};
    self_->request(setup_->builder, creation_deadline, std::move(order))
        .then([this](const child_result& answer) { see(answer); },
              [this, child = c.child](caf::error&) {
                see(lost_answer(key().name, child));
              });
  }

  void carry_out(const write_status& c) {
    if (c.urgent)
      meter_->wants_stored(c.revision, self_->clock().now());
    std::string_view spec = run_spec_ ? *run_spec_ : std::string_view();
    self_->send(
        setup_->writer,
        save_status{
            key(), uid(), world_.test->resource_version, c.revision, c.urgent,
            std::make_shared<const std::string>(render_status(state_, spec)),
            lineage::end_of(state_), lineage_.base(), supervisor_actor{self_}});
  }

  void carry_out(const publish_event& c) {
    self_->send(setup_->recorder, record_event{key(), uid(), c, setup_->now()});
  }

  void carry_out(const release_finalizer&) {
    ask(release_request(*world_.test), &supervisor_state::see_release);
  }

  /// Always brings an answer: without one from the client, one that says so.
  void ask(api_request request,
           void (supervisor_state::*answered)(const api_response&)) {
    self_->request(setup_->client, creation_deadline, std::move(request))
        .then([this, answered](const api_response& x) { (this->*answered)(x); },
              [this, answered](const caf::error&) {
                (this->*answered)(no_answer());
              });
  }

  void see_release(const api_response& answer) {
    auto trouble = release_trouble(answer);
    if (trouble.empty())
      return;
    tell_trouble(*world_.test, trouble);
    self_->delayed_send(self_, release_wait_, look_again{alarm_.set_anyhow()});
    release_wait_ = longer(release_wait_);
  }

  // -- timer and load sampler -------------------------------------------------

  void set_timer(std::optional<timestamp> due) {
    if (auto delay = alarm_.set(due, setup_->now()))
      self_->delayed_send(self_, *delay, look_again{alarm_.generation()});
  }

  void read_web_ui() {
    web_ui_ = run_spec_ ? askable_web_ui(*run_spec_) : std::nullopt;
    settings_.has_web_ui = web_ui_.has_value();
  }

  /// Keeps the sampler at the master that runs now, if any.
  void follow() {
    auto url = master_url(state_, world_, web_ui_);
    if (url == followed_)
      return;
    followed_ = url;
    if (url.empty())
      return self_->send(setup_->sampler, unfollow_master{uid()});
    self_->send(setup_->sampler,
                follow_master{uid(), url, state_.run.expected_workers,
                              supervisor_actor{self_}});
  }

  pointer self_;
  std::shared_ptr<const supervisor_setup> setup_;
  std::optional<test_meter> meter_;
  assess_settings settings_;
  lifecycle::state state_;
  world world_;
  lineage lineage_;
  /// Else it only watches.
  bool leads_ = true;
  /// Spec of the run, not of the latest edit; null once it is over.
  shared_text run_spec_;
  std::optional<web_ui_address> web_ui_;
  std::string followed_;
  alarm alarm_;
  /// How long to wait when the finalizer could not be taken off.
  std::chrono::seconds release_wait_ = lifecycle::permanent_retry_min;
};

supervisor_actor::behavior_type
supervisor(supervisor_state::pointer self,
           std::shared_ptr<const supervisor_setup> setup,
           std::shared_ptr<const locust_test> test) {
  self->state.start(std::move(setup), std::move(test));
  return {
      [self](const observation& what) { self->state.see(what); },
      [self](const child_result& answer) { self->state.see(answer); },
      [self](const status_saved& saved) { self->state.see(saved); },
      [self](const status_superseded& found) { self->state.see(found); },
      [self](const load_sample& sample) { self->state.see(sample); },
      [self](const look_again& due) { self->state.see(due); },
      [self](const leadership& won) { self->state.see(won); },
      [self](const stop_request&) { self->quit(); },
  };
}

} // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system,
                                  std::shared_ptr<const supervisor_setup> setup,
                                  std::shared_ptr<const locust_test> test) {
  return system.spawn(supervisor, std::move(setup), std::move(test));
}

} // namespace locust
