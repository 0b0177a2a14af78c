#include "actors/supervisor/supervisor_actor.hpp"

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
    if (core_ && core_->asks_for_report())
      caf::anon_send(setup_->keeper, drop_report{core_->uid()});
  }

  void start(std::shared_ptr<const supervisor_setup> setup,
             std::shared_ptr<const locust_test> test, bool stored_here) {
    setup_ = std::move(setup);
    meter_.emplace(setup_->metrics, *test);
    now_ = setup_->start_clock();
    core_.emplace(supervisor_rules{setup_->settings, setup_->leads,
                                   setup_->elects, setup_->journal != nullptr,
                                   setup_->suspends, setup_->access,
                                   setup_->keeper != nullptr},
                  std::move(test), stored_here);
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
    } else if constexpr (requires { request_of(what, *core_, *setup_); }) {
      ask(request_of(what, *core_, *setup_));
    } else {
      carry_out(what);
    }
  }

  /// Sends a request and passes the answer to the core.
  template <class Actor, class Request, class Answer>
  void ask(question<Actor, Request, Answer> x) {
    auto on = x.on_answer;
    caf::duration patience = caf::infinite;
    if (x.patience)
      patience = caf::duration{*x.patience};
    auto then = self_->request(x.to, patience, std::move(x.content));
    then.then([this, on](const Answer& answer) { run(on, answer); },
              [this, on, none = x.none](const caf::error&) { run(on, none); });
  }

  void carry_out(const effect::set_timer& what) {
    self_->delayed_send(self_, what.delay, look_again{what.generation});
  }

  void carry_out(const effect::quit&) {
    self_->send(setup_->writer, forget_status{core_->uid()});
    self_->quit();
  }

  void carry_out(effect::retire& what) {
    if (setup_->root)
      self_->send(setup_->root,
                  retire_run{core_->key(), core_->uid(), what.heard,
                             std::move(what.run), supervisor_actor{self_}});
  }

  void carry_out(const effect::reconciled&) {
    // only the meter uses it
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
           std::shared_ptr<const locust_test> test, bool stored_here) {
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
  state.start(std::move(setup), std::move(test), stored_here);
  return {
      state.pass(&core::on_observation),
      state.pass(&core::on_child_result),
      state.pass(&core::on_status_saved),
      state.pass(&core::on_status_superseded),
      state.pass(&core::on_document_wanted),
      [&state](const load_sample& x) { state.on_sample(x); },
      state.pass(&core::on_timer),
      state.pass(&core::on_leadership),
      [self](const stop_request&) { self->quit(); },
  };
}

} // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system,
                                  std::shared_ptr<const supervisor_setup> setup,
                                  std::shared_ptr<const locust_test> test,
                                  bool stored_here) {
  return system.spawn(supervisor, std::move(setup), std::move(test),
                      stored_here);
}

} // namespace locust
