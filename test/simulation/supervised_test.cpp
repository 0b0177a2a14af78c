#include "test/simulation/supervised_test.hpp"

#include "actors/status_writer/status_patch.hpp"
#include "test/simulation/operator_process.hpp"

#include <stdexcept>
#include <utility>

namespace locust::simulation {

supervised_test::supervised_test(operator_process& process,
                                 std::shared_ptr<const locust_test> test,
                                 bool stored_here)
    : process_(process),
      clock_(process.life().clock.wall(), process.life().clock.boot()),
      core_(process.rules(), std::move(test), stored_here) {
  auto& rules = process_.checks();
  mirror_.on_restored = [&rules](const auto& state) {
    rules.begin(state);
  };
  mirror_.on_step = [&rules](const auto& before, const auto& event,
                             const auto& after, const auto& done) {
    rules.before(before);
    rules.after(event, after, done);
  };
}

template <class On, class... Input>
void supervised_test::run(On on, const Input&... input) {
  auto& life = process_.life();
  if (over_ || life.is_over())
    return;
  process_.speak();
  auto effects = (core_.*on)(input..., now());
  mirror(effects);
  for (const auto& each : effects) {
    if (!life.may_carry_out())
      return;
    std::visit([this](const auto& what) { carry_out(what); }, each);
  }
  process_.checks().check_bounds(core_);
}

timestamp supervised_test::now() const {
  return clock_.at(process_.life().clock.boot());
}

void supervised_test::mirror(const supervisor_effects& effects) {
  try {
    mirror_.follow(core_, effects);
  } catch (const std::logic_error& problem) {
    process_.checks().on_defect(problem.what());
  }
}

void supervised_test::start() {
  run(&supervisor_core::start);
}

void supervised_test::on_observation(const observation& what) {
  run(&supervisor_core::on_observation, what);
}

void supervised_test::on_document_wanted() {
  run(&supervisor_core::on_document_wanted, document_wanted{});
}

void supervised_test::on_leadership() {
  run(&supervisor_core::on_leadership, leadership{});
}

void supervised_test::on_outcome(const write_outcome& outcome) {
  if (outcome.stored)
    run(&supervisor_core::on_status_saved,
        status_saved{outcome.stored->revision,
                     outcome.stored->resource_version});
  if (outcome.superseded)
    run(&supervisor_core::on_status_superseded,
        status_superseded{
            outcome.superseded->resource_version,
            std::make_shared<const std::string>(outcome.superseded->status)});
}

// -- effects ------------------------------------------------------------------

void supervised_test::carry_out(const effect::create_child& what) {
  // Without a permit, as after a freeze, nothing comes of it.
  if (process_.may_write())
    process_.checks().on_request();
  process_.builder().build(what.child, core_.key(), core_.uid(), *what.spec,
                           [this](const child_result& result) {
                             process_.log(result);
                             run(&supervisor_core::on_child_result, result);
                           });
}

void supervised_test::carry_out(const effect::save_status& what) {
  process_.writer().save({core_.key(), core_.uid(), what.resource_version,
                          what.revision, what.urgent, what.document, what.end,
                          what.base, what.other_conditions, what.load});
}

void supervised_test::carry_out(const effect::save_figures& what) {
  process_.writer().show({core_.key(), core_.uid(), what.load});
}

void supervised_test::carry_out(const effect::record_event& what) {
  process_.checks().on_event(what.event);
  process_.recorder().record({core_.key(), core_.uid(), what.event, now()});
}

void supervised_test::carry_out(const effect::read_test&) {
  process_.client().send(read_test(core_.key()),
                         [this](const api_response& answer) {
                           run(&supervisor_core::on_test_read, answer);
                         });
}

void supervised_test::carry_out(const effect::confirm_existence&) {
  process_.client().send(read_test(core_.key()),
                         [this](const api_response& answer) {
                           run(&supervisor_core::on_existence_read, answer);
                         });
}

void supervised_test::carry_out(const effect::remove_finalizer& what) {
  process_.client().send(what.request, [this](const api_response& answer) {
    run(&supervisor_core::on_finalizer_answer, answer);
  });
}

void supervised_test::carry_out(const effect::suspend_job& what) {
  process_.client().send(what.request, [this](const api_response& answer) {
    run(&supervisor_core::on_job_suspended, answer);
  });
}

void supervised_test::carry_out(const effect::keep_report& what) {
  process_.keeper().keep({core_.key(), core_.uid(), what.web_url},
                         [this](const report_result& found) {
                           run(&supervisor_core::on_report_settled, found);
                         });
}

void supervised_test::carry_out(const effect::drop_report&) {
  process_.keeper().drop(core_.uid());
}

void supervised_test::carry_out(const effect::set_timer& what) {
  process_.life().later(what.delay, [this, due = look_again{what.generation}] {
    run(&supervisor_core::on_timer, due);
  });
}

/// A message, which observations may overtake.
void supervised_test::carry_out(const effect::retire& what) {
  process_.life().later(1ms, [this, what] {
    if (!over_)
      process_.retire(*this, what.heard, what.run);
  });
}

void supervised_test::carry_out(const effect::quit&) {
  process_.writer().forget(core_.uid());
  if (core_.asks_for_report())
    process_.keeper().drop(core_.uid());
  over_ = true;
}

void supervised_test::carry_out(const effect::follow_master&) {
  follows_ = true;
  if (!std::exchange(sampling_, true))
    process_.life().later(2s, [this] { sample(); });
}

void supervised_test::carry_out(const effect::unfollow_master&) {
  follows_ = false;
}

void supervised_test::sample() {
  sampling_ = follows_ && !over_;
  if (!sampling_)
    return;
  if (auto sample = process_.ask_master()) {
    sample->at += now() - process_.life().clock.wall();
    if (sample->figures)
      process_.checks().on_figures_sampled(core_.state(), *sample->figures);
    run(&supervisor_core::on_load_sample, *sample);
  }
  process_.life().later(5s, [this] { sample(); });
}

void supervised_test::carry_out(const effect::journal& what) {
  process_.checks().on_journal(process_.number(), what.line);
}

void supervised_test::carry_out(const effect::log_restored&) {
  process_.log("takes the state from the stored status");
}

void supervised_test::carry_out(const effect::log_defect& what) {
  process_.checks().on_defect(what.words);
}

void supervised_test::carry_out(const effect::log_warning& what) {
  process_.checks().on_warning(what.words);
}

} // namespace locust::simulation
