#pragma once

#include "test/simulation/cluster.hpp"
#include "test/simulation/timeline.hpp"

#include <optional>
#include <string_view>

namespace locust::simulation {

/// `calm`: a run that nothing is wrong with.
test_plan draw_plan(chance& dice, bool calm);

/// What the report of a run depends on. Drawn apart from the rest, which stays
/// as it is for a seed.
void draw_report(chance& dice, test_plan& plan);

/// What `coverage` calls it.
std::string_view name_of(person_act act);

/// What a person does, and when.
struct deed {
  person_act what = person_act::delete_service;
  duration when{};
};

/// A run that comes to one end however the operator hears of it.
struct tale {
  test_plan plan;
  std::optional<deed> done;
  /// It takes long enough for everything to exist at its end.
  bool is_long = false;
};

tale draw_tale(chance& dice);

} // namespace locust::simulation
