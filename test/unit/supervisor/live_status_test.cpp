#include "actors/supervisor/supervisor_core.hpp"
#include "protocol/json.hpp"
#include "test/unit/supervisor/props.hpp"

// Live figures appear in `.status`, but are no events.

using namespace locust;
using namespace locust::testing;

namespace {

/// A core and all of its effects.
struct fixture {
  explicit fixture(std::string status = {}, bool leads = true)
      : core(rules(leads), test(std::move(status))) {
    take(core.start(noon));
    for (auto kind :
         {watched_kind::services, watched_kind::jobs, watched_kind::pods})
      observe(listed{kind, "9", {}});
  }

  static supervisor_rules rules(bool leads) {
    supervisor_rules made;
    made.settings = std::make_shared<const operator_settings>();
    made.leads = leads;
    made.elects = !leads;
    made.journals = true;
    return made;
  }

  static std::shared_ptr<const locust_test> test(std::string status) {
    auto made = std::make_shared<locust_test>();
    made->key = {"ns", "load"};
    made->uid = test_uid;
    made->generation = 1;
    made->spec = std::make_shared<const std::string>(
        R"({"image":"i","master":{"command":"-f a"},)"
        R"("worker":{"command":"","replicas":1}})");
    if (!status.empty())
      made->status = std::make_shared<const std::string>(std::move(status));
    return made;
  }

  void take(supervisor_effects more) {
    effects = std::move(more);
    for (auto& each : effects)
      if (auto* save = std::get_if<effect::save_status>(&each))
        saved.push_back(*save);
      else if (auto* show = std::get_if<effect::save_figures>(&each))
        shown.push_back(*show->load);
  }

  void observe(observation what) {
    take(core.on_observation(what, noon));
  }

  void shows(const std::string& status) {
    observe(present{std::make_shared<const seen_object>(*test(status))});
  }

  template <class Seen>
  void shows_object(const Seen& seen) {
    observe(present{std::make_shared<const seen_object>(seen)});
  }

  void stores() {
    take(core.on_status_saved({saved.back().revision, "10"}, noon));
  }

  void creates(child_kind child, const std::string& uid) {
    child_result answer;
    answer.child = child;
    answer.what = child_result::outcome::created;
    answer.name = child_name("load", child);
    answer.uid = uid;
    take(core.on_child_result(answer, noon));
  }

  void runs() {
    stores();
    creates(child_kind::master_service, service_uid);
    creates(child_kind::master_job, master_uid);
    creates(child_kind::worker_job, worker_uid);
    shows_object(the_master().active(1).seen);
    shows_object(master_pod().runs().seen);
    samples(shared_text{});
    stores();
  }

  void samples(const std::string& figures) {
    samples(std::make_shared<const std::string>(figures));
  }

  void samples(const shared_text& figures,
               master_state state = master_state::load, int64_t requests = 0) {
    load_sample sample{true, 0, noon, figures, {}, state};
    if (requests > 0) {
      measured_load measured;
      measured.totals.requests = requests;
      measured.totals.failures = 0;
      sample.measured = std::make_shared<const measured_load>(measured);
    }
    take(core.on_load_sample(sample, noon));
  }

  void ends() {
    shows_object(master_pod().exits(0).seen);
    shows_object(the_master().complete().seen);
  }

  template <class Effect>
  int count() const {
    int n = 0;
    for (const auto& each : effects)
      n += std::holds_alternative<Effect>(each) ? 1 : 0;
    return n;
  }

  supervisor_core core;
  supervisor_effects effects;
  std::vector<effect::save_status> saved;
  /// Figures that are written without a document.
  std::vector<std::string> shown;
};

} // namespace

BOOST_AUTO_TEST_SUITE(live_status_suite)

