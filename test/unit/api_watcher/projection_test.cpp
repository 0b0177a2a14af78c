#include "actors/api_watcher/projection.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace locust::watcher;
using namespace std::chrono_literals;

namespace {

/// A projected object: `parts` follow its metadata, `metadata` follows its
/// name and uid.
template <class T>
T projected(watched_kind kind, const std::string& parts,
            const std::string& metadata = {}) {
  auto line = R"({"type":"ADDED","object":{"metadata":{"name":"n",)"
              R"("namespace":"perf","uid":"u","resourceVersion":"7")" +
              (metadata.empty() ? "" : "," + metadata) + "}" +
              (parts.empty() ? "" : "," + parts) + "}}";
  auto event = project_event(kind, line);
  BOOST_REQUIRE_MESSAGE(event.has_value(), event.error().message);
  return std::get<T>(*std::get<object_changed>(*event).object);
}

pod_seen pod_with_status(const std::string& status) {
  return projected<pod_seen>(watched_kind::pods,
                             R"("status":{)" + status + "}");
}

job_seen job_with_conditions(const std::string& conditions) {
  return projected<job_seen>(watched_kind::jobs,
                             R"("status":{"conditions":[)" + conditions + "]}");
}

std::string condition(std::string_view type, std::string_view status,
                      std::string_view reason = "") {
  std::string result = R"({"type":")";
  return result.append(type)
      .append(R"(","status":")")
      .append(status)
      .append(R"(","reason":")")
      .append(reason)
      .append(R"(","message":"because"})");
}

} // namespace

BOOST_AUTO_TEST_SUITE(projection_suite)

BOOST_AUTO_TEST_CASE(an_object_may_have_nothing_but_name_and_uid) {
  auto test = projected<locust_test>(watched_kind::locust_tests, "");
  BOOST_TEST(test.spec == nullptr);
  BOOST_TEST(test.status == nullptr);
  BOOST_TEST(test.generation == 0);
  auto pod = projected<pod_seen>(watched_kind::pods, "");
  BOOST_TEST((pod.phase == pod_phase::unknown));
  BOOST_TEST(pod.containers.empty());
  BOOST_TEST(!pod.owner.has_value());
  auto job = projected<job_seen>(watched_kind::jobs, "");
  BOOST_TEST((job.verdict == job_verdict::none));
  BOOST_TEST(
      projected<warning_seen>(watched_kind::pod_warnings, "").message.empty());
}

BOOST_AUTO_TEST_CASE(members_of_the_wrong_type_count_as_missing) {
  auto pod = projected<pod_seen>(
      watched_kind::pods,
      R"("spec":7,"status":{"phase":[],"conditions":{},"podIP":null,)"
      R"("containerStatuses":[1,{"name":{},"state":"x"}]})",
      R"("labels":[],"ownerReferences":"x","creationTimestamp":5)");
  BOOST_TEST((pod.phase == pod_phase::unknown));
  BOOST_TEST(pod.ip.empty());
  BOOST_TEST((pod.created == timestamp{}));
  BOOST_TEST(pod.containers.size() == 2u);
  auto job = projected<job_seen>(
      watched_kind::jobs,
      R"("spec":{"ttlSecondsAfterFinished":99999999999},"status":{"active":1e3})");
  BOOST_TEST(!job.ttl_seconds.has_value());
  BOOST_TEST(job.active == 0);
}

BOOST_AUTO_TEST_CASE(nulls_count_as_missing) {
  auto test = projected<locust_test>(watched_kind::locust_tests,
                                     R"("spec":null,"status":null)",
                                     R"("deletionTimestamp":null)");
  BOOST_TEST(test.spec == nullptr);
  BOOST_TEST(test.status == nullptr);
  BOOST_TEST(!test.deleting);
  auto pod = pod_with_status(R"("containerStatuses":[{"name":"c","state":)"
                             R"({"running":null,"terminated":null}}])");
  BOOST_TEST(!pod.containers.at(0).running);
  BOOST_TEST(!pod.containers.at(0).exit_code.has_value());
}

BOOST_AUTO_TEST_CASE(spec_and_status_are_sorted_whatever_their_order) {
  auto one = projected<locust_test>(
      watched_kind::locust_tests,
      R"("spec":{"worker":{"b":[{"y":1,"x":"é\n"}],"a":0},"image":"i"})");
  auto other = projected<locust_test>(
      watched_kind::locust_tests,
      R"("spec":{"image":"i","worker":{"a":0,"b":[{"x":"é\n","y":1}]}})");
  BOOST_TEST(*one.spec == *other.spec);
  BOOST_TEST(*one.spec == R"({"image":"i","worker":{"a":0,"b":[)"
                          R"({"x":"é\n","y":1}]}})");
}

