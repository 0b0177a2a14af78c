#include "test/unit/supervisor/stage.hpp"

// Children of a run that lose their owner reference
// (docs/behaviour/lifecycle.md#name-conflict), and runs that are found when
// they are over.

using namespace locust;
using namespace locust::testing;

namespace {

a_job disowned(a_job job) {
  job.seen.owner.reset();
  return job;
}

const std::string nobody = "exists and belongs to nobody (it has no owner "
                           "reference)";

} // namespace

BOOST_AUTO_TEST_SUITE(ownership)

BOOST_AUTO_TEST_CASE(a_child_without_its_owner_reference_is_a_name_conflict) {
  struct row {
    bool running;
    std::string phase;
  };
  for (const auto& [running, phase] :
       {row{false, "Pending"}, row{true, "Running"}}) {
    auto s = running ? stage::started() : stage::launched();
    s.quietly().take();
    s.shows(disowned(the_master().active(running ? 1 : 0)));
    s.then_phase(phase)
        .then_facts({"NameConflict"})
        .then(condition_type::ready, "False", "NameConflict",
              "Job load-master " + nobody);
    s.stores().then_command("publish_event Warning NameConflict \"Job "
                            "load-master " +
                            nobody + '"');
    // Only once.
    s.shows(disowned(the_master().active(1)));
    s.quietly().shows(disowned(the_master().active(1)));
    s.then_facts({});
  }
}

BOOST_AUTO_TEST_CASE(another_owner_is_named) {
  auto s = stage::started();
  s.shows(the_workers().active(3).ready(3).owned_by("uid-other"));
  s.then(condition_type::ready, "False", "NameConflict",
         "Job load-worker exists and belongs to LocustTest \"load\" (uid "
         "uid-other)");
  auto service = the_service("uid-other");
  s.shows(service);
  s.then(condition_type::ready, "False", "NameConflict",
         "Service load-master exists and belongs to LocustTest \"load\" (uid "
         "uid-other)");
}

BOOST_AUTO_TEST_CASE(the_run_goes_on_and_its_result_counts) {
  auto s = stage::started();
  s.shows(disowned(the_master().active(1)));
  s.shows(master_pod().exits(0)).shows(disowned(the_master().complete()));
  s.then_phase("Succeeded");
  s.then_children({service_uid, master_uid, worker_uid});
  // Also for an operator that was started meanwhile.
  auto other = stage::started();
  other.shows(disowned(the_master().active(1))).stores();
  auto again = other.restarted();
  again.shows(the_service()).shows(disowned(the_master().complete()));
  again.shows(the_workers());
  lists_all(again).then_phase("Succeeded");
}

BOOST_AUTO_TEST_CASE(an_owner_reference_that_comes_back_ends_the_conflict) {
  auto s = stage::started();
  s.shows(disowned(the_master().active(1)));
  s.shows(disowned(the_workers().active(3).ready(3)));
  s.shows(the_master().active(1));
  s.then(condition_type::ready, "False", "NameConflict",
         "Job load-worker " + nobody);
  s.stores().take();
  s.shows(the_workers().active(3).ready(3));
  s.then(condition_type::ready, "True", "ResourcesCreated",
         "All resources created");
  s.stores();
  for (const auto& command : s.take())
    BOOST_TEST(!std::holds_alternative<publish_event>(command));
  auto again = s.restarted();
  again.then(condition_type::ready, "True", "ResourcesCreated",
             "All resources created");
}

BOOST_AUTO_TEST_CASE(a_finished_job_of_somebody_else_decides_nothing) {
  stage s;
  s.stores();
  s.shows(the_master("uid-x").owned_by("uid-other").complete());
  s.then_phase("Pending");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_found_finished_had_all_resources) {
  auto s = stage::found("");
  s.shows(the_service()).shows(the_master().complete());
  s.shows(the_workers().complete());
  lists_all(s).then_phase("Succeeded");
  s.then(condition_type::ready, "True", "ResourcesCreated",
         "All resources created; the run has ended");
  s.then_children({service_uid, master_uid, worker_uid});
  for (const auto& command : s.take())
    if (const auto* event = std::get_if<publish_event>(&command))
      BOOST_TEST(event->reason != "Created");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_found_without_its_workers_is_not_resumed) {
  auto s = stage::found("");
  s.shows(the_service()).shows(the_master().complete());
  lists_all(s).then_phase("Succeeded");
  s.then(condition_type::ready, "False", "ResourcesIncomplete",
         "The run has ended; not all resources were created");
  s.then_command("create_child WorkerJob", false);
}

BOOST_AUTO_TEST_SUITE_END()
