#pragma once

#include "actors/status_writer/write_plan.hpp"
#include "actors/supervisor/run_clock.hpp"
#include "actors/supervisor/supervisor_core.hpp"
#include "test/simulation/invariants.hpp"
#include "test/simulation/process_life.hpp"
#include "test/unit/support/core_mirror.hpp"

#include <memory>
#include <string>

namespace locust::simulation {

class operator_process;

/// One supervisor_core in a process: hands it what happens and carries out its
/// effects, as supervisor_actor does.
class supervised_test {
public:
  supervised_test(operator_process& process,
                  std::shared_ptr<const locust_test> test, bool stored_here);

  void start();

  /// Hands an input to the core, unless it has quit.
  template <class On, class... Input>
  void run(On on, const Input&... input);

  void on_observation(const observation& what);
  void on_outcome(const write_outcome& outcome);
  void on_document_wanted();
  void on_leadership();

  /// The process stops: it decides nothing any more.
  void stop() {
    over_ = true;
  }

  bool is_over() const {
    return over_;
  }

  const supervisor_core& core() const {
    return core_;
  }

private:
  void carry_out(const effect::create_child& what);
  void carry_out(const effect::save_status& what);
  void carry_out(const effect::save_figures& what);
  void carry_out(const effect::record_event& what);
  void carry_out(const effect::read_test& what);
  void carry_out(const effect::confirm_existence& what);
  void carry_out(const effect::remove_finalizer& what);
  void carry_out(const effect::suspend_job& what);
  void carry_out(const effect::keep_report& what);
  void carry_out(const effect::drop_report& what);
  void carry_out(const effect::set_timer& what);
  void carry_out(const effect::retire& what);
  void carry_out(const effect::quit& what);
  void carry_out(const effect::follow_master& what);
  void carry_out(const effect::unfollow_master& what);
  void carry_out(const effect::journal& what);
  void carry_out(const effect::log_restored& what);
  void carry_out(const effect::log_defect& what);
  void carry_out(const effect::log_warning& what);

  template <class Other>
  void carry_out(const Other&) {
    // logs, which the mirror tells
  }

  void mirror(const supervisor_effects& effects);
  void sample();

  timestamp now() const;

  operator_process& process_;
  run_clock clock_;
  supervisor_core core_;
  testing::core_mirror mirror_;
  bool over_ = false;
  bool follows_ = false;
  bool sampling_ = false;
};

} // namespace locust::simulation
