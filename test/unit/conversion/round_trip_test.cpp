#include "actors/conversion/flat_spec.hpp"
#include "actors/conversion/nested_spec.hpp"
#include "random_objects.hpp"
#include "versions.hpp"

#include <cstdlib>

// Properties of all objects, checked with random ones. LOCUST_SEED=N only
// repeats the object of seed N.

using namespace locust;

namespace {

/// Calls `check` for this many seeds, or for the given one.
template <class Check>
void for_random(uint64_t count, Check check) {
  auto first = uint64_t{std::random_device()()};
  if (const auto* seed = std::getenv("LOCUST_SEED")) {
    first = std::stoull(seed);
    count = 1;
  }
  BOOST_TEST_MESSAGE("seeds " << first << " to " << first + count - 1);
  for (auto seed = first; seed < first + count; ++seed) {
    BOOST_TEST_INFO_SCOPE("LOCUST_SEED=" << seed);
    check(seed);
  }
}

std::string there_and_back(const json::value& object, test_version via,
                           test_version home) {
  auto away = converted(object, via);
  BOOST_REQUIRE_MESSAGE(away.has_value(), away.error().message);
  auto back = converted(*away, home);
  BOOST_REQUIRE_MESSAGE(back.has_value(), back.error().message);
  return *back;
}

const json::value* spec_of(const json::value& object) {
  return json::find(object, {"spec"});
}

} // namespace

BOOST_AUTO_TEST_SUITE(laws_of_conversion)

BOOST_AUTO_TEST_CASE(v2_to_v1_to_v2_changes_nothing) {
  for_random(3000, [](uint64_t seed) {
    random_objects random(seed);
    auto object = random.v2_object();
    BOOST_TEST_REQUIRE(
        there_and_back(object, test_version::v1, test_version::v2) ==
        json::dump_canonical(object));
  });
}

BOOST_AUTO_TEST_CASE(v1_to_v2_to_v1_changes_nothing_and_keeps_nothing) {
  for_random(3000, [](uint64_t seed) {
    random_objects random(seed);
    auto object = random.v1_object();
    BOOST_TEST_REQUIRE(
        there_and_back(object, test_version::v2, test_version::v1) ==
        json::dump_canonical(object));
  });
}

BOOST_AUTO_TEST_CASE(v1_shows_of_the_result_what_v1_wrote_whatever_was_kept) {
  for_random(3000, [](uint64_t seed) {
    random_objects random(seed);
    auto kept = random.v2_object();
    auto v1 = random.v1_object();
    spec_faults faults;
    auto wanted = read_v1_spec(*spec_of(v1), faults);
    auto result = nested_spec(wanted, spec_of(kept));
    auto shown = read_v2_spec(result, faults);
    BOOST_TEST_REQUIRE(faults.empty());
    BOOST_TEST_REQUIRE((shown == wanted));
    // What v1 does not change equals the kept spec.
    if (const auto* unknown = json::find(kept, {"spec", "unknown"}))
      BOOST_TEST_REQUIRE((*json::find(result, {"unknown"}) == *unknown));
  });
}

BOOST_AUTO_TEST_CASE(wrong_types_are_failures_that_name_a_path) {
  size_t failures = 0;
  for_random(6000, [&](uint64_t seed) {
    random_objects random(seed);
    for (auto from : {test_version::v1, test_version::v2}) {
      auto object =
          from == test_version::v1 ? random.v1_object() : random.v2_object();
      random.damage(object);
      auto to = from == test_version::v1 ? test_version::v2 : test_version::v1;
      auto outcome = converted(object, to);
      if (outcome)
        continue;
      ++failures;
      auto path = outcome.error().message;
      path.resize(path.find_first_of(" .["));
      BOOST_TEST_REQUIRE((path == "spec" || path == "metadata" ||
                          path == "status" || path == "kind" ||
                          path == "apiVersion" || path == "it"),
                         outcome.error().message);
    }
  });
  BOOST_TEST((failures > 100 || std::getenv("LOCUST_SEED") != nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
