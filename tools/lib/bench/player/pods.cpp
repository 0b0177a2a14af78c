#include "tools/lib/bench/player/pods.hpp"

#include <utility>

namespace locust::bench {

namespace {

/// The main container has the name of the Job.
std::string running(const std::string& job, const std::string& address) {
  auto ip =
      R"("podIP":")" + address + R"(","podIPs":[{"ip":")" + address + R"("}],)";
  return R"({"status":{"phase":"Running",)" + (address.empty() ? "" : ip) +
         R"("containerStatuses":[{"name":")" + job +
         R"(","image":"i","imageID":"","restartCount":0,"ready":true,)"
         R"("state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}}}]}})";
}

std::string ended(const std::string& job, int code) {
  return R"({"status":{"phase":")" +
         std::string(code == 0 ? "Succeeded" : "Failed") +
         R"(","containerStatuses":[{"name":")" + job +
         R"(","image":"i","imageID":"","restartCount":0,"ready":false,)"
         R"("state":{"terminated":{"exitCode":)" +
         std::to_string(code) + R"(,"reason":")" +
         (code == 0 ? "Completed" : "Error") +
         R"(","startedAt":"2026-01-01T00:00:00Z",)"
         R"("finishedAt":"2026-01-01T00:01:00Z"}}}]}})";
}

std::string pods_of(const plan& what) {
  return "/api/v1/namespaces/" + what.name_space + "/pods";
}

std::string name_of(const std::string& job, size_t number) {
  return job + '-' + std::to_string(number);
}

} // namespace

void pod_writer::make(const place& where, const text_template& body,
                      const std::string& address, std::function<void()> runs) {
  by_.send(http_verb::post, pods_of(plan_),
           body.fill(where.test, plan_.name_space, where.uid,
                     name_of(where.job, where.number)),
           [this, job = where.job, number = where.number, address,
            runs = std::move(runs)](const std::string&) {
             set(job, number, running(job, address), runs);
           });
}

void pod_writer::end(const std::string& job, size_t number, int code,
                     const std::function<void()>& done) {
  set(job, number, ended(job, code), done);
}

void pod_writer::set(const std::string& job, size_t number,
                     const std::string& status,
                     const std::function<void()>& done) {
  by_.send(http_verb::merge_patch,
           pods_of(plan_) + '/' + name_of(job, number) + "/status", status,
           [done](const std::string&) { done(); });
}

} // namespace locust::bench
