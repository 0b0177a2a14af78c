#include "actors/supervisor/supervisor_actor.hpp"

#include "actors/logging/test_line.hpp"
#include "actors/resource_builder/spec_facts.hpp"
#include "actors/status_writer/status_patch.hpp"
#include "actors/supervisor/assess.hpp"
#include "actors/supervisor/child_answer.hpp"
#include "actors/supervisor/finalizer_patch.hpp"
#include "actors/supervisor/journal_record.hpp"
#include "actors/supervisor/status_document.hpp"
#include "actors/supervisor/test_meter.hpp"
#include "protocol/json.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace locust {

namespace {

using namespace std::chrono_literals;

/// Facts that one look at the world may yield. A dozen is the most that a run
/// can catch up on; more means that two policies contradict each other.
constexpr int facts_per_look = 64;

/// A creation is answered by the client's own deadline and its repeats; this is
/// for the case that the answer got lost on the way.
constexpr auto creation_deadline = 2min;

/// In lines of the log.
constexpr std::string_view logger = "supervisor";

spec_digest digest(const std::string& spec) {
  spec_digest result;
  result.hash = spec_hash(spec);
  result.workers = expected_workers(spec);
  if (auto doc = json::parse(spec)) {
    result.test_files = json::text_at(*doc, {"testFiles", "configMapRef"});
    if (result.test_files.empty())
      result.test_files = json::text_at(*doc, {"testFiles", "libConfigMapRef"});
  }
  return result;
}

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
    settings_.pod_health_grace = setup_->settings->pod_health_grace;
    settings_.job_ttl_seconds = setup_->settings->job_ttl_seconds;
    std::string status;
    if (test->status)
      status = *test->status;
    if (!status.empty()) {
      if (auto found = read_status(status)) {
        state_ = std::move(found->state);
        if (!found->problem.empty())
          warn(*test, "the stored history is ignored: " + found->problem);
        if (!found->run_spec.empty())
          run_spec_ =
              std::make_shared<const std::string>(std::move(found->run_spec));
      } else {
        // A person edited it; what exists in the cluster is adopted anew.
        warn(*test, "stored status is ignored: " + found.error().message);
      }
    }
    meter_->is_in(state_);
    see_test(std::move(test));
    journal(journal_start_line(key(), uid(), setup_->now(), status));
    read_web_ui();
  }

  // -- messages ---------------------------------------------------------------

  void see(const observation& what) {
    meter_->heard();
    if (const auto* there = std::get_if<present>(&what))
      if (const auto* test = std::get_if<locust_test>(there->object.get())) {
        see_test({there->object, test});
        look();
        return;
      }
    if (const auto* absent = std::get_if<gone>(&what))
      if (absent->kind == watched_kind::locust_tests) {
        see_departure();
        return;
      }
    if (std::holds_alternative<lifecycle::ended>(state_.at) &&
        !std::holds_alternative<listed>(what))
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
    apply(stored{saved.revision});
    look();
  }

  void see(const load_sample& sample) {
    world_.see(sample, state_.run.connected);
    look();
  }

  void see(const look_again& due) {
    if (due.generation != timer_generation_)
      return;
    timer_at_.reset();
    if (is_held())
      carry_out(release_finalizer{});
    look();
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
    world_.test = std::move(test);
    if (edited)
      world_.spec = digest(world_.test->spec ? *world_.test->spec : "");
    if (is_held())
      carry_out(release_finalizer{}); // it was changed before we took it off
  }

  /// Whether only the finalizer of the reference operator is in the way of a
  /// deletion, as far as we can tell.
  bool is_held() const {
    return std::holds_alternative<lifecycle::departing>(state_.at) &&
           has_reference_finalizer(*world_.test);
  }

  void see_departure() {
    if (!std::holds_alternative<lifecycle::departing>(state_.at))
      apply(deletion_seen{false});
    self_->send(setup_->writer, forget_status{uid()});
    self_->quit();
  }

  /// Acts on everything that the world says and the state does not know.
  void look() {
    if (!world_.listed(watched_kind::services) ||
        !world_.listed(watched_kind::jobs) ||
        !world_.listed(watched_kind::pods))
      return; // absence means nothing yet
    auto began = self_->clock().now();
    meter_->begin_look();
    act();
    meter_->end_look(self_->clock().now() - began, timer_at_.has_value());
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
    log_line_of(spdlog::level::err,
                {logger, key(), uid(),
                 "the policies do not come to rest; this is a defect of the "
                 "operator"});
  }

  void apply(const lifecycle_fact& fact) {
    bool taken = std::holds_alternative<taken_over>(fact) && !run_spec_;
    if (taken || std::holds_alternative<accepted>(fact)) {
      run_spec_ = world_.test->spec ? world_.test->spec
                                    : std::make_shared<const std::string>();
      read_web_ui();
    }
    lifecycle_event event{setup_->now(), world_.test->generation, fact};
    auto revision = state_.revision;
    std::string before(phase_name(state_));
    state_ = lifecycle::evolve(std::move(state_), event);
    auto todo = lifecycle::decide(state_, event);
    meter_->took(fact, state_);
    log(fact, before, state_.revision != revision);
    if (setup_->journal)
      journal(journal_event_line(key(), uid(), event, state_, todo));
    for (const auto& command : todo)
      std::visit([this](const auto& c) { carry_out(c); }, command);
    if (std::holds_alternative<run_ended>(fact)) {
      world_.shrink();
      run_spec_.reset();
    }
  }

  void log(const lifecycle_fact& fact, const std::string& before,
           bool notable) const {
    // A deletion is in no status, but in the story.
    bool told = notable || std::holds_alternative<deletion_seen>(fact);
    log_line_of(told ? spdlog::level::info : spdlog::level::debug,
                {logger, key(), uid(), describe(fact), kind_of(fact), before,
                 phase_name(state_)});
  }

  static void warn(const locust_test& about, const std::string& words) {
    log_line_of(spdlog::level::warn, {logger, about.key, about.uid, words});
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
    auto spec = run_spec_ ? run_spec_ : world_.test->spec;
    if (!spec)
      spec = std::make_shared<const std::string>();
    build_child order{key(), uid(), c.child, std::move(spec)};
    self_->request(setup_->builder, creation_deadline, std::move(order))
        .then([this](const child_result& answer) { see(answer); },
              [this, child = c.child](caf::error&) {
                child_result lost;
                lost.child = child;
                lost.name = child_name(key().name, child);
                lost.message = "the operator got no answer";
                lost.transient = true;
                see(lost);
              });
  }

  void carry_out(const write_status& c) {
    if (c.urgent)
      meter_->wants_stored(c.revision, self_->clock().now());
    std::string_view spec;
    if (run_spec_)
      spec = *run_spec_;
    self_->send(
        setup_->writer,
        save_status{
            key(), uid(), world_.test->resource_version, c.revision, c.urgent,
            std::make_shared<const std::string>(render_status(state_, spec)),
            supervisor_actor{self_}});
  }

  void carry_out(const publish_event& c) {
    self_->send(setup_->recorder, record_event{key(), uid(), c, setup_->now()});
  }

  void carry_out(const release_finalizer&) {
    api_request request;
    request.verb = http_verb::json_patch;
    request.target = "/apis/locust.io/v2/namespaces/" + key().ns +
                     "/locusttests/" + key().name;
    request.body =
        std::make_shared<const std::string>(finalizer_patch(*world_.test));
    request.in = lane::status;
    self_->request(setup_->client, creation_deadline, std::move(request))
        .then([this](const api_response& answer) { see_release(answer); },
              [](caf::error&) {
                // The client is gone: the operator is stopping.
              });
  }

  void see_release(const api_response& answer) {
    // 409: it was changed meanwhile; the watch brings the new one.
    if (answer.status / 100 == 2 || answer.status == 404 ||
        answer.status == 409)
      return;
    auto words =
        answer.status == 0 ? answer.failure : server_message(*answer.body);
    warn(*world_.test, "the finalizer " + std::string(reference_finalizer) +
                           " could not be taken off, which is tried again: " +
                           std::to_string(answer.status) + ' ' + words);
    self_->delayed_send(self_, release_wait_, look_again{++timer_generation_});
    release_wait_ =
        std::min(2 * release_wait_,
                 std::chrono::seconds(lifecycle::permanent_retry_max));
  }

  // -- timer and load sampler -------------------------------------------------

  void set_timer(std::optional<timestamp> due) {
    if (!due || (timer_at_ && *timer_at_ <= *due))
      return; // an earlier look finds the later date again
    timer_at_ = due;
    auto delay = std::max<std::chrono::microseconds>(*due - setup_->now(), 1ms);
    self_->delayed_send(self_, delay, look_again{++timer_generation_});
  }

  void read_web_ui() {
    web_ui_.reset();
    if (run_spec_)
      web_ui_ = web_ui(std::string_view(*run_spec_));
    // The client speaks plain HTTP to pods: a Locust certificate is
    // self-signed, so there is nothing to verify it against.
    if (web_ui_ && web_ui_->https)
      web_ui_.reset();
    settings_.has_web_ui = web_ui_.has_value();
  }

  std::string master_url() const {
    const auto* pod = world_.newest_pod_of(
        state_.run.children[static_cast<size_t>(child_kind::master_job)]);
    if (pod == nullptr || !pod->locust_runs || pod->ip.empty() || !web_ui_ ||
        std::holds_alternative<lifecycle::ended>(state_.at))
      return {};
    bool v6 = pod->ip.find(':') != std::string::npos;
    return "http://" + (v6 ? '[' + pod->ip + ']' : pod->ip) + ':' +
           std::to_string(web_ui_->port) + web_ui_->base_path;
  }

  /// Keeps the sampler at the master that runs now, if any.
  void follow() {
    auto url = master_url();
    if (url == followed_)
      return;
    followed_ = url;
    if (url.empty())
      self_->send(setup_->sampler, unfollow_master{uid()});
    else
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
  /// Spec of the run, not of the latest edit; null once it is over.
  text run_spec_;
  std::optional<web_ui_address> web_ui_;
  std::string followed_;
  std::optional<timestamp> timer_at_;
  uint64_t timer_generation_ = 0;
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
      [self](const load_sample& sample) { self->state.see(sample); },
      [self](const look_again& due) { self->state.see(due); },
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
