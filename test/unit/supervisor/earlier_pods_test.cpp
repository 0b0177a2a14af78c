#include "actors/supervisor/earlier_pods.hpp"
#include "test/unit/supervisor/stage.hpp"

// A test that was deleted and created again waits for the pods of the first one
// (docs/behaviour/lifecycle.md#earlier-pods).

using namespace locust;
using namespace locust::testing;

namespace {

a_pod old_worker(int n = 1) {
  return worker_pod(n, "uid-old-workers").runs().deleting();
}

/// Whether the master Job is requested.
bool creates_master(stage& s) {
  bool found = false;
  for (const auto& command : s.take())
    found |= describe(command) == "create_child MasterJob";
  return found;
}

stage waiting(std::optional<int32_t> ttl = {}) {
  stage s(ttl);
  s.shows(old_worker()).stores();
  s.answers(child_kind::master_service, service_uid).stores();
  BOOST_TEST(!creates_master(s));
  return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(earlier_pods)

BOOST_AUTO_TEST_CASE(a_worker_of_an_earlier_test_keeps_the_master_back) {
  for (std::optional<int32_t> ttl : {std::optional<int32_t>(), {0}}) {
    auto s = waiting(ttl);
    s.then_phase("Pending").then(
        condition_type::ready, "False", "EarlierPodsEnding",
        "Waiting until pods of an earlier LocustTest with this name have "
        "ended: load-worker-1");
    s.passes(5s);
    BOOST_TEST(!creates_master(s));
    s.removes(old_worker());
    s.then(condition_type::ready, "False", "ResourcesCreating",
           "Resources are being created");
    if (ttl) { // then the intent is stored first
      BOOST_TEST(!creates_master(s));
      s.stores();
    }
    BOOST_TEST(creates_master(s));
    s.answers(child_kind::master_job, master_uid).stores();
    s.answers(child_kind::worker_job, worker_uid);
    s.then(condition_type::ready, "True", "ResourcesCreated",
           "All resources created");
  }
}

BOOST_AUTO_TEST_CASE(a_worker_that_has_ended_keeps_nothing_back) {
  stage s;
  s.shows(worker_pod(1, "uid-old-workers").exits(0)).stores();
  s.answers(child_kind::master_service, service_uid).stores();
  BOOST_TEST(creates_master(s));
  auto other = waiting();
  other.shows(old_worker().exits(1)).stores();
  BOOST_TEST(creates_master(other));
}

BOOST_AUTO_TEST_CASE(it_does_not_wait_for_ever) {
  auto s = waiting();
  s.passes(59s).stores();
  BOOST_TEST(!creates_master(s));
  s.passes(1s).stores();
  BOOST_TEST(creates_master(s));
}

BOOST_AUTO_TEST_CASE(the_names_of_a_few_pods_are_shown) {
  stage s;
  for (int n : {5, 4, 3, 2, 1})
    s.shows(old_worker(n));
  // The first one decides the text: 500 pods do not cause 500 writes.
  s.then(condition_type::ready, "False", "EarlierPodsEnding",
         "Waiting until pods of an earlier LocustTest with this name have "
         "ended: load-worker-5");
  auto again = s.restarted();
  for (int n : {5, 4, 3, 2, 1})
    again.shows(old_worker(n));
  lists_all(again).stores();
  BOOST_TEST(!creates_master(again));
}

BOOST_AUTO_TEST_CASE(a_restarted_operator_waits_too) {
  for (std::optional<int32_t> ttl : {std::optional<int32_t>(), {0}}) {
    auto s = waiting(ttl).restarted(30s);
    s.shows(the_service()).shows(old_worker());
    lists_all(s).stores();
    s.then_phase("Pending");
    BOOST_TEST(!creates_master(s));
    s.removes(old_worker()).stores();
    BOOST_TEST(creates_master(s));
  }
}

BOOST_AUTO_TEST_CASE(a_pod_that_is_gone_after_a_restart_is_not_waited_for) {
  auto s = waiting().restarted();
  s.shows(the_service());
  lists_all(s).stores();
  BOOST_TEST(creates_master(s));
}

BOOST_AUTO_TEST_CASE(a_recovery_does_not_wait_for_its_own_pods) {
  auto s = stage::started();
  s.take();
  s.misses(the_master());
  s.then_phase("Pending").stores();
  BOOST_TEST(creates_master(s));
}

BOOST_AUTO_TEST_CASE(a_service_that_is_lost_meanwhile_changes_nothing) {
  auto s = waiting();
  s.misses_service().answers(child_kind::master_service, "uid-service-2");
  s.stores();
  BOOST_TEST(!creates_master(s));
  s.then(condition_type::ready, "False", "EarlierPodsEnding",
         "Waiting until pods of an earlier LocustTest with this name have "
         "ended");
  s.removes(old_worker()).stores();
  BOOST_TEST(creates_master(s));
}

BOOST_AUTO_TEST_CASE(an_edit_while_it_waits_is_used) {
  auto s = waiting();
  s.edits("image-b").stores();
  BOOST_TEST(!creates_master(s));
  s.removes(old_worker()).stores();
  BOOST_TEST(creates_master(s));
  BOOST_TEST((*s.core.run_spec() == spec_text("image-b")));
}

BOOST_AUTO_TEST_CASE(a_leftover_of_an_earlier_test_of_this_name_is_no_trouble) {
  for (const auto* owner : {"load", "other"}) {
    stage s;
    s.stores();
    child_result answer;
    answer.child = child_kind::master_service;
    answer.what = child_result::outcome::conflict;
    answer.owner = "LocustTest";
    answer.owner_test = owner;
    s.answers(answer).take();
    s.then(condition_type::ready, "False", "NameConflict",
           "Service load-master exists and belongs to LocustTest");
    s.stores();
    auto events = s.take();
    auto warns = std::any_of(events.begin(), events.end(), [](const auto& c) {
      return std::holds_alternative<publish_event>(c);
    });
    s.check(warns == (std::string(owner) == "other"), owner);
  }
}

BOOST_AUTO_TEST_SUITE_END()
