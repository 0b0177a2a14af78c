#pragma once

#include "actors/configuration/operator_options.hpp"
#include "actors/leader/election.hpp"
#include "protocol/error.hpp"

#include <optional>
#include <string>

namespace locust {

/// Converts the options. The Lease is in `pod_namespace` unless they name a
/// namespace. Fails if there is neither. `identity` must be unique to this
/// process.
result<election_settings>
election_settings_of(const election_options& options,
                     const std::optional<std::string>& pod_namespace,
                     std::string identity);

} // namespace locust
