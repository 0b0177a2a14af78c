"""The fields of `status.load` and `status.result`: {path: (required, schema)}."""

COUNT = {"type": "integer", "format": "int32"}
TOTAL = {"type": "integer", "format": "int64"}
TIME = {"type": "string", "format": "date-time"}
WORD = {"type": "string", "maxLength": 64}

_LOAD = {
    "state": WORD, "sampledAt": TIME,
    **dict.fromkeys(("users", "targetUsers", "requests", "failures", "peak.users"), TOTAL),
    **dict.fromkeys(("requestsPerSecond", "failuresPerSecond", "failRatio", "failPercent",
                     "p50", "p95", "p99", "workers.busiestCPU", "peak.requestsPerSecond"),
                    "number"),
    **dict.fromkeys(("workers.connected", "workers.missing", "workers.overloaded",
                     "peak.workers"), COUNT),
}

_RESULT = {
    "outcome": WORD, "figures": WORD, "exitCode": COUNT, "workersAtPeak": COUNT,
    **dict.fromkeys(("exitMeaning", "message", "report.configMap", "report.omitted[]",
                     "report.message", "worstEndpoints[].method", "worstEndpoints[].name",
                     "topErrors[].method", "topErrors[].name", "topErrors[].error"), "string"),
    **dict.fromkeys(("sampledAt", "loadStartTime", "loadEndTime"), TIME),
    **dict.fromkeys(("sampleAgeSeconds", "requests", "failures", "peakUsers",
                     "loadDurationSeconds", "worstEndpoints[].requests",
                     "worstEndpoints[].failures", "topErrors[].occurrences"), TOTAL),
    **dict.fromkeys(("failRatio", "failPercent", "averageRequestsPerSecond", "p50", "p95",
                     "p99", "max", "peakRequestsPerSecond", "worstEndpoints[].p95",
                     "worstEndpoints[].max"), "number"),
}

FIGURES = {f"status.{member}.{path}": (False, schema)
           for member, table in (("load", _LOAD), ("result", _RESULT))
           for path, schema in table.items()}
