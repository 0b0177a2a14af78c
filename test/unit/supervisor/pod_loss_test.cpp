#include "test/unit/supervisor/stage.hpp"

#include <functional>

// A lost pod still counts when it ends successfully or vanishes
// (docs/behaviour/pods.md#loss-of-a-pod). Pods that are removed at a normal end
// are not lost.

using namespace locust;
using namespace locust::testing;

namespace {

constexpr auto healthy = condition_type::pods_healthy;

using act = std::function<void(stage&)>;
using acts = std::vector<std::pair<std::string, act>>;

const std::string drain = "EvictionByEvictionAPI: Eviction API: evicting";
const std::string deleted_early = "the pod was deleted before it ended";

std::string lost(const std::string& why, const std::string& pod) {
  return "PodLost: 1 pod(s) affected [" + pod + "]: " + why;
}

/// The second worker while it is being evicted.
a_pod drained() {
  return worker_pod(2).runs().disrupted(drain).deleting();
}

struct way {
  std::string what;
  a_pod taken;
  std::string why;
};

const std::vector<way> ways = {
    {"the Eviction API", drained(), drain},
    {"a preemption",
     worker_pod(2).runs().disrupted("PreemptionByScheduler: preempted"),
     "PreemptionByScheduler: preempted"},
    {"the kubelet", worker_pod(2).evicted("low on memory"),
     "Evicted: low on memory"},
    {"a user", worker_pod(2).runs().deleting(), deleted_early},
};

void complete_workers(stage& s) {
  for (int n : {1, 3})
    s.shows(worker_pod(n).exits(0));
  s.shows(the_workers().ending()).shows(the_workers().complete());
}

const acts aftermaths = {
    {"nothing",
     [](stage&) {
     }},
    {"it ends well",
     [](stage& s) {
       s.shows(worker_pod(2).exits(0).deleting());
     }},
    {"it is killed",
     [](stage& s) {
       s.shows(worker_pod(2).exits(137).deleting());
     }},
    {"it vanishes",
     [](stage& s) {
       s.removes(worker_pod(2).runs());
     }},
    {"it ends well and vanishes",
     [](stage& s) {
       s.shows(worker_pod(2).exits(0).deleting());
       s.removes(worker_pod(2).exits(0).deleting());
     }},
    {"it vanishes without a trace",
     [](stage& s) {
       s.misses(worker_pod(2));
     }},
    {"its Job completes",
     [](stage& s) {
       s.shows(worker_pod(2).exits(0).deleting());
       complete_workers(s);
       s.removes(worker_pod(2).exits(0).deleting());
     }},
    {"its Job completes and is removed",
     [](stage& s) {
       complete_workers(s);
       s.misses(worker_pod(2)).removes(the_workers().complete());
     }},
    {"the operator is started again",
     [](stage& s) {
       s = s.restarted();
     }},
};

/// Shows what a restarted operator observes: everything except the second
/// worker.
void show_the_rest(stage& s) {
  service_seen service;
  service.key = {"ns", "load-master"};
  service.uid = service_uid;
  s.shows(service).shows(the_master().active(1)).shows(the_workers().active(2));
  s.shows(master_pod().runs());
  for (int n : {1, 3})
    s.shows(worker_pod(n).runs());
  lists_all(s);
}

bool is_told(const stage& s, std::string_view kind) {
  return std::any_of(s.events().begin(), s.events().end(),
                     [&](const auto& e) { return kind_of(e.fact) == kind; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(pod_loss_suite)

BOOST_AUTO_TEST_CASE(nothing_makes_up_for_a_lost_pod) {
  for (const auto& [what, taken, why] : ways)
    for (const auto& [after, happens] : aftermaths) {
      auto s = stage::started();
      s.passes(1s).shows(taken).passes(4s);
      s.then(healthy, "False", "PodLost", lost(why, "load-worker-2"));
      happens(s);
      if (after == "the operator is started again")
        show_the_rest(s);
      s.passes(100s).then_phase("Running");
      s.then(healthy, "False", "PodLost", lost(why, "load-worker-2"));
      s.passes(20s).then_phase("Failed");
      s.then(healthy, "False", "PodLost", lost(why, "load-worker-2"));
      s.then(condition_type::test_completed, "True", "TestFailed",
             "Test failed: " + lost(why, "load-worker-2"));
      s.check(!s.core.state().history.empty(), what + ", then " + after);
    }
}

BOOST_AUTO_TEST_CASE(a_job_that_completes_at_once_does_not_explain_a_deletion) {
  auto s = stage::started();
  s.shows(worker_pod(2).runs().deleting()).passes(1s);
  s.shows(worker_pod(2).exits(0).deleting());
  complete_workers(s);
  s.removes(worker_pod(2).exits(0).deleting()).passes(2s);
  s.then(healthy, "False", "PodLost", lost(deleted_early, "load-worker-2"));
  s.passes(117s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_master_that_completes_before_that_is_a_success) {
  for (const auto& [what, taken, why] : ways) {
    auto s = stage::started();
    s.shows(taken).shows(worker_pod(2).exits(0).deleting()).passes(4s);
    s.completes().then_phase("Succeeded");
    s.then(healthy, "False", "PodLost", lost(why, "load-worker-2"));
    s.check(s.core.state().run.lost[child_kind::worker_job].has_value(), what);
  }
}

BOOST_AUTO_TEST_CASE(a_master_that_was_evicted_and_ends_well_is_no_success) {
  // Locust ends with 0 at every SIGTERM.
  auto s = stage::started();
  s.shows(master_pod().runs().disrupted(drain).deleting());
  s.then(healthy, "False", "PodLost", lost(drain, "load-master-x"));
  s.shows(master_pod().exits(0).deleting()).shows(the_master().complete());
  s.then_phase("Failed");
  s.then(healthy, "False", "PodLost", lost(drain, "load-master-x"));
}

BOOST_AUTO_TEST_CASE(after_the_grace_period_the_master_decides_about_a_loss) {
  auto s = stage::started();
  s.passes(10min).shows(drained()).passes(9s).then_phase("Running");
  s.passes(1s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(the_grace_period_continues_after_a_restart) {
  auto first = stage::started();
  first.passes(100s).shows(drained());
  auto s = first.restarted();
  show_the_rest(s);
  s.passes(18s).then_phase("Running").passes(1s).then_phase("Failed");
}

BOOST_AUTO_TEST_CASE(a_failed_worker_job_names_a_pod_that_is_gone_since_long) {
  auto first = stage::started();
  first.shows(drained());
  auto s = first.restarted();
  show_the_rest(s);
  s.shows(the_workers().failed()).passes(10s).then_phase("Failed");
  s.then(condition_type::test_completed, "True", "TestFailed",
         "Test failed: the Locust worker pod load-worker-2 was lost: " + drain);
}

BOOST_AUTO_TEST_CASE(a_loss_behind_a_more_severe_problem_is_kept) {
  auto s = stage::started();
  s.shows(worker_pod(1).waits("ErrImagePull", "no image")).shows(drained());
  s.removes(drained());
  s.then(healthy, "False", "ImagePullError",
         "ImagePullError: 1 pod(s) affected [load-worker-1]: no image");
  s.shows(worker_pod(1).runs());
  s.then(healthy, "False", "PodLost", lost(drain, "load-worker-2"));
}

// -- what ends it -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_recreated_job_has_no_loss) {
  auto s = stage::started();
  s.shows(drained()).removes(drained()).removes(the_workers().active(2));
  s.then(healthy, "True", "PodsStarting", "Pods are starting up");
  s.answers(child_kind::worker_job, "uid-w2").passes(10min);
  s.then_phase("Running").check(
      !s.core.state().run.lost[child_kind::worker_job], "no loss");
}

BOOST_AUTO_TEST_CASE(recreating_another_job_keeps_the_loss) {
  for (bool restarts : {false, true}) {
    auto s = stage::started();
    s.shows(drained()).removes(drained());
    if (restarts) {
      s = s.restarted();
      show_the_rest(s);
    }
    s.removes(the_master().active(1)).then_phase("Pending");
    s.then(healthy, "False", "PodLost", lost(drain, "load-worker-2"));
  }
}

BOOST_AUTO_TEST_CASE(a_cancelled_eviction_is_no_loss) {
  auto s = stage::started();
  s.shows(worker_pod(2).runs().disrupted(drain)).passes(1s);
  s.shows(worker_pod(2).runs());
  s.then(healthy, "True", "PodsHealthy", "All pods are healthy");
  s.shows(worker_pod(2).exits(0)).removes(worker_pod(2).exits(0));
  s.passes(10min).then_phase("Running");
  s.check(!s.core.state().run.lost[child_kind::worker_job],
          "no loss on record");
}

BOOST_AUTO_TEST_CASE(a_node_that_recovers_keeps_its_pods) {
  auto away = worker_pod(2).runs();
  away.seen.reason = "NodeLost";
  auto s = stage::started();
  s.shows(away).passes(1s).shows(worker_pod(2).runs());
  s.then(healthy, "True", "PodsHealthy", "All pods are healthy");
}

// -- what is no loss ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_happens_at_a_normal_end_is_no_loss) {
  const acts ends = {
      {"workers that the master sends home",
       [](stage& s) {
         s.shows(worker_pod(2).exits(0));
         complete_workers(s);
       }},
      {"pods that a TTL removes with their Job",
       [](stage& s) {
         s.shows(worker_pod(2).exits(0));
         complete_workers(s);
         s.removes(the_workers().complete());
         s.shows(worker_pod(2).exits(0).deleting());
         s.removes(worker_pod(2).exits(0).deleting());
       }},
      {"pods that a Job deletes at its deadline",
       [](stage& s) {
         s.shows(worker_pod(2).runs().deleting()).passes(2s);
         s.shows(the_workers().ending("DeadlineExceeded")).passes(2s);
         s.removes(worker_pod(2).exits(143).deleting());
       }},
      {"pods of a Job that is gone while the end is near",
       [](stage& s) {
         s.shows(the_workers().failed()).removes(the_master().active(1));
         s.shows(master_pod().runs().deleting());
         s.removes(master_pod().exits(143).deleting());
       }},
      {"pods that go with a deleted Job",
       [](stage& s) {
         s.shows(the_workers().active(3).deleting());
         s.shows(worker_pod(2).runs().deleting());
         s.removes(worker_pod(2).runs().deleting());
       }},
      {"a node that is drained when its worker has ended",
       [](stage& s) {
         s.shows(worker_pod(2).exits(0));
         s.shows(worker_pod(2).exits(0).disrupted(drain).deleting());
         s.removes(worker_pod(2).exits(0).disrupted(drain).deleting());
       }},
      {"a pod of a LocustTest that is being deleted",
       [](stage& s) {
         auto going = std::make_shared<locust_test>(*s.core.observed().test);
         going->deleting = true;
         s.shows(*going);
         s.removes(worker_pod(2).runs().deleting());
       }},
  };
  for (const auto& [what, happens] : ends) {
    auto s = stage::started();
    s.passes(10min);
    happens(s);
    s.passes(9s).check(!is_told(s, "PodsFailing"), what);
  }
}

BOOST_AUTO_TEST_CASE(a_deletion_is_a_loss_when_its_job_goes_on) {
  auto s = stage::started();
  s.quietly().shows(worker_pod(2).runs().deleting()).passes(2s).then_facts({});
  s.then_looks_again_in(1s).passes(1s).then_facts({"PodsFailing"});
  // What the Job does as a consequence changes nothing.
  s.shows(the_workers().ending()).shows(worker_pod(1).runs().deleting());
  s.shows(the_workers().failed()).passes(5s).then_facts({});
  s.then(healthy, "False", "PodLost", lost(deleted_early, "load-worker-2"));
}

BOOST_AUTO_TEST_CASE(what_a_job_deletes_because_of_another_pod_is_no_loss) {
  auto s = stage::started();
  s.shows(worker_pod(1).exits(2));
  for (int n : {2, 3})
    s.shows(worker_pod(n).runs().deleting());
  s.passes(1s).quietly().shows(the_workers().ending());
  for (int n : {2, 3})
    s.removes(worker_pod(n).exits(143).deleting());
  s.shows(the_workers().failed()).passes(9s).then_facts({});
  s.then(healthy, "False", "CrashLoopBackOff",
         "CrashLoopBackOff: 1 pod(s) affected [load-worker-1]: Container "
         "load-worker exited with code 2: Error");
}

BOOST_AUTO_TEST_CASE(a_deletion_that_fails_its_job_at_once_is_a_loss) {
  auto s = stage::started();
  s.shows(worker_pod(2).runs().deleting()).passes(100ms);
  s.shows(the_workers().ending());
  s.shows(worker_pod(2).exits(143).deleting());
  for (int n : {1, 3})
    s.shows(worker_pod(n).runs().deleting());
  s.shows(the_workers().failed()).removes(the_workers().failed()).passes(3s);
  s.then(healthy, "False", "PodLost", lost(deleted_early, "load-worker-2"));
}

BOOST_AUTO_TEST_CASE(a_deleted_pod_has_no_earlier_problem) {
  auto s = stage::launched();
  auto pod = worker_pod(2).waits("ErrImagePull", "no image");
  s.shows(pod).quietly().removes(pod.deleting()).passes(2s).then_facts({});
  s.passes(1s).then(healthy, "False", "PodLost",
                    lost(deleted_early, "load-worker-2"));
}

// -- the record ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_first_loss_of_a_job_is_recorded) {
  auto text = lost(drain, "w-1");
  fact::pods_failing first{"PodLost", text,
                           pod_loss{child_kind::worker_job, "w-1", drain}};
  story s;
  s.given(started_run());
  s.when(first).then(healthy, "False", "PodLost", text);
  const auto record = s.state().run.lost[child_kind::worker_job];
  s.check(record == lifecycle::loss{"w-1", drain, s.now() - 1s}, "on record");
  s.when(first).then_unchanged().then_no_command();
  auto second = first;
  second.lost->pod = "w-2";
  s.when(second).then_unchanged();
  second.message = "PodLost: 2 pod(s) affected [w-1, w-2]: " + drain;
  s.when(second).check(s.state().run.lost[child_kind::worker_job] == record,
                       "the first one stays");
  s.restarted().check(s.state().run.lost[child_kind::worker_job] == record,
                      "after a restart, too");
}

BOOST_AUTO_TEST_CASE(a_loss_is_recorded_behind_a_more_severe_problem) {
  story s;
  s.given(started_run()).given({fact::pods_failing{"ImagePullError", "m"}});
  s.when(fact::pods_failing{"ImagePullError", "m",
                            pod_loss{child_kind::worker_job, "w-1", drain}});
  s.check(s.state().run.lost[child_kind::worker_job].has_value(), "on record");
}

BOOST_AUTO_TEST_CASE(a_recorded_loss_ends_with_its_job_or_a_recovery) {
  const facts loss = {fact::pods_failing{
      "PodLost", "m", pod_loss{child_kind::worker_job, "w-1", drain}}};
  struct row {
    lifecycle_fact fact;
    bool stays;
  };
  for (const auto& r :
       {row{workers_lost(), false}, row{fact::pods_healthy{false}, false},
        row{master_lost(), true}, row{service_lost(), true},
        row{fact::workers_connected{1, worker_source::master}, true}}) {
    story s;
    s.given(started_run()).given(loss).when(r.fact);
    s.check(s.state().run.lost[child_kind::worker_job].has_value() == r.stays,
            std::string(kind_of(r.fact)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
