#include "actors/api_watcher/projection.hpp"
#include "protocol/basics/line_splitter.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <sstream>

// Projections of objects from a real API server, Job controller and kubelet.

using namespace locust;
using namespace locust::watcher;
using boost::test_tools::per_element;

namespace {

using words = std::vector<std::string>;

std::string recorded(const std::string& name) {
  std::ifstream file(std::string(API_WATCHER_DATA) + "/" + name);
  std::stringstream content;
  content << file.rdbuf();
  BOOST_REQUIRE_MESSAGE(file && !content.str().empty(), name);
  return content.str();
}

object_page page_of(watched_kind kind, const std::string& name) {
  auto page = project_page(kind, recorded(name + ".list.json"));
  BOOST_REQUIRE_MESSAGE(page.has_value(), page.error().message);
  BOOST_TEST(page->skipped.empty());
  return *page;
}

template <class T>
std::map<std::string, T> by_name(watched_kind kind, const std::string& name) {
  std::map<std::string, T> result;
  for (const auto& object : page_of(kind, name).objects)
    result[key_of(*object).name] = std::get<T>(*object);
  return result;
}

std::vector<watch_event> events_of(watched_kind kind, const std::string& name) {
  auto bytes = recorded(name + ".watch.jsonl");
  line_splitter splitter;
  splitter.feed(bytes);
  std::vector<watch_event> result;
  while (auto line = splitter.next()) {
    auto event = project_event(kind, *line);
    BOOST_REQUIRE_MESSAGE(event.has_value(), event.error().message);
    result.push_back(*event);
  }
  return result;
}

/// One word per event: `+`, `-` or `=` and the version.
std::string word(const watch_event& event) {
  if (const auto* x = std::get_if<object_changed>(&event))
    return '+' + resource_version_of(*x->object);
  if (const auto* x = std::get_if<object_removed>(&event))
    return '-' + resource_version_of(*x->object);
  if (const auto* x = std::get_if<bookmark>(&event))
    return '=' + x->resource_version;
  return "?";
}

words in_words(const std::vector<watch_event>& events) {
  words result;
  for (const auto& event : events)
    result.push_back(word(event));
  return result;
}

std::string in_words(const container_seen& c) {
  auto result = c.name + (c.sidecar ? "(sidecar)" : c.init ? "(init)" : "");
  if (c.running)
    result += " running";
  if (!c.waiting_reason.empty())
    result += " waiting:" + c.waiting_reason;
  if (c.exit_code)
    result += " exit:" + std::to_string(*c.exit_code) + ":" + c.exit_reason;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(recorded_objects)

BOOST_AUTO_TEST_CASE(a_locust_test_with_all_its_parts) {
  auto page = page_of(watched_kind::locust_tests, "locusttests");
  BOOST_TEST(page.resource_version == "524");
  BOOST_TEST(page.continue_from.empty());
  BOOST_REQUIRE_EQUAL(page.objects.size(), 1u);
  const auto& test = std::get<locust_test>(*page.objects[0]);
  BOOST_TEST(to_string(test.key) == "perf/shop.load");
  BOOST_TEST(test.uid == "0d3298ff-ba75-47a0-bf71-a8ea07adca64");
  BOOST_TEST(test.resource_version == "521");
  BOOST_TEST(test.generation == 1);
  BOOST_TEST(to_rfc3339(test.created) == "2026-11-23T19:27:20Z");
  BOOST_TEST(!test.deleting);
  BOOST_TEST(test.finalizers == (words{"locust.io/cleanup"}), per_element());
  BOOST_REQUIRE(test.status != nullptr);
  BOOST_TEST(*test.status == R"({"expectedWorkers":2,"observedGeneration":1,)"
                             R"("phase":"Running"})");
  BOOST_REQUIRE(test.spec != nullptr);
  BOOST_TEST(test.spec->starts_with(R"({"image":"reg.example/locust:1",)"
                                    R"("imagePullPolicy":"IfNotPresent",)"
                                    R"("master":{"autoquit":{"enabled":true,)"
                                    R"("timeout":0},"autostart":true,)"));
}

BOOST_AUTO_TEST_CASE(a_spec_is_the_same_text_by_list_and_by_watch) {
  auto page = page_of(watched_kind::locust_tests, "locusttests");
  const auto& listed_test = std::get<locust_test>(*page.objects.at(0));
  auto events = events_of(watched_kind::locust_tests, "locusttests");
  size_t seen = 0;
  for (const auto& event : events)
    if (const auto* x = std::get_if<object_changed>(&event)) {
      BOOST_TEST(*std::get<locust_test>(*x->object).spec == *listed_test.spec);
      ++seen;
    }
  BOOST_TEST(seen == 3u);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_locust_test) {
  auto events = events_of(watched_kind::locust_tests, "locusttests");
  BOOST_TEST(in_words(events) ==
                 (words{"+521", "+559", "+565", "-566", "=616"}),
             per_element());
  const auto& running =
      std::get<locust_test>(*std::get<object_changed>(events[1]).object);
  const auto& ending =
      std::get<locust_test>(*std::get<object_changed>(events[2]).object);
  const auto& last =
      std::get<locust_test>(*std::get<object_removed>(events[3]).object);
  BOOST_TEST(!running.deleting);
  BOOST_TEST(ending.deleting);
  BOOST_TEST(ending.finalizers.size() == 1u);
  // The last stored state, not the one of the last write.
  BOOST_TEST(last.finalizers.size() == 1u);
  BOOST_TEST(last.status->find("Succeeded") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(services_as_metadata_only) {
  auto services = by_name<service_seen>(watched_kind::services, "services");
  BOOST_REQUIRE(services.contains("shop-load-master"));
  BOOST_TEST(services.size() == 3u);
  const auto& service = services["shop-load-master"];
  owner_reference expected{"locust.io/v2", "LocustTest", "shop.load",
                           "0d3298ff-ba75-47a0-bf71-a8ea07adca64"};
  BOOST_REQUIRE(service.owner.has_value());
  BOOST_TEST((*service.owner == expected));
  BOOST_TEST(to_rfc3339(service.created) == "2026-11-23T19:27:24Z");
  BOOST_TEST(!services["foreign"].owner.has_value());
  auto events = events_of(watched_kind::services, "services");
  BOOST_REQUIRE_EQUAL(events.size(), 5u);
  BOOST_TEST((std::get<service_seen>(
                  *std::get<object_changed>(events[2]).object) == service));
  const auto& last =
      std::get<service_seen>(*std::get<object_removed>(events[3]).object);
  BOOST_TEST((compare_resource_versions(last.resource_version,
                                        service.resource_version) ==
              std::strong_ordering::greater));
}

BOOST_AUTO_TEST_CASE(jobs_of_every_fate) {
  auto jobs = by_name<job_seen>(watched_kind::jobs, "jobs");
  struct row {
    const char* name;
    int active;
    int ready;
    job_verdict verdict;
    const char* reason;
  };
  using verdict = job_verdict;
  for (const auto& x :
       {row{"shop-load-master", 1, 1, verdict::none, ""},
        row{"ok-master", 0, 0, verdict::complete, ""},
        row{"oom-worker", 0, 0, verdict::failed, "BackoffLimitExceeded"},
        row{"pull-worker", 1, 0, verdict::none, ""},
        row{"quota-worker", 0, 0, verdict::none, ""}}) {
    BOOST_REQUIRE_MESSAGE(jobs.contains(x.name), x.name);
    const auto& job = jobs[x.name];
    BOOST_TEST(job.active == x.active, x.name);
    BOOST_TEST(job.ready == x.ready, x.name);
    BOOST_TEST((job.verdict == x.verdict), x.name);
    BOOST_TEST(job.failure_reason == x.reason, x.name);
  }
  BOOST_TEST(jobs["oom-worker"].failure_message ==
             "Job has reached the specified backoff limit");
  BOOST_TEST((jobs["shop-load-master"].ttl_seconds == 600));
  BOOST_TEST(!jobs["ok-master"].ttl_seconds.has_value());
  BOOST_TEST(jobs["ok-master"].owner->name == "shop.load");
}

BOOST_AUTO_TEST_CASE(a_job_that_is_deleted_shows_its_last_state) {
  auto events = events_of(watched_kind::jobs, "jobs");
  BOOST_REQUIRE_EQUAL(events.size(), 3u);
  const auto* end = std::get_if<object_removed>(&events[1]);
  BOOST_REQUIRE(end != nullptr);
  BOOST_TEST((std::get<job_seen>(*end->object).verdict == job_verdict::failed));
  BOOST_TEST(word(events[2]) == "=616");
}

BOOST_AUTO_TEST_CASE(pods_of_every_fate) {
  auto pods = by_name<pod_seen>(watched_kind::pods, "pods");
  struct row {
    const char* role;
    pod_phase phase;
    bool ready;
    words containers;
  };
  using phase = pod_phase;
  const row rows[] = {
      {"shop-load-master",
       phase::running,
       true,
       {"locust-metrics-exporter(sidecar) running",
        "prepare(init) exit:0:Completed", "shop-load-master running"}},
      {"ok-master",
       phase::succeeded,
       false,
       {"locust-metrics-exporter(sidecar) exit:0:Completed",
        "ok-master exit:0:Completed"}},
      {"init-master",
       phase::failed,
       false,
       {"prepare(init) exit:5:Error", "init-master waiting:PodInitializing"}},
      {"oom-worker", phase::failed, false, {"oom-worker exit:137:OOMKilled"}},
      {"crash-worker",
       phase::failed,
       false,
       {"crash-worker exit:128:StartError"}},
      {"config-worker",
       phase::pending,
       false,
       {"config-worker waiting:CreateContainerConfigError"}},
      {"pull-worker",
       phase::pending,
       false,
       {"pull-worker waiting:ErrImagePull"}},
      {"mount-worker",
       phase::pending,
       false,
       {"mount-worker waiting:ContainerCreating"}},
      {"unsched-worker", phase::pending, false, {}}};
  BOOST_TEST(pods.size() == std::size(rows));
  for (const auto& [name, pod] : pods) {
    const auto* x =
        std::find_if(std::begin(rows), std::end(rows),
                     [&](const row& r) { return r.role == pod.role_name; });
    BOOST_REQUIRE_MESSAGE(x != std::end(rows), name);
    BOOST_TEST((pod.phase == x->phase), name);
    BOOST_TEST(pod.ready == x->ready, name);
    words containers;
    for (const auto& container : pod.containers)
      containers.push_back(in_words(container));
    BOOST_TEST(containers == x->containers, per_element());
    BOOST_REQUIRE_MESSAGE(pod.owner.has_value(), name);
    BOOST_TEST(pod.owner->kind == "Job", name);
    BOOST_TEST(pod.owner->name == pod.role_name, name);
    auto scheduled = pod.role_name != "unsched-worker";
    BOOST_TEST(pod.node == (scheduled ? "watch-node" : ""), name);
    BOOST_TEST(pod.unscheduled.has_value() != scheduled, name);
  }
}

BOOST_AUTO_TEST_CASE(what_the_kubelet_and_scheduler_say_of_pods) {
  std::map<std::string, pod_seen> pods;
  for (const auto& [name, pod] : by_name<pod_seen>(watched_kind::pods, "pods"))
    pods[pod.role_name] = pod;
  BOOST_TEST(*pods["unsched-worker"].unscheduled ==
             "0/1 nodes are available: 1 node(s) didn't match Pod's node "
             "affinity/selector. no new claims to deallocate, preemption: 0/1 "
             "nodes are available: 1 Preemption is not helpful for "
             "scheduling.");
  BOOST_TEST(pods["config-worker"].containers.at(0).waiting_message ==
             "configmap \"shop-src\" not found");
  BOOST_TEST(pods["crash-worker"].containers.at(0).exit_message.ends_with(
      "/no/such/file: no such file or directory"));
  BOOST_TEST(pods["shop-load-master"].ip.starts_with("10.130.0."));
}

BOOST_AUTO_TEST_CASE(warnings_about_pods_and_jobs) {
  auto pods = page_of(watched_kind::pod_warnings, "pod_warnings");
  BOOST_REQUIRE_EQUAL(pods.objects.size(), 1u);
  const auto& mount = std::get<warning_seen>(*pods.objects[0]);
  BOOST_TEST(mount.about_kind == "Pod");
  BOOST_TEST(mount.about_name == "mount-worker-dljqx");
  BOOST_TEST(mount.about_uid == "a38bc4bf-9560-49de-aae2-c6fad2d67e2a");
  BOOST_TEST(mount.reason == "FailedMount");
  BOOST_TEST(mount.message == "MountVolume.SetUp failed for volume \"v\" : "
                              "configmap \"shop-src\" not found");
  BOOST_TEST(to_rfc3339(mount.last_seen) == "2026-11-23T19:27:55Z");
  auto jobs = page_of(watched_kind::job_warnings, "job_warnings");
  BOOST_REQUIRE(jobs.objects.size() > 1u);
  timestamp before{};
  for (const auto& object : jobs.objects) {
    const auto& create = std::get<warning_seen>(*object);
    BOOST_TEST(create.reason == "FailedCreate");
    BOOST_TEST(create.about_name == "quota-worker");
    BOOST_TEST(create.message.find("exceeded quota") != std::string::npos);
    BOOST_TEST((create.last_seen >= before));
    before = create.last_seen;
  }
}

BOOST_AUTO_TEST_SUITE_END()
