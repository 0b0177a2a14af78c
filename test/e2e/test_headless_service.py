"""Workers that reach their master through a headless Service, with real DNS."""

import pytest

from support.objects import condition, real_test

pytestmark = pytest.mark.exclusive


@pytest.fixture
def headless_operator(testbed):
    """The operator, restarted with headless Services; later with the default again."""
    testbed.operator.stop()
    testbed.operator.environment["SERVICE_MODE"] = "headless"
    testbed.operator.start()
    yield testbed.operator
    del testbed.operator.environment["SERVICE_MODE"]
    testbed.operator.stop()
    testbed.operator.start()


def test_all_workers_find_the_master(case, headless_operator):
    case.create_locustfiles()
    case.create(real_test(case.testbed.target.url, "t", workers=2, seconds=10))
    case.wait_for_condition("WorkersConnected", "True", "AllWorkersConnected")
    spec = case.get("Service", "t-master")["spec"]
    assert (spec["clusterIP"], spec["clusterIPs"]) == ("None", ["None"])
    assert [port["port"] for port in spec["ports"]] == [5557, 5558, 9646]
    test = case.wait_for_phase("Succeeded").object
    assert test["status"]["connectedWorkers"] == 2
    assert condition(test, "WorkersConnected")["reason"] == "AllWorkersConnected"
    assert "SpecDrifted" not in [c["type"] for c in test["status"]["conditions"]]
