#pragma once

#include "actors/supervisor/spec_digest.hpp"
#include "actors/supervisor/supervisor_core.hpp"
#include "protocol/api_call.hpp"
#include "test/unit/supervisor/story.hpp"

#include <algorithm>
#include <memory>

// Builders of Jobs and pods of the LocustTest `ns/load`.

namespace locust::testing {

/// The lists that are reported to a supervisor.
inline constexpr watched_kind listed_kinds[] = {
    watched_kind::services, watched_kind::jobs, watched_kind::pods,
    watched_kind::pod_warnings, watched_kind::job_warnings};

inline const std::string test_uid = "uid-test";

/// Spec of a LocustTest; specs differ by `image`.
inline std::string spec_text(const std::string& image, int32_t workers = 3,
                             const std::string& command = "-f a.py") {
  return R"({"image":")" + image + R"(","master":{"command":")" + command +
         R"("},)"
         R"("testFiles":{"configMapRef":"scripts"},)"
         R"("worker":{"command":"-f a.py","replicas":)" +
         std::to_string(workers) + "}}";
}

inline std::string hash_of(const std::string& image, int32_t workers = 3) {
  return digest_of(spec_text(image, workers), {"ns", "load"}, {}).hash;
}

inline supervisor_rules rules(const operator_settings& settings) {
  supervisor_rules made;
  made.settings = std::make_shared<const operator_settings>(settings);
  return made;
}

inline supervisor_rules rules(std::optional<int32_t> ttl) {
  operator_settings settings;
  settings.job_ttl_seconds = ttl;
  return rules(settings);
}

/// The LocustTest `ns/load`.
inline std::shared_ptr<const locust_test>
the_test(int64_t generation, const std::string& status = "") {
  auto test = std::make_shared<locust_test>();
  test->key = {"ns", "load"};
  test->uid = test_uid;
  test->generation = generation;
  test->spec = std::make_shared<const std::string>(spec_text("image-a"));
  if (!status.empty())
    test->status = std::make_shared<const std::string>(status);
  return test;
}

/// Each text with a space behind it.
inline std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts)
    all += text + ' ';
  return all;
}

class a_job {
public:
  explicit a_job(child_kind child, std::string uid) {
    seen.key = {"ns", child_name("load", child)};
    seen.uid = std::move(uid);
    seen.owner =
        owner_reference{"locust.io/v2", "LocustTest", "load", test_uid};
    seen.created = noon;
  }

  a_job& active(int32_t n) {
    seen.active = n;
    return *this;
  }

  a_job& ready(int32_t n) {
    seen.ready = n;
    return *this;
  }

  a_job& complete() {
    seen.verdict = job_verdict::complete;
    seen.active = 0;
    return *this;
  }

  a_job& failed(std::string reason = "BackoffLimitExceeded",
                std::string message = "Job has reached the limit") {
    seen.verdict = job_verdict::failed;
    seen.active = 0;
    seen.failure_reason = std::move(reason);
    seen.failure_message = std::move(message);
    return *this;
  }

  a_job& ending(std::string failure_reason = "") {
    seen.ending = true;
    seen.failure_reason = std::move(failure_reason);
    return *this;
  }

  a_job& deleting() {
    seen.deleting = true;
    return *this;
  }

  a_job& suspended() {
    seen.suspended = true;
    seen.active = seen.ready = 0;
    return *this;
  }

  a_job& resumed(timestamp at) {
    seen.resumed_at = at;
    return *this;
  }

  a_job& ttl(int32_t seconds) {
    seen.ttl_seconds = seconds;
    return *this;
  }

  a_job& owned_by(std::string uid) {
    seen.owner->uid = std::move(uid);
    return *this;
  }

  job_seen seen;
};

/// The answer to a read of the LocustTest; `more` are members of its metadata.
inline api_response a_read_of(const std::string& uid,
                              const std::string& more = {}) {
  api_response answer;
  answer.status = 200;
  answer.body = std::make_shared<const std::string>(
      R"({"metadata":{"resourceVersion":"1","uid":")" + uid + '"' + more +
      "}}");
  return answer;
}

inline a_job the_master(std::string uid = master_uid) {
  return a_job(child_kind::master_job, std::move(uid));
}

inline a_job the_workers(std::string uid = worker_uid) {
  return a_job(child_kind::worker_job, std::move(uid));
}

inline service_seen the_service(std::string owner_uid = test_uid) {
  service_seen seen;
  seen.key = {"ns", child_name("load", child_kind::master_service)};
  seen.uid = service_uid;
  seen.owner = owner_reference{"locust.io/v2", "LocustTest", "load", owner_uid};
  return seen;
}

class a_pod {
public:
  a_pod(std::string name, child_kind child, std::string job_uid) {
    seen.key = {"ns", name};
    seen.uid = "uid-" + name;
    seen.role_name = child_name("load", child);
    seen.owner =
        owner_reference{"batch/v1", "Job", seen.role_name, std::move(job_uid)};
    seen.created = noon;
    seen.phase = pod_phase::pending;
    seen.node = "node-1";
    job_name_ = seen.role_name;
    seen.containers.resize(1);
    seen.containers.front().name = job_name_;
  }

  /// The Locust container.
  container_seen& locust() {
    return *std::find_if(seen.containers.begin(), seen.containers.end(),
                         [&](const auto& c) { return c.name == job_name_; });
  }

  a_pod& runs() {
    seen.phase = pod_phase::running;
    locust().running = true;
    return *this;
  }

  a_pod& waits(std::string reason, std::string message = "") {
    locust().waiting_reason = std::move(reason);
    locust().waiting_message = std::move(message);
    return *this;
  }

  a_pod& exits(int32_t code, std::string reason = "Error") {
    locust().running = false;
    locust().exit_code = code;
    locust().exit_reason = code == 0 ? "Completed" : std::move(reason);
    seen.phase = code == 0 ? pod_phase::succeeded : pod_phase::failed;
    return *this;
  }

  /// A container that a webhook has added, which the kubelet lists before the
  /// Locust container, as `istio-proxy` comes before `load-master`. While it
  /// runs, so does the pod.
  a_pod& joined_by(container_seen c) {
    seen.containers.insert(seen.containers.begin(), c);
    if (c.running)
      seen.phase = pod_phase::running;
    return *this;
  }

  /// An init container before the Locust container.
  a_pod& init(container_seen c) {
    c.init = true;
    seen.containers.insert(seen.containers.begin(), std::move(c));
    return *this;
  }

  a_pod& evicted(std::string message) {
    seen.phase = pod_phase::failed;
    seen.reason = "Evicted";
    seen.message = std::move(message);
    return *this;
  }

  a_pod& disrupted(std::string why) {
    seen.disruption = std::move(why);
    return *this;
  }

  a_pod& unschedulable(std::string message) {
    seen.unscheduled = std::move(message);
    return *this;
  }

  a_pod& deleting() {
    seen.deleting = true;
    return *this;
  }

  a_pod& created(timestamp at) {
    seen.created = at;
    return *this;
  }

  a_pod& labelled(std::string role) {
    seen.role_name = std::move(role);
    return *this;
  }

  pod_seen seen;

private:
  std::string job_name_;
};

inline a_pod master_pod(std::string name = "load-master-x",
                        std::string job_uid = master_uid) {
  return {std::move(name), child_kind::master_job, std::move(job_uid)};
}

inline a_pod worker_pod(int n = 1, std::string job_uid = worker_uid) {
  return {"load-worker-" + std::to_string(n), child_kind::worker_job,
          std::move(job_uid)};
}

} // namespace locust::testing
