#include "tools/lib/bench/player/report.hpp"
#include "tools/lib/bench/player/scenes.hpp"

#include <string_view>

namespace locust::bench {

namespace {

constexpr auto calm = std::chrono::milliseconds(500);
/// Between two failures, so that an operator sees each of them.
constexpr auto pause = std::chrono::milliseconds(10);

constexpr std::string_view running =
    R"({"status":{"phase":"Running","containerStatuses":[{"name":"CONTAINER",)"
    R"("image":"i","imageID":"","restartCount":0,"ready":true,)"
    R"("state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}}}]}})";
constexpr std::string_view failed =
    R"({"status":{"phase":"Failed","containerStatuses":[{"name":"CONTAINER",)"
    R"("image":"i","imageID":"","restartCount":0,"ready":false,)"
    R"("state":{"terminated":{"exitCode":1,"reason":"Error",)"
    R"("startedAt":"2026-01-01T00:00:00Z",)"
    R"("finishedAt":"2026-01-01T00:01:00Z"}}}]}})";

std::string pods_of(const plan& what) {
  return "/api/v1/namespaces/" + what.name_space + "/pods";
}

/// The main container has the name of the Job.
std::string status_of_pod(std::string_view status, std::string_view job) {
  constexpr std::string_view place = "CONTAINER";
  std::string text(status);
  return text.replace(text.find(place), place.size(), job);
}

class pod_writer {
public:
  pod_writer(client& by, const plan& what) : by_(by), plan_(what) {
    // nop
  }

  /// `uid`: of the Job.
  void make(const std::string& test, const std::string& job,
            const std::string& uid, size_t number, const text_template& body) {
    auto pod = job + '-' + std::to_string(number);
    by_.send(
        http_verb::post, pods_of(plan_),
        body.fill(test, plan_.name_space, uid, pod),
        [this, job, number](const std::string&) { set(job, number, running); });
  }

  void set(const std::string& job, size_t number, std::string_view status) {
    by_.send(http_verb::merge_patch,
             pods_of(plan_) + '/' + job + '-' + std::to_string(number) +
                 "/status",
             status_of_pod(status, job), [](const std::string&) {});
  }

private:
  client& by_;
  const plan& plan_;
};

} // namespace

std::string play_workers(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client watcher(loop, access, "bench-watcher", 1);
  client people(loop, access, "bench-users", what.in_flight);
  client controller(loop, access, "bench-job-controller", what.in_flight);
  users creators(people, loop, what, tests);
  readiness seen(watcher, loop, what, tests);
  job_controller jobs(controller, loop, what, tests);
  pod_writer pods(controller, what);
  loop.run_until([] { return false; }, calm);
  auto begin = loop.now();
  creators.create_all();
  auto is_ready = loop.run_until(
      [&] { return seen.ready() == what.count && controller.open() == 0; },
      what.patience);
  if (is_ready) {
    for (const auto& test : tests.names) {
      auto master = test + "-master";
      pods.make(test, master, jobs.uid_of(master), 0, what.master_pod);
      auto worker = test + "-worker";
      for (size_t i = 0; i < what.workers; ++i)
        pods.make(test, worker, jobs.uid_of(worker), i, what.worker_pod);
    }
    loop.run_until([&] { return controller.open() == 0; }, what.patience);
  }
  return report(tests, begin);
}

std::string play_failures(const plan& what, const cluster_access& access) {
  reactor loop;
  test_list tests(what);
  client controller(loop, access, "bench-job-controller", 1);
  pod_writer pods(controller, what);
  auto begin = loop.now();
  for (const auto& test : tests.names)
    for (size_t i = 0; i < what.workers; ++i) {
      pods.set(test + "-worker", i, failed);
      loop.run_until([&] { return controller.open() == 0; }, what.patience);
      loop.run_until([] { return false; }, pause);
    }
  return report(tests, begin);
}

} // namespace locust::bench
