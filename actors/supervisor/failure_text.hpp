#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <optional>
#include <string>

// Sentences that say why a run failed (docs/behaviour/lifecycle.md
// #failure-message).

namespace locust {

/// Whether a deadline of the Job, and no pod, failed it.
bool failed_by_itself(const job_seen& job);

/// Returns what the exit code of Locust means; empty when only its own output
/// says it.
std::string meaning_of_exit(const container_end& end);

/// Returns exit code, reason, its meaning, and the last words of the container.
std::string explain_exit(const container_end& end);

/// `role` is `master` or `worker`, `pod` the pod that failed the Job, if known,
/// and `lost` the recorded loss.
std::string explain_failure(const std::string& role, const job_seen& job,
                            const observed_pod* pod,
                            const std::optional<lifecycle::loss>& lost);

} // namespace locust
