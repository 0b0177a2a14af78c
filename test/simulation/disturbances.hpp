#pragma once

#include "test/simulation/plans.hpp"
#include "test/simulation/world.hpp"

#include <functional>

namespace locust::simulation {

/// What people and faults do to the LocustTest of a world and to its operators.
class disturbances {
public:
  /// `until`: when the last of them happens, from the start of the life.
  disturbances(world& in, duration until);

  /// Anything, to the LocustTest and its operators.
  void draw_all();

  /// What is between the LocustTest and its operators, and these themselves.
  void draw_for_operators(duration longest_interruption = 30s);

  /// A person does it then, or as soon as there is what it is done to.
  void plan_deed(const deed& d);

  /// From here on nothing is in the way of an end.
  void repair();

  int count() const {
    return count_;
  }

  /// Something was missed by an operator, or may have been.
  bool blind_spots() const {
    return blind_;
  }

private:
  timestamp some_time();
  void at_some_time(std::function<void()> what);
  void maybe(int percent, std::function<void()> what);
  replica& any_replica();
  bool carry_out(person_act act);
  void insist_on(person_act act);

  void draw_hearing(replica& of);
  void draw_faults();
  void draw_replica_faults();

  void restart();
  void interrupt_a_watch(duration longest);
  void cut_the_network();
  void lose_answers();
  void fail_requests();
  void refuse_statuses();
  void clash_over_quota();
  void forbid_jobs();
  void forbid_pods();
  void freeze();
  void step_the_clock();
  void take_the_lease();
  void lose_renewals();

  world& in_;
  duration until_;
  bool blind_ = false;
  int count_ = 0;
};

} // namespace locust::simulation
