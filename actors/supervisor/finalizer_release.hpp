#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes.hpp"

#include <chrono>
#include <string>

// Taking the finalizer of the reference operator off (B1).

namespace locust {

/// Returns the request that takes it off, with `finalizer_patch`.
api_request release_request(const locust_test& test);

/// Returns why the finalizer could not be taken off, which may be tried again;
/// empty when there is nothing more to do.
std::string release_trouble(const api_response& answer);

/// How long to wait before the next attempt, after a wait of `before`.
std::chrono::seconds longer(std::chrono::seconds before);

} // namespace locust