BOOST_AUTO_TEST_CASE(only_the_controller_is_the_owner) {
  auto owner_of = [](const char* references) {
    return projected<service_seen>(watched_kind::services, "",
                                   std::string(R"("ownerReferences":)") +
                                       references)
        .owner;
  };
  BOOST_TEST(!owner_of("[]").has_value());
  BOOST_TEST(!owner_of(R"([{"kind":"A","uid":"1"},)"
                       R"({"kind":"B","uid":"2","controller":false}])")
                  .has_value());
  auto owner = owner_of(R"([{"kind":"A","uid":"1"},{"apiVersion":"g/v1",)"
                        R"("kind":"B","name":"b","uid":"2",)"
                        R"("controller":true}])");
  BOOST_TEST((owner == owner_reference{"g/v1", "B", "b", "2"}));
}

BOOST_AUTO_TEST_CASE(the_first_condition_that_is_true_is_the_verdict) {
  struct row {
    std::string conditions;
    job_verdict verdict;
    const char* reason;
  };
  auto complete = condition("Complete", "True", "CompletionsReached");
  auto failed = condition("Failed", "True", "DeadlineExceeded");
  using verdict = job_verdict;
  for (const auto& [conditions, expected, reason] :
       {row{complete, verdict::complete, ""},
        row{failed, verdict::failed, "DeadlineExceeded"},
        row{complete + "," + failed, verdict::complete, "DeadlineExceeded"},
        row{failed + "," + complete, verdict::failed, "DeadlineExceeded"},
        row{condition("Failed", "False", "x") + "," + complete,
            verdict::complete, ""},
        row{condition("FailureTarget", "True", "DeadlineExceeded"),
            verdict::none, "DeadlineExceeded"},
        row{condition("Complete", "Unknown"), verdict::none, ""},
        row{condition("SuccessCriteriaMet", "True") + "," +
                condition("Suspended", "True"),
            verdict::none, ""}}) {
    auto job = job_with_conditions(conditions);
    BOOST_TEST((job.verdict == expected), conditions);
    BOOST_TEST(job.failure_reason == reason, conditions);
  }
}

BOOST_AUTO_TEST_CASE(a_job_whose_outcome_is_decided_is_ending) {
  BOOST_TEST(job_with_conditions(condition("FailureTarget", "True")).ending);
  BOOST_TEST(
      job_with_conditions(condition("SuccessCriteriaMet", "True")).ending);
  BOOST_TEST(!job_with_conditions(condition("FailureTarget", "False")).ending);
  BOOST_TEST(!job_with_conditions(condition("Complete", "True")).ending);
}

BOOST_AUTO_TEST_CASE(a_suspended_job_says_so_and_when_it_went_on) {
  auto wanted =
      projected<job_seen>(watched_kind::jobs, R"("spec":{"suspend":true})");
  BOOST_TEST(wanted.suspended);
  BOOST_TEST(
      !projected<job_seen>(watched_kind::jobs, R"("spec":{"suspend":false})")
           .suspended);
  BOOST_TEST(job_with_conditions(condition("Suspended", "True")).suspended);
  auto resumed =
      job_with_conditions(R"({"type":"Suspended","status":"False",)"
                          R"("lastTransitionTime":"2026-11-23T19:27:30Z"})");
  BOOST_TEST(!resumed.suspended);
  BOOST_TEST((resumed.resumed_at == parse_rfc3339("2026-11-23T19:27:30Z")));
  BOOST_TEST(!job_with_conditions(condition("Complete", "True"))
                  .resumed_at.has_value());
}

BOOST_AUTO_TEST_CASE(an_evicted_pod_says_why) {
  auto pod =
      pod_with_status(R"("phase":"Failed","reason":"Evicted",)"
                      R"("message":"The node was low on resource: memory. ")");
  BOOST_TEST((pod.phase == pod_phase::failed));
  BOOST_TEST(pod.reason == "Evicted");
  BOOST_TEST(pod.message == "The node was low on resource: memory. ");
}

