#pragma once

#include "protocol/load_figures.hpp"

#include <optional>
#include <string_view>

// The tables that Locust prints when it ends: statistics, percentiles and
// failures. They reach the operator in the termination message of the
// container, as the kubelet takes them from its log when it fails
// (terminationMessagePolicy: FallbackToLogsOnError), or as the locustfile
// writes them to /dev/termination-log.

namespace locust {

/// Reads the tables in `message`, whose beginning may be cut off: the kubelet
/// keeps 2 KiB of a log, and 4 KiB of a file. Figures that are cut off are
/// absent. Nothing when these are not the tables of the end.
std::optional<run_figures> read_final_table(std::string_view message);

} // namespace locust
