#pragma once

#include "actors/supervisor/supervisor_actor.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>

namespace locust::test {

using namespace std::chrono_literals;

/// A supervisor and mocks of all actors that it talks to.
struct supervisor_fixture : actor_fixture {
  mock<api_client_actor> client{*this};
  mock<run_queue_actor> queue{*this};
  mock<status_writer_actor> writer{*this};
  mock<event_recorder_actor> recorder{*this};
  mock<load_sampler_actor> sampler{*this};
  timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
  /// By how much the wall clock was adjusted since the supervisor began.
  std::chrono::seconds wall_step{0};

  /// `JOB_TTL_SECONDS_AFTER_FINISHED`
  std::optional<int32_t> job_ttl;

  std::shared_ptr<const supervisor_setup> setup(bool leads = true) {
    auto made = std::make_shared<supervisor_setup>();
    made->client = client;
    made->queue = queue;
    made->writer = writer;
    made->recorder = recorder;
    made->sampler = sampler;
    auto settings = std::make_shared<operator_settings>();
    settings->job_ttl_seconds = job_ttl;
    made->settings = settings;
    made->leads = leads;
    made->elects = !leads;
    made->now = [this] {
      return now + wall_step;
    };
    made->start_clock = [this] {
      return [this] {
        return now;
      };
    };
    return made;
  }

  static std::shared_ptr<const locust_test> shop(std::string status = {}) {
    auto made = std::make_shared<locust_test>();
    made->key = {"perf", "shop"};
    made->uid = "u1";
    made->resource_version = "7";
    made->generation = 1;
    made->spec = std::make_shared<const std::string>(
        R"({"image":"i","master":{"command":"-f a.py"},)"
        R"("worker":{"command":"","replicas":2}})");
    if (!status.empty())
      made->status = std::make_shared<const std::string>(std::move(status));
    return made;
  }

  supervisor_actor start(std::shared_ptr<const locust_test> test) {
    return keep(spawn_supervisor(system, setup(), std::move(test)));
  }

  /// Starts a follower.
  supervisor_actor follow(std::shared_ptr<const locust_test> test) {
    return keep(spawn_supervisor(system, setup(false), std::move(test)));
  }

  void finish_lists(const supervisor_actor& supervisor) {
    for (auto kind :
         {watched_kind::services, watched_kind::jobs, watched_kind::pods})
      tell(supervisor, observation{listed{kind, "9", {}}});
  }

  /// Confirms the newest status that was sent.
  void store(const supervisor_actor& supervisor) {
    auto& sent = writer.received<save_status>();
    BOOST_REQUIRE(!sent.empty());
    tell(supervisor, status_saved{sent.back().revision, "10"});
  }

  void create(child_kind child) {
    BOOST_REQUIRE(queue.unanswered<build_child>() == 1u);
    BOOST_TEST((queue.received<build_child>().back().child == child));
    answer_created(child);
  }

  /// Reports a pod of this Job whose Locust container runs.
  void see_running_pod(const supervisor_actor& supervisor,
                       const job_seen& job) {
    pod_seen pod;
    pod.key = {job.key.ns, job.key.name + "-x"};
    pod.uid = "pod-of-" + job.uid;
    pod.resource_version = job.resource_version;
    pod.owner = owner_reference{"batch/v1", "Job", job.key.name, job.uid};
    pod.role_name = job.key.name;
    pod.phase = pod_phase::running;
    pod.containers.resize(1);
    pod.containers.front().name = job.key.name;
    pod.containers.front().running = true;
    tell(supervisor,
         observation{present{std::make_shared<const seen_object>(pod)}});
  }

  /// Answers the oldest request for a child.
  void answer_created(child_kind child) {
    child_result answer;
    answer.child = child;
    answer.what = child_result::outcome::created;
    answer.name = child_name("shop", child);
    answer.uid = "uid-" + std::string(to_string(child));
    answer.resource_version = "11";
    queue.reply<build_child>(std::move(answer));
  }

  /// Answers the read that follows the loss of a child.
  void confirm_existence() {
    BOOST_REQUIRE(client.unanswered<api_request>() == 1u);
    auto found = answer(200);
    found.body = std::make_shared<const std::string>(
        R"({"metadata":{"uid":"u1","resourceVersion":"1"}})");
    client.reply<api_request>(std::move(found));
  }

  static api_response answer(int status) {
    api_response made;
    made.status = status;
    made.body = std::make_shared<const std::string>();
    return made;
  }

  static std::string phase(const save_status& sent) {
    auto doc = json::parse(*sent.document);
    return doc ? json::text_at(*doc, {"phase"}) : "unreadable";
  }
};

} // namespace locust::test
