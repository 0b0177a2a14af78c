"""The supervisor finds out how a run ends, and what its pods went through."""

from ..mutant import Mutant

_OUTCOME = "actors/supervisor/outcome.cpp"
_HEALTH = "actors/supervisor/pod_health.cpp"

MUTANTS = [
    Mutant("runs-again-after-a-ttl", _OUTCOME,
           "if (known == nullptr && s.run.ttl_seconds)\n    return end_as",
           "if (known == nullptr && s.run.ttl_seconds == 1)\n    return end_as",
           "A master Job that its TTL has removed counts as deleted."),
    Mutant("no-last-word-of-the-master", _OUTCOME,
           "  if (now < due)\n    return wait_until(due);\n"
           "  const auto& lost = s.run.lost[child_kind::worker_job];",
           "  if (now < since)\n    return wait_until(due);\n"
           "  const auto& lost = s.run.lost[child_kind::worker_job];",
           "Failed workers end a run before the master can say how it went."),
    Mutant("does-not-wait-for-the-exit-code", _OUTCOME,
           "if (pod == nullptr && !failed_by_itself(known->job) && now < due)",
           "if (pod == nullptr && !failed_by_itself(known->job) && now > due)",
           "A failed Job ends the run before its pod shows the exit code."),
    Mutant("waits-for-others-for-ever", _OUTCOME,
           "return now < due ? wait_until(due) : judge_by_pod(*pod);",
           "return now < due || pod->end ? wait_until(due) : judge_by_pod(*pod);",
           "A sidecar that goes on keeps a finished run from ending."),
    Mutant("counts-withdrawn-pods", _OUTCOME,
           "return job.suspended || (job.resumed_at && pod.created < *job.resumed_at);",
           "return job.suspended && (job.resumed_at && pod.created < *job.resumed_at);",
           "Pods that a suspension took away count as lost."),
    Mutant("a-failure-is-a-success", _OUTCOME,
           "  if (pod.end->exit_code == 0)\n",
           "  if (pod.end->exit_code != 2)\n",
           "A master that ended with 1 while a sidecar goes on has succeeded."),
    Mutant("forgets-lost-pods", _HEALTH,
           "if (pod.is_lost() || is_on_record(child, pod))\n      return true;",
           "if (pod.is_lost() && is_on_record(child, pod))\n      return true;",
           "A pod that was deleted and is gone does not count any more."),
    Mutant("never-fails-unhealthy-pods", "actors/supervisor/assess.cpp",
           "if (health.fails_at && now >= *health.fails_at)",
           "if (health.fails_at && now < *health.fails_at - settings.pod_health_grace * 9)",
           "Pods that cannot start are shown, but the run never fails."),
    Mutant("runs-before-locust", "actors/supervisor/load_state.cpp",
           "return pod.job_uid == uid && pod.locust_ran &&",
           "return pod.job_uid == uid &&",
           "A run is Running as soon as the master has a pod."),
    Mutant("leaves-jobs-running", "actors/supervisor/supervisor_core.cpp",
           "  if (rules_.suspends)\n", "  if (rules_.suspends && rules_.journals)\n",
           "Locust goes on after the end of its run."),
    Mutant("keeps-the-finalizer", "actors/supervisor/decide.cpp",
           "    if (f.finalizer)\n", "    if (f.finalizer && after.revision == 0)\n",
           "The finalizer of the reference operator keeps a deleted LocustTest."),
]
