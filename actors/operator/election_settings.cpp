#include "actors/operator/election_settings.hpp"

#include <utility>

namespace locust {

result<election_settings>
election_settings_of(const election_options& options,
                     const std::optional<std::string>& pod_namespace,
                     std::string identity) {
  if (options.ns.empty() && !pod_namespace)
    return fail(errc::bad_setting,
                "--leader-elect outside a cluster needs the namespace of the "
                "Lease; set --leader-elect-namespace");
  return election_settings{options.ns.empty() ? *pod_namespace : options.ns,
                           std::move(identity), options.lease_duration,
                           options.renew_deadline, options.retry_period};
}

} // namespace locust
