#include "tools/lib/bench/player/pods.hpp"

namespace locust::bench {

namespace {

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

std::string name_of(const std::string& job, size_t number) {
  return job + '-' + std::to_string(number);
}

} // namespace

void pod_writer::make(const std::string& test, const std::string& job,
                      const std::string& uid, size_t number,
                      const text_template& body) {
  by_.send(
      http_verb::post, pods_of(plan_),
      body.fill(test, plan_.name_space, uid, name_of(job, number)),
      [this, job, number](const std::string&) { set(job, number, running); });
}

void pod_writer::fail(const std::string& job, size_t number) {
  set(job, number, failed);
}

void pod_writer::set(const std::string& job, size_t number,
                     std::string_view status) {
  by_.send(http_verb::merge_patch,
           pods_of(plan_) + '/' + name_of(job, number) + "/status",
           status_of_pod(status, job), [](const std::string&) {});
}

} // namespace locust::bench
