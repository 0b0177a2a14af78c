#pragma once

#include "actors/supervisor/observed_objects.hpp"

#include <string>

namespace locust {

/// Returns what following a run needs of this JSON text of a spec.
spec_digest digest_of(const std::string& spec);

} // namespace locust