BOOST_AUTO_TEST_CASE(every_phase_is_known) {
  using phase = pod_phase;
  for (auto [text, expected] : {std::pair{"Pending", phase::pending},
                                {"Running", phase::running},
                                {"Succeeded", phase::succeeded},
                                {"Failed", phase::failed},
                                {"Unknown", phase::unknown},
                                {"New", phase::unknown}}) {
    auto pod = pod_with_status(std::string(R"("phase":")") + text + "\"");
    BOOST_TEST((pod.phase == expected), text);
  }
}

BOOST_AUTO_TEST_CASE(readiness_and_scheduling_come_from_conditions) {
  auto pod = pod_with_status(R"("conditions":[)" + condition("Ready", "True") +
                             "," + condition("PodScheduled", "True") + "]");
  BOOST_TEST(pod.ready);
  BOOST_TEST(!pod.unscheduled.has_value());
  pod = pod_with_status(R"("conditions":[)" + condition("Ready", "False") +
                        "," + condition("PodScheduled", "False") + "]");
  BOOST_TEST(!pod.ready);
  BOOST_TEST((pod.unscheduled == "because"));
  pod = pod_with_status(R"("conditions":[{"type":"PodScheduled",)"
                        R"("status":"False"}])");
  BOOST_TEST((pod.unscheduled == ""));
}

BOOST_AUTO_TEST_CASE(a_disruption_is_named_with_its_reason) {
  auto disrupted = [](const char* status) {
    return pod_with_status(R"("conditions":[)" +
                           condition("DisruptionTarget", status, "Drain") + "]")
        .disruption;
  };
  BOOST_TEST(disrupted("True") == "Drain: because");
  BOOST_TEST(disrupted("False").empty());
}

BOOST_AUTO_TEST_CASE(the_state_before_a_restart_does_not_count) {
  auto pod = pod_with_status(
      R"("containerStatuses":[{"name":"c","restartCount":3,)"
      R"("lastState":{"terminated":{"exitCode":9,"reason":"Error"}},)"
      R"("state":{"waiting":{"reason":"CrashLoopBackOff",)"
      R"("message":"back-off 40s"}}}])");
  const auto& container = pod.containers.at(0);
  BOOST_TEST(!container.exit_code.has_value());
  BOOST_TEST(container.exit_reason.empty());
  BOOST_TEST(container.waiting_reason == "CrashLoopBackOff");
  BOOST_TEST(container.waiting_message == "back-off 40s");
}

BOOST_AUTO_TEST_CASE(init_containers_come_first_and_sidecars_are_marked) {
  auto pod = projected<pod_seen>(
      watched_kind::pods,
      R"("spec":{"containers":[{"name":"main","restartPolicy":"Always"}],)"
      R"("initContainers":[{"name":"plain"},)"
      R"({"name":"mesh","restartPolicy":"Always"}]},"status":{)"
      R"("containerStatuses":[{"name":"main"}],)"
      R"("initContainerStatuses":[{"name":"plain"},{"name":"mesh"}],)"
      R"("ephemeralContainerStatuses":[{"name":"debug"}]})");
  BOOST_REQUIRE_EQUAL(pod.containers.size(), 3u);
  struct row {
    const char* name;
    bool init, sidecar;
  };
  const row expected[] = {
      {"plain", true, false}, {"mesh", true, true}, {"main", false, false}};
  for (size_t i = 0; i < 3; ++i) {
    BOOST_TEST(pod.containers[i].name == expected[i].name);
    BOOST_TEST(pod.containers[i].init == expected[i].init);
    BOOST_TEST(pod.containers[i].sidecar == expected[i].sidecar);
  }
}

BOOST_AUTO_TEST_CASE(an_event_was_last_seen_at_the_latest_of_its_times) {
  struct row {
    const char* times;
    const char* expected;
  };
  for (auto [times, expected] :
       {row{R"("lastTimestamp":"2026-01-02T03:04:05Z","eventTime":null)",
            "2026-01-02T03:04:05.000000Z"},
        row{R"("lastTimestamp":null,)"
            R"("eventTime":"2026-01-02T03:04:05.123456Z")",
            "2026-01-02T03:04:05.123456Z"},
        row{R"("eventTime":"2026-01-02T03:04:05.1Z","series":{"count":3,)"
            R"("lastObservedTime":"2026-01-02T04:00:00.5Z"})",
            "2026-01-02T04:00:00.500000Z"},
        row{R"("firstTimestamp":"2026-01-02T03:04:05Z")",
            "2026-01-02T03:04:05.000000Z"}}) {
    auto warning = projected<warning_seen>(watched_kind::job_warnings, times);
    BOOST_TEST(to_rfc3339_micro(warning.last_seen) == expected, times);
  }
  auto warning =
      projected<warning_seen>(watched_kind::job_warnings, "",
                              R"("creationTimestamp":"2026-01-02T03:04:05Z")");
  BOOST_TEST(to_rfc3339(warning.last_seen) == "2026-01-02T03:04:05Z");
}

