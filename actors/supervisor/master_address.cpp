#include "actors/supervisor/master_address.hpp"

namespace locust {

std::optional<web_ui_address> reachable_web_ui(std::string_view spec) {
  auto found = web_ui(spec);
  // The client speaks plain HTTP to pods: a Locust certificate is self-signed,
  // so there is nothing to verify it against.
  if (found && found->https)
    return std::nullopt;
  return found;
}

std::string master_url(const lifecycle::state& s, const observed_objects& seen,
                       const std::optional<web_ui_address>& web_ui) {
  const auto* pod = seen.newest_pod_of(s.run.children[child_kind::master_job]);
  if (pod == nullptr || !pod->locust_runs || pod->ip.empty() || !web_ui ||
      std::holds_alternative<lifecycle::ended>(s.at))
    return {};
  bool v6 = pod->ip.find(':') != std::string::npos;
  return "http://" + (v6 ? '[' + pod->ip + ']' : pod->ip) + ':' +
         std::to_string(web_ui->port) + web_ui->base_path;
}

} // namespace locust
