#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace locust {

/// Longer answers are rejected. 500 rows of statistics (the maximum of Locust)
/// are 200 KB, 500 errors with long texts somewhat more.
inline constexpr size_t stats_limit = size_t{4} << 20;

/// Returns the number of connected workers in the answer of a Locust master to
/// `GET /stats/requests`: `worker_count`, or else the number of `workers` whose
/// state is not `missing`. Nothing when the answer has neither (not a master,
/// or not Locust). Skips everything else, because the fields differ between
/// releases.
std::optional<int32_t> connected_workers(std::string_view stats);

} // namespace locust
