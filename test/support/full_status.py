"""A status with all fields that the operator writes."""

from .scripted_master import FIGURES


def full_result(now):
    return {
        "outcome": "RequestsFailed", "exitCode": 1, "exitMeaning": "requests failed",
        "figures": "LastSample", "message": "m", "sampledAt": now, "sampleAgeSeconds": 2,
        "requests": 40, "failures": 10, "failRatio": 0.25, "failPercent": 25,
        "averageRequestsPerSecond": 9.87, "p50": 7, "p95": 50, "p99": 90, "max": 1200.5,
        "peakRequestsPerSecond": 12.3, "peakUsers": 10, "workersAtPeak": 1,
        "loadStartTime": now, "loadEndTime": now, "loadDurationSeconds": 60,
        "worstEndpoints": [{"method": "GET", "name": "/", "requests": 9, "failures": 1,
                            "p95": 50, "max": 60}, {"name": "flow", "requests": 0,
                                                    "failures": 0}],
        "topErrors": [{"method": "GET", "name": "/", "error": "E", "occurrences": 9},
                      {"error": "", "occurrences": 1}],
        "report": {"configMap": "t-report", "omitted": ["report.html"], "message": "m"}}


def full_status(now="2026-01-02T03:04:05Z"):
    return {
        "phase": "Pending", "observedGeneration": 1, "expectedWorkers": 2, "connectedWorkers": 0,
        "load": {**FIGURES, "sampledAt": now},
        "result": full_result(now), "startTime": now, "specHash": "0123abcd",
        "runSpec": '{"image":"i"}',
        "conditions": [{"type": "Ready", "status": "False", "reason": "ResourcesCreating",
                        "message": "", "lastTransitionTime": now, "observedGeneration": 0},
                       {"type": "TestCompleted", "status": "False", "reason": "TestInProgress",
                        "message": "", "lastTransitionTime": now, "observedGeneration": 0}],
        "history": [{"sequence": 1, "time": "2026-01-02T03:04:05.678901Z", "kind": "Accepted",
                     "detail": "", "data": {"workers": "0", "note": ""}},
                    {"sequence": 2, "time": "2026-01-02T03:04:06.000000Z", "kind": "Started",
                     "detail": "d"}],
    }
