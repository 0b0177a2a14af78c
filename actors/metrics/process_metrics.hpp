#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace locust {

/// Returns what every client library of Prometheus tells of its process, as
/// /proc has it now.
std::vector<prometheus::MetricFamily> process_metrics();

} // namespace locust
