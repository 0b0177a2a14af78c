#pragma once

#include <array>
#include <string_view>

namespace locust {

/// `type` of each entry of `.status.conditions` that the operator writes, in
/// the order in which it writes them. All others belong to other controllers.
inline constexpr std::array<std::string_view, 5> condition_names = {
    "Ready", "WorkersConnected", "TestCompleted", "PodsHealthy", "SpecDrifted"};

} // namespace locust
