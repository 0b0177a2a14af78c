#include "actors/supervisor/master_address.hpp"

#include <algorithm>

namespace locust {

namespace {

/// Where Locust masters listen for workers; the Service has the same port.
constexpr uint16_t worker_port = 5557;

/// Whether worker pods have ended whose workers still count as connected.
bool workers_leave(const lifecycle::state& s, const observed_objects& seen) {
  const auto* workers = seen.job(s.run.children[child_kind::worker_job]);
  return workers != nullptr && s.run.source == worker_source::master &&
         workers->job.ready < std::min(s.run.connected, s.run.expected_workers);
}

} // namespace

std::optional<web_ui_address> reachable_web_ui(std::string_view spec) {
  auto found = web_ui(spec);
  // The client speaks plain HTTP to pods: a Locust certificate is self-signed,
  // so there is nothing to verify it against.
  if (found && found->https)
    return std::nullopt;
  return found;
}

std::optional<followed_master>
master_to_follow(const lifecycle::state& s, const observed_objects& seen,
                 const std::optional<web_ui_address>& web_ui) {
  const auto* pod = seen.newest_pod_of(s.run.children[child_kind::master_job]);
  if (pod == nullptr || !pod->locust_runs || pod->ip.empty() ||
      std::holds_alternative<lifecycle::ended>(s.at) ||
      (!web_ui && seen.load.listens_since))
    return std::nullopt;
  bool v6 = pod->ip.find(':') != std::string::npos;
  auto host = "http://" + (v6 ? '[' + pod->ip + ']' : pod->ip) + ':';
  followed_master found;
  if (web_ui)
    found.web_url = host + std::to_string(web_ui->port) + web_ui->base_path;
  found.worker_url = host + std::to_string(worker_port);
  found.expected_workers = s.run.expected_workers;
  found.hurries = workers_leave(s, seen);
  return found;
}

} // namespace locust
