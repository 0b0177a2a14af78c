"""deploy/crd has the columns of kubectl get."""

import pytest

from crd_file import DEFINITION

COLUMNS = {
    "v1": [("master_cmd", "string", ".spec.masterCommandSeed", 0),
           ("worker_replica_count", "integer", ".spec.workerReplicas", 0),
           ("Image", "string", ".spec.image", 0),
           ("Age", "date", ".metadata.creationTimestamp", 0)],
    "v2": [("Phase", "string", ".status.phase", 0),
           ("Workers", "integer", ".status.expectedWorkers", 0),
           ("Connected", "integer", ".status.connectedWorkers", 0),
           ("Users", "integer", ".status.load.users", 0),
           ("RPS", "number", ".status.load.requestsPerSecond", 0),
           ("Fail%", "number", ".status.load.failPercent", 0),
           ("P95", "number", ".status.load.p95", 1),
           ("Result", "string", ".status.result.outcome", 1),
           ("Image", "string", ".spec.image", 1),
           ("Reason", "string", '.status.conditions[?(@.type=="TestCompleted")].reason', 1),
           ("Age", "date", ".metadata.creationTimestamp", 0)],
}


@pytest.mark.parametrize("name", ["v1", "v2"])
def test_printer_columns(name):
    version = next(v for v in DEFINITION["spec"]["versions"] if v["name"] == name)
    columns = version["additionalPrinterColumns"]
    assert [(c["name"], c["type"], c["jsonPath"], c.get("priority", 0))
            for c in columns] == COLUMNS[name]
    assert all(c.get("description") for c in columns[:3])
    assert all("description" not in c for c in columns if c["name"] == "Age")
