#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace locust {

/// Longer answers are not looked at. 500 rows of statistics (more Locust does
/// not send) are 200 KB, 500 errors with long texts some more.
inline constexpr size_t stats_limit = size_t{4} << 20;

/// Returns the number of connected workers in the answer of a Locust master to
/// `GET /stats/requests`: `worker_count`, else the number of `workers` whose
/// state is not `missing`. Nothing when it says neither (no master, or not
/// Locust). Everything else in the answer is skipped without being kept; field
/// sets differ between releases.
std::optional<int32_t> connected_workers(std::string_view stats);

} // namespace locust
