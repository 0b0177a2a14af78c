#include "actors/supervisor/spec_digest.hpp"
#include "test/unit/supervisor/stage.hpp"

// Which changes of a spec count as edits:
// docs/behaviour/lifecycle.md#spec-drift.

using namespace locust;
using namespace locust::testing;

namespace {

std::string hash(const std::string& more, const operator_settings& with = {}) {
  auto spec = spec_text("image-a");
  spec.insert(1, more);
  return digest_of(spec, {"ns", "load"}, with).hash;
}

} // namespace

BOOST_AUTO_TEST_SUITE(spec_digests)

BOOST_AUTO_TEST_CASE(what_changes_no_child_is_no_edit) {
  const auto plain = hash("");
  for (const char* more :
       {R"("startupTimeoutSeconds":60,)", R"("paused":true,)",
        R"("imagePullSecrets":[],)", R"("volumes":[],)"})
    BOOST_TEST(hash(more) == plain, more);
}

BOOST_AUTO_TEST_CASE(what_changes_a_child_is_one) {
  const auto plain = hash("");
  for (const char* more :
       {R"("imagePullPolicy":"Always",)",
        R"("imagePullSecrets":[{"name":"a"}],)",
        R"("env":{"variables":[{"name":"A","value":"b"}]},)"})
    BOOST_TEST(hash(more) != plain, more);
  BOOST_TEST(digest_of(spec_text("image-b"), {"ns", "load"}, {}).hash != plain);
  BOOST_TEST(digest_of(spec_text("image-a", 4), {"ns", "load"}, {}).hash !=
             plain);
}

BOOST_AUTO_TEST_CASE(the_settings_decide_what_reaches_a_child) {
  const auto* affinity = R"("scheduling":{"affinity":{"nodeAffinity":{}}},)";
  BOOST_TEST(hash(affinity) == hash(""));
  operator_settings injecting;
  injecting.affinity_injection = true;
  BOOST_TEST(hash(affinity, injecting) != hash("", injecting));
}

BOOST_AUTO_TEST_CASE(a_spec_that_builds_nothing_is_told_by_its_text) {
  auto of = [](const std::string& spec) {
    return digest_of(spec, {"ns", "load"}, {});
  };
  BOOST_TEST(of(R"({"image":"a"})").hash != of(R"({"image":"b"})").hash);
  BOOST_TEST(of("{").hash != of("[").hash);
  BOOST_TEST(of("").workers == 0);
}

BOOST_AUTO_TEST_CASE(another_configuration_after_a_restart_is_no_drift) {
  auto s = stage::started();
  operator_settings other;
  other.pod.cpu_limit = "2000m";
  auto again = s.restarted_with(other);
  lists_all(again.shows(the_service()).shows(the_master().active(1)));
  again.shows(the_workers().active(3)).passes(1min);
  again.check(find(again.core.state(), condition_type::spec_drifted) == nullptr,
              "the spec was not edited");
  again.edits("image-b").check(
      find(again.core.state(), condition_type::spec_drifted) != nullptr,
      "the spec was edited");
}

BOOST_AUTO_TEST_SUITE_END()
