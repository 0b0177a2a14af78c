#pragma once

#include <cstdint>

namespace locust {

/// Whether a client may change something at the API server.
enum class write_rule : uint8_t {
  free,      ///< always
  by_permit, ///< while a `write_permit` is valid
};

} // namespace locust
