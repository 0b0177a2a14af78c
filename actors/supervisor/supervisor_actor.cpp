#include "actors/supervisor/supervisor_actor.hpp"

#include "actors/status_writer/status_patch.hpp"
#include "actors/supervisor/child_answer.hpp"
#include "actors/supervisor/effect_messages.hpp"
#include "actors/supervisor/run_log.hpp"
#include "actors/supervisor/supervisor_core.hpp"
#include "actors/supervisor/supervisor_meter.hpp"

#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>

namespace locust {

namespace {

/// The client answers within its own deadline; this limit covers a lost answer.
constexpr auto answer_deadline = std::chrono::minutes(2);

/// Passes messages to the core and performs its effects.
class supervisor_state {
public:
  using pointer = supervisor_actor::stateful_pointer<supervisor_state>;
  using core = supervisor_core;

  static inline const char* name = "locust.supervisor";

  explicit supervisor_state(pointer self) : self_(self) {
    // nop
  }

  ~supervisor_state() {
    if (core_ && core_->follows_master())
      caf::anon_send(setup_->sampler, unfollow_master{core_->uid()});
  }

  void start(std::shared_ptr<const supervisor_setup> setup,
             std::shared_ptr<const locust_test> test) {
    setup_ = std::move(setup);
    meter_.emplace(setup_->metrics);
    now_ = setup_->start_clock();
    core_.emplace(supervisor_rules{setup_->settings, setup_->leads,
                                   setup_->elects, setup_->journal != nullptr,
                                   setup_->suspends},
                  std::move(test));
    run(&core::start);
  }

  /// Passes an input to a member function of the core.
  template <class On, class... Input>
  void run(On on, const Input&... input) {
    meter_->begin(self_->clock().now());
    (meter_->on(input), ...);
    for (auto& todo : ((*core_).*on)(input..., now_()))
      std::visit(
          [this](auto& what) {
            meter_->on(what);
            perform(what);
          },
          todo);
    meter_->end(core_->state(), self_->clock().now());
  }

  /// The sampler tells the time by the wall clock.
  void on_sample(load_sample sample) {
    sample.at += now_() - setup_->now();
    run(&core::on_load_sample, sample);
  }

  /// Returns the handler of a message that is an input of the core.
  template <class Message>
  auto pass(supervisor_effects (core::*on)(const Message&, timestamp)) {
    return [this, on](const Message& x) {
      run(on, x);
    };
  }

private:
  template <class Effect>
  void perform(Effect& what) {
    supervisor_actor me{self_};
    if constexpr (requires { log(*core_, what); }) {
      log(*core_, what);
    } else if constexpr (requires { message_of(what, *core_, *setup_, me); }) {
      auto x = message_of(what, *core_, *setup_, me);
      self_->send(x.to, std::move(x.message));
    } else {
      carry_out(what);
    }
  }

  void carry_out(effect::create_child& what) {
    const auto& key = core_->key();
    // The queue always answers, however long the child waits.
    ask(setup_->queue, &core::on_child_result,
        lost_answer(key.name, what.child), caf::infinite,
        build_child{key, core_->uid(), what.child, std::move(what.spec),
                    core_->observed().test->created, what.begun});
  }

  void carry_out(const effect::read_test&) {
    ask(setup_->client, &core::on_test_read, no_answer(), answer_deadline,
        read_test(core_->key()));
  }

  void carry_out(const effect::confirm_existence&) {
    ask(setup_->client, &core::on_existence_read, no_answer(), answer_deadline,
        read_test(core_->key()));
  }

  void carry_out(effect::remove_finalizer& what) {
    ask(setup_->client, &core::on_finalizer_answer, no_answer(),
        answer_deadline, std::move(what.request));
  }

  void carry_out(effect::suspend_job& what) {
    ask(setup_->client, &core::on_job_suspended, no_answer(), answer_deadline,
        std::move(what.request));
  }

  void carry_out(const effect::set_timer& what) {
    self_->delayed_send(self_, what.delay, look_again{what.generation});
  }

  void carry_out(const effect::quit&) {
    self_->send(setup_->writer, forget_status{core_->uid()});
    self_->quit();
  }

  void carry_out(const effect::reconciled&) {
    // only the meter uses it
  }

  /// Sends a request and passes the answer to the core; `none` when there is no
  /// answer.
  template <class Actor, class Answer, class Patience, class Request>
  void ask(const Actor& whom,
           supervisor_effects (core::*on)(const Answer&, timestamp),
           const Answer& none, Patience patience, Request request) {
    self_->request(whom, patience, std::move(request))
        .then([this, on](const Answer& x) { run(on, x); },
              [this, on, none](const caf::error&) { run(on, none); });
  }

  pointer self_;
  std::shared_ptr<const supervisor_setup> setup_;
  std::function<timestamp()> now_;
  std::optional<supervisor_meter> meter_;
  std::optional<core> core_;
};

supervisor_actor::behavior_type
supervisor(supervisor_state::pointer self,
           std::shared_ptr<const supervisor_setup> setup,
           std::shared_ptr<const locust_test> test) {
  auto& state = self->state;
  using core = supervisor_core;
  // The root logs the text with the name of the test.
  self->set_exception_handler([](std::exception_ptr& fault) -> caf::error {
    try {
      std::rethrow_exception(fault);
    } catch (const std::exception& e) {
      return caf::make_error(caf::sec::runtime_error, std::string(e.what()));
    } catch (...) {
      return caf::sec::runtime_error;
    }
  });
  state.start(std::move(setup), std::move(test));
  return {
      state.pass(&core::on_observation),
      state.pass(&core::on_child_result),
      state.pass(&core::on_status_saved),
      state.pass(&core::on_status_superseded),
      [&state](const load_sample& x) { state.on_sample(x); },
      state.pass(&core::on_timer),
      state.pass(&core::on_leadership),
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
