#pragma once

#include "test/simulation/life_options.hpp"
#include "test/simulation/plans.hpp"
#include "test/simulation/world.hpp"

#include <functional>
#include <map>
#include <string_view>

namespace locust::simulation {

/// What people and faults do to the LocustTest of a world and to its operators.
/// Each has a number and its own dice, so that any can be left out while the
/// others stay as they are.
class disturbances {
public:
  /// `until`: when the last of them happens, from the start of the life.
  /// `numbered`: the number of the last one before the first of these.
  disturbances(world& in, duration until, const life_options& options,
               size_t numbered);

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

  /// The number of the last one that was drawn.
  size_t numbered() const {
    return numbered_;
  }

  /// Something was missed by an operator, or may have been.
  bool blind_spots() const {
    return blind_;
  }

private:
  using deed_function = std::function<void(chance& dice)>;

  timestamp some_time();
  /// Numbers a disturbance; returns whether it takes part.
  bool takes_part();
  void at_some_time(deed_function what);
  void entered(run_state at);
  void maybe(int percent, deed_function what);
  /// For the table of what met what.
  void met(std::string_view what);
  replica& any_replica(chance& dice);
  bool carry_out(person_act act, chance& dice);
  void insist_on(person_act act);

  void draw_hearing(replica& of);
  void draw_faults();
  void draw_replica_faults();

  void restart(chance& dice);
  void interrupt_a_watch(duration longest, chance& dice);
  void cut_the_network(chance& dice);
  void cut_off(replica& of, chance& dice);
  void lose_answers(chance& dice);
  void lose_a_creation(chance& dice);
  void fail_requests(chance& dice);
  void refuse_statuses(chance& dice);
  void clash_over_quota(chance& dice);
  void forbid_jobs(chance& dice);
  void forbid_pods(chance& dice);
  void freeze(chance& dice);
  void step_the_clock(chance& dice);
  void take_the_lease(chance& dice);
  void lose_renewals(chance& dice);
  void delete_test(chance& dice);

  world& in_;
  duration until_;
  const life_options& options_;
  chance dice_;
  /// Children are deleted, too.
  bool takes_children_ = false;
  run_state state_ = run_state::unseen;
  /// What waits for a state.
  std::multimap<run_state, std::function<void()>> waiting_;
  bool blind_ = false;
  int count_ = 0;
  size_t numbered_ = 0;
};

} // namespace locust::simulation