BOOST_AUTO_TEST_CASE(figures_are_shown_and_recorded_nowhere) {
  fixture f;
  f.runs();
  const auto before = f.core.state();
  const auto documents = f.saved.size();
  f.samples(R"({"users":7})");
  BOOST_TEST(f.saved.size() == documents);
  BOOST_TEST_REQUIRE(f.shown.size() == 1u);
  BOOST_TEST(f.shown[0] ==
             R"({"users":7,"sampledAt":")" + to_rfc3339(noon) + "\"}");
  BOOST_TEST(f.count<effect::journal>() == 0);
  BOOST_TEST(f.count<effect::log_fact>() == 0);
  BOOST_TEST((f.core.state() == before));
}

BOOST_AUTO_TEST_CASE(figures_that_did_not_change_are_not_written) {
  fixture f;
  f.runs();
  f.samples(R"({"users":7})");
  f.take(f.core.on_load_sample(
      {true,
       0,
       noon + 9s,
       std::make_shared<const std::string>(R"({"users":7})"),
       {},
       master_state::load},
      noon + 9s));
  BOOST_TEST(f.shown.size() == 1u);
  f.samples(R"({"users":8})");
  BOOST_TEST(f.shown.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_document_takes_the_newest_figures_along) {
  fixture f;
  f.runs();
  f.samples(R"({"users":7})");
  // The sample itself causes a document.
  f.take(f.core.on_load_sample(
      {true,
       1,
       noon,
       std::make_shared<const std::string>(R"({"users":8})"),
       {},
       master_state::load},
      noon));
  BOOST_TEST(f.shown.size() == 1u);
  auto doc = json::parse(*f.saved.back().document);
  BOOST_TEST(json::int_at(*doc, {"load", "users"}).value() == 8);
  BOOST_TEST(*f.saved.back().load == json::dump(*json::find(*doc, {"load"})));
}

BOOST_AUTO_TEST_CASE(the_writer_may_want_a_document) {
  fixture f;
  f.runs();
  f.samples(R"({"users":7})");
  const auto documents = f.saved.size();
  f.take(f.core.on_document_wanted({}, noon));
  BOOST_TEST_REQUIRE(f.saved.size() == documents + 1);
  BOOST_TEST(!f.saved.back().urgent);
  auto doc = json::parse(*f.saved.back().document);
  BOOST_TEST(json::int_at(*doc, {"load", "users"}).value() == 7);
  f.shows_object(master_pod().exits(0).seen);
  f.shows_object(the_master().complete().seen);
  const auto at_the_end = f.saved.size();
  f.take(f.core.on_document_wanted({}, noon));
  BOOST_TEST(f.saved.size() == at_the_end);
}

BOOST_AUTO_TEST_CASE(stored_figures_do_not_look_like_a_foreign_change) {
  fixture f;
  f.runs();
  f.samples(R"({"users":7})");
  auto status = *f.saved.back().document;
  status.insert(1, R"("load":{"users":7},)");
  auto seen = *fixture::test(status);
  seen.resource_version = "11";
  f.shows_object(seen);
  BOOST_TEST(f.count<effect::save_status>() == 0);
  BOOST_TEST(f.count<effect::log_warning>() == 0);
  seen.status = std::make_shared<const std::string>(
      status.replace(status.find("Running"), 7, "Failed"));
  seen.resource_version = "12";
  f.shows_object(seen);
  BOOST_TEST(f.count<effect::save_status>() == 1);
}

BOOST_AUTO_TEST_CASE(what_is_recorded_is_confirmed_by_a_later_document) {
  fixture f;
  f.runs();
  f.shows_object(the_workers().active(1).ready(1).seen);
  f.shows_object(worker_pod(1).waits("ErrImagePull", "no image").seen);
  BOOST_TEST(f.core.state().stored_revision < f.core.state().revision);
  f.samples(R"({"users":7})");
  f.take(f.core.on_document_wanted({}, noon));
  f.stores();
  BOOST_TEST(f.core.state().stored_revision == f.core.state().revision);
  BOOST_TEST(f.count<effect::log_fact>() == 1);
  auto doc = json::parse(*f.saved.back().document);
  BOOST_TEST(json::text_at(*doc, {"phase"}) == "Running");
}

BOOST_AUTO_TEST_CASE(nothing_is_shown_before_the_run_or_after_it) {
  fixture f;
  const auto documents = f.saved.size();
  f.samples(R"({"users":7})");
  BOOST_TEST(f.saved.size() == documents);
  BOOST_TEST(f.shown.empty());
  f.runs();
  f.shows_object(master_pod().exits(0).seen);
  f.shows_object(the_master().complete().seen);
  const auto at_the_end = f.saved.size();
  f.samples(R"({"users":9})");
  BOOST_TEST(f.saved.size() == at_the_end);
  BOOST_TEST(f.shown.empty());
}

BOOST_AUTO_TEST_CASE(a_follower_does_not_fold_anew_because_of_figures) {
  fixture leader;
  leader.runs();
  fixture follower(*leader.saved.back().document, false);
  leader.samples(R"({"users":7})");
  leader.take(leader.core.on_document_wanted({}, noon));
  follower.shows(*leader.saved.back().document);
  BOOST_TEST(follower.count<effect::log_restored>() == 0);
  BOOST_TEST((follower.core.state().history == leader.core.state().history));
  leader.shows_object(master_pod().exits(0).seen);
  leader.shows_object(the_master().complete().seen);
  follower.shows(*leader.saved.back().document);
  BOOST_TEST(follower.count<effect::log_restored>() == 1);
}

BOOST_AUTO_TEST_CASE(the_result_is_shown_with_the_end_and_kept) {
  fixture f;
  f.runs();
  f.samples(std::make_shared<const std::string>(R"({"requests":40})"),
            master_state::load, 40);
  BOOST_TEST(f.saved.back().document->find("outcome") == std::string::npos);
  f.ends();
  auto doc = json::parse(*f.saved.back().document);
  BOOST_TEST(json::text_at(*doc, {"result", "outcome"}) == "Passed");
  BOOST_TEST(json::text_at(*doc, {"result", "figures"}) == "LastSample");
  BOOST_TEST(json::int_at(*doc, {"result", "requests"}).value() == 40);
  BOOST_TEST(!json::text_at(*doc, {"result", "loadStartTime"}).empty());
  // A restarted operator shows the same, also when the report comes later.
  fixture again(*f.saved.back().document);
  again.take(again.core.on_report_settled({"load-report", {}, {}}, noon));
  BOOST_TEST_REQUIRE(!again.saved.empty());
  auto later = json::parse(*again.saved.back().document);
  BOOST_TEST(json::int_at(*later, {"result", "requests"}).value() == 40);
  BOOST_TEST(json::text_at(*later, {"result", "report", "configMap"}) ==
             "load-report");
}

BOOST_AUTO_TEST_CASE(figures_before_a_suspension_are_not_those_of_the_run) {
  fixture f;
  f.runs();
  f.samples(std::make_shared<const std::string>(R"({"requests":40})"),
            master_state::load, 40);
  f.shows_object(the_master().suspended().seen);
  f.ends();
  auto doc = json::parse(*f.saved.back().document);
  BOOST_TEST(json::text_at(*doc, {"phase"}) == "Succeeded");
  BOOST_TEST(json::text_at(*doc, {"result", "figures"}) == "None");
}

BOOST_AUTO_TEST_CASE(a_restarted_operator_knows_the_figures_before) {
  fixture f;
  f.runs();
  f.samples(R"({"state":"running","requests":40})");
  f.take(f.core.on_document_wanted({}, noon));
  fixture again(*f.saved.back().document);
  again.shows_object(the_master().active(1).seen);
  again.ends();
  BOOST_TEST_REQUIRE(!again.saved.empty());
  auto doc = json::parse(*again.saved.back().document);
  BOOST_TEST(json::int_at(*doc, {"result", "requests"}).value() == 40);
  BOOST_TEST(json::text_at(*doc, {"result", "figures"}) == "LastSample");
  BOOST_TEST(json::int_at(*doc, {"load", "requests"}).value() == 40);
}

BOOST_AUTO_TEST_SUITE_END()
