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

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_spec_is_named) {
  auto fault = [](const std::string& spec) {
    return digest_of(spec, {"ns", "load"}, {}).fault;
  };
  BOOST_TEST(fault(spec_text("a")) == "");
  BOOST_TEST(fault("") == "spec is missing");
  BOOST_TEST(fault("null") == "spec is missing");
  BOOST_TEST(fault(R"({"image":"a"})") == "spec.master is missing");
  BOOST_TEST(
      fault(spec_text("a", 3, "-f 'a")) ==
      "spec.master.command cannot be split: the single quote at column 4 "
      "(byte 3) is not closed");
}

BOOST_AUTO_TEST_CASE(another_configuration_after_a_restart_is_no_drift) {
  auto s = stage::started();
  operator_settings other;
  other.pod.cpu_limit = "2000m";
  other.master_service = service_mode::headless;
  auto again = s.restarted_with(other);
  lists_all(again.shows(the_service()).shows(the_master().active(1)));
  again.shows(the_workers().active(3)).passes(1min);
  again.check(find(again.core.state(), condition_type::spec_drifted) == nullptr,
              "the spec was not edited");
  again.edits("image-b").check(
      find(again.core.state(), condition_type::spec_drifted) != nullptr,
      "the spec was edited");
}

namespace {

/// The run of `s`, continued by a version that builds other children from the
/// same spec, so that it computes another hash than the one in the status.
/// `run_spec` is what the status keeps of the spec.
stage upgraded_from(const stage& s, std::string_view run_spec) {
  auto status = render_status(s.core.state(), run_spec);
  const auto& hash = s.core.state().run.spec_hash;
  for (auto at = status.find(hash); at != std::string::npos;
       at = status.find(hash, at))
    status.replace(at, hash.size(), "0123456789abcdef");
  return stage::found(status);
}

void check_no_drift(stage& s) {
  s.check(find(s.core.state(), condition_type::spec_drifted) == nullptr,
          "the spec was not edited");
}

stage& shows_all(stage& s) {
  s.shows(the_service()).shows(the_master().active(1));
  return lists_all(s.shows(the_workers().active(3))).passes(1min);
}

} // namespace

BOOST_AUTO_TEST_CASE(another_version_that_builds_other_jobs_is_no_drift) {
  auto s = stage::started();
  for (std::string kept : {spec_text("image-a"), std::string()}) {
    auto upgraded = upgraded_from(s, kept);
    shows_all(upgraded).then_phase("Running");
    check_no_drift(upgraded);
    upgraded.edits("image-b").check(
        find(upgraded.core.state(), condition_type::spec_drifted) != nullptr,
        "the spec was edited");
  }
}

BOOST_AUTO_TEST_CASE(a_drift_outlives_another_version) {
  auto s = stage::started();
  s.edits("image-b").stores();
  for (std::string kept : {spec_text("image-a"), std::string()}) {
    auto upgraded = upgraded_from(s, kept);
    auto edited = *upgraded.core.observed().test;
    edited.generation = 2;
    edited.spec = std::make_shared<const std::string>(spec_text("image-b"));
    shows_all(upgraded.shows(edited))
        .then(condition_type::spec_drifted, "True", "SpecChangeIgnored",
              find(s.core.state(), condition_type::spec_drifted)->message);
  }
}

BOOST_AUTO_TEST_CASE(a_run_without_children_is_built_by_another_version) {
  stage s;
  s.stores();
  auto upgraded = upgraded_from(s, spec_text("image-a"));
  lists_all(upgraded).stores().then_command("create_child MasterService");
  check_no_drift(upgraded);
  BOOST_TEST(upgraded.core.state().run.spec_hash == hash_of("image-a"));
}

// -- a spec that builds nothing -----------------------------------------------

BOOST_AUTO_TEST_CASE(a_spec_that_builds_nothing_ends_the_test_at_once) {
  stage s;
  s.stores().take();
  s.edits_to(spec_text("image-a", 3, "-f a.py --tags 'smoke"));
  const std::string told =
      "Test failed: spec.master.command cannot be split: the single quote at "
      "column 16 (byte 15) is not closed";
  s.then_phase("Failed")
      .then(condition_type::ready, "False", "ResourcesFailed", told)
      .then(condition_type::test_completed, "True", "TestFailed", told);
  s.stores().then_command("publish_event Warning TestFailed \"Load test "
                          "failed: spec.master.command cannot be split: the "
                          "single quote at column 16 (byte 15) is not "
                          "closed\"");
  s.edits("image-b").passes(10min).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_test_without_a_spec_fails) {
  stage s;
  auto bare = *s.core.observed().test;
  bare.spec = nullptr;
  ++bare.generation;
  s.shows(bare).then_phase("Failed").then(condition_type::test_completed,
                                          "True", "TestFailed",
                                          "Test failed: spec is missing");
}

BOOST_AUTO_TEST_CASE(a_run_that_has_begun_does_not_end_by_an_edit) {
  auto s = stage::started();
  s.edits_to(R"({"image":"a"})").passes(10min).then_phase("Running");
  stage half;
  half.stores().answers(child_kind::master_service, service_uid);
  half.answers(child_kind::master_job, master_uid);
  half.edits_to(R"({"image":"a"})").passes(1min).then_phase("Pending");
}

BOOST_AUTO_TEST_SUITE_END()
