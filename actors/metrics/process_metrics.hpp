#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace locust {

/// Returns the `process_*` metrics that all Prometheus client libraries export.
/// Reads /proc.
std::vector<prometheus::MetricFamily> process_metrics();

} // namespace locust
