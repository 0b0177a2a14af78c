#pragma once

#include "actors/load_sampler/stats_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace locust {

/// Returns `.status.load` without `sampledAt` as JSON text: figures that are
/// not known are absent, and others are rounded as people read them. `target`:
/// the number of users that the arguments of the master ask for.
///
/// - Numbers below 1,000 have at most one decimal, others none.
/// - A fail ratio that is neither 0 nor 1 never looks like it.
/// - A master that makes no load has a rate of 0: Locust repeats the last one.
/// - `targetUsers` is absent when more users exist: somebody has changed the
///   number in the web UI, or a LoadTestShape does.
std::string figures_text(const master_stats& stats,
                         std::optional<int64_t> target);

} // namespace locust