BOOST_AUTO_TEST_CASE(texts_of_others_are_cut_before_anything_uses_them) {
  const std::string endless(1'000'000, 'x');
  auto warning = projected<warning_seen>(
      watched_kind::pod_warnings,
      R"("reason":")" + endless + R"(","message":")" + endless + '"');
  BOOST_TEST(warning.message.size() == 4096u);
  BOOST_TEST(warning.reason.size() == 256u);
  auto pod = projected<pod_seen>(
      watched_kind::pods,
      R"("status":{"message":")" + endless +
          R"(","containerStatuses":[{"name":"a","state":{"terminated":)"
          R"({"exitCode":1,"message":")" +
          endless + R"("}}}]})");
  BOOST_TEST(pod.message.size() == 4096u);
  BOOST_TEST_REQUIRE(pod.containers.size() == 1u);
  BOOST_TEST(pod.containers[0].exit_message.size() == 4096u);
  auto job = projected<job_seen>(
      watched_kind::jobs,
      R"("status":{"conditions":[{"type":"Failed","status":"True","message":")" +
          endless + R"("}]})");
  BOOST_TEST(job.failure_message.size() == 4096u);
}

BOOST_AUTO_TEST_CASE(warnings_of_a_page_are_in_the_order_of_their_times) {
  auto event = [](const char* name, const char* time) {
    return std::string(R"({"metadata":{"uid":"u","name":")") + name +
           R"("},"lastTimestamp":")" + time + R"("})";
  };
  auto page = project_page(
      watched_kind::pod_warnings,
      R"({"kind":"EventList","metadata":{"resourceVersion":"9"},"items":[)" +
          event("a", "2026-01-02T03:00:02Z") + "," +
          event("b", "2026-01-02T03:00:01Z") + "]}");
  BOOST_REQUIRE(page.has_value());
  BOOST_TEST(key_of(*page->objects.at(0)).name == "b");
}

BOOST_AUTO_TEST_CASE(a_status_is_read_in_the_stream) {
  const std::string status =
      R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
      R"("message":"Timeout: Too large resource version: 9, current: 8",)"
      R"("reason":"Timeout","details":{"causes":[{"reason":"Other"},)"
      R"({"reason":"ResourceVersionTooLarge","message":"Too large"}],)"
      R"("retryAfterSeconds":3},"code":504})";
  for (auto kind :
       {watched_kind::locust_tests, watched_kind::services, watched_kind::jobs,
        watched_kind::pods, watched_kind::pod_warnings}) {
    auto event =
        project_event(kind, R"({"object":)" + status + R"(,"type":"ERROR"})");
    BOOST_REQUIRE(event.has_value());
    const auto& said = std::get<stream_error>(*event).status;
    BOOST_TEST(said.code == 504);
    BOOST_TEST(said.reason == "Timeout");
    BOOST_TEST(said.message.starts_with("Timeout: Too large"));
    BOOST_TEST(is_version_too_large(said));
    BOOST_TEST((said.retry_after == 3s));
  }
}

BOOST_AUTO_TEST_CASE(an_error_without_a_sensible_code_is_no_success) {
  for (const auto* code :
       {"0", "7", "-410", "99999999999", "\"410\"", "null"}) {
    auto event = project_event(
        watched_kind::jobs,
        std::string(R"({"type":"ERROR","object":{"code":)") + code + "}}");
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST(std::get<stream_error>(*event).status.code == 500, code);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_event_fails_with_a_reason) {
  for (const auto* line :
       {"", "null", "[]", "{}", "{\"type\":\"ADDED\"}",
        R"({"type":"ADDED","object":null})", R"({"type":"added","object":{}})",
        R"({"type":"ADDED","object":{}} x)", R"({"type":"ADDED","object":{)"}) {
    auto event = project_event(watched_kind::jobs, line);
    BOOST_TEST(!event.has_value(), line);
    if (!event)
      BOOST_TEST(!event.error().message.empty(), line);
  }
}

BOOST_AUTO_TEST_SUITE_END()
