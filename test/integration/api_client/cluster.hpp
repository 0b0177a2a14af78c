#pragma once

#include "actors/api_client/find_access.hpp"

#include <stdexcept>

namespace locust::test {

/// The cluster that KUBECONFIG names.
inline cluster_access access() {
  auto found = find_cluster_access(access_options_from_environment());
  if (!found)
    throw std::runtime_error(found.error().message);
  return *found;
}

} // namespace locust::test
