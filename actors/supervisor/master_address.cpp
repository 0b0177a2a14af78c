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

std::string host_of(const std::string& ip) {
  bool v6 = ip.find(':') != std::string::npos;
  return v6 ? '[' + ip + ']' : ip;
}

/// Where the API server passes requests on to the web UI.
std::string proxy_path(const std::string& ns, const std::string& pod,
                       const web_ui_address& web_ui) {
  return "/api/v1/namespaces/" + ns + "/pods/" +
         (web_ui.https ? "https:" : "") + pod + ':' +
         std::to_string(web_ui.port) + "/proxy" + web_ui.base_path;
}

} // namespace

result<web_ui_address> reachable_web_ui(std::string_view spec,
                                        master_access access) {
  if (access == master_access::off)
    return fail(errc::not_permitted, "--master-access=off forbids it");
  auto found = web_ui(spec);
  // A Locust certificate is self-signed, so there is nothing to verify it
  // against. The API server does not verify it either.
  if (found && found->https && access == master_access::direct)
    return fail(errc::unreachable, "its web UI uses TLS");
  return found;
}

std::optional<followed_master> master_to_follow(const lifecycle::state& s,
                                                const observed_objects& seen,
                                                const web_access& what,
                                                master_access access) {
  const auto* pod = seen.newest_pod_of(s.run.children[child_kind::master_job]);
  bool is_direct = access == master_access::direct;
  if (pod == nullptr || !pod->locust_runs || pod->ip.empty() ||
      std::holds_alternative<lifecycle::ended>(s.at) ||
      (!what.web_ui && (!is_direct || seen.load.listens_since)))
    return std::nullopt;
  followed_master found;
  if (is_direct) {
    auto host = "http://" + host_of(pod->ip) + ':';
    if (what.web_ui)
      found.web_url =
          host + std::to_string(what.web_ui->port) + what.web_ui->base_path;
    found.worker_url = host + std::to_string(worker_port);
  } else {
    found.web_url = proxy_path(seen.test->key.ns, pod->name, *what.web_ui);
  }
  found.expected_workers = s.run.expected_workers;
  found.hurries = workers_leave(s, seen);
  found.target_users = what.target_users;
  return found;
}

} // namespace locust
