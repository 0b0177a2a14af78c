#pragma once

#include "protocol/basics/fnv.hpp"

#include <cstdint>
#include <string>

namespace locust::simulation {

/// Fewer requests than these were made before a master stopped.
inline constexpr int64_t fewest_requests = 1000;

/// The requests of the whole run of this master.
inline int64_t all_requests(const std::string& master_uid) {
  return fewest_requests +
         static_cast<int64_t>(fnv1a().add(master_uid).value() % 1000);
}

} // namespace locust::simulation
