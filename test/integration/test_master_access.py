"""Locust masters behind the API server, and masters that may not be asked."""

import pytest

from support import scripted_master as master
from support.objects import condition, phase
from support.scripted_master import load, run, wait_for_load, without_time
from support.testbed import Testbed
from support.waiting import wait_for

PROXY = pytest.mark.parametrize("access", ["proxy"], indirect=True)


@pytest.fixture(scope="module", params=["proxy", "off"])
def access(request):
    return request.param


@pytest.fixture(scope="module")
def testbed(plane, access, tmp_path_factory):
    made = Testbed(plane.kubeconfig, plane.audit_log, tmp_path_factory.mktemp("operator"),
                   {"MASTER_ACCESS": access})
    made.operator.start()
    yield made
    made.close()


@pytest.fixture
def masters():
    address = master.network_address()
    if not address:
        pytest.skip("this machine has no address but loopback")
    with master.masters(address) as start:
        yield start


def connected(case, name="t"):
    return condition(case.test(name), "WorkersConnected")


@PROXY
def test_the_api_server_leads_to_the_master(case, masters):
    for name in ("h1", "h2", "h3"):
        run(case, masters, name, master.hangs)
    run(case, masters, "floods", master.floods)
    run(case, masters, "t", master.answers())
    assert without_time(wait_for_load(case)) == master.FIGURES
    assert phase(case.test()) == "Running"
    run(case, masters, "moved", master.says('{"worker_count":1}'), "--web-base-path /x")
    wait_for_load(case, "moved")
    assert not load(case, "h1")
    assert not load(case, "floods")


def test_why_a_master_is_not_asked_is_told(case, masters, access):
    one = run(case, masters, "t", master.answers(),
              "--headless" if access == "proxy" else "")
    why = {"proxy": "it is headless", "off": "--master-access=off forbids it"}[access]
    shown = wait_for("an estimate", lambda: connected(case),
                     lambda c: c.get("status") == "True")
    assert shown["message"] == ("1/1 workers connected (an estimate: ready worker pods; the "
                                f"operator cannot ask the Locust master: {why})")
    assert one.requests == 0
    assert not load(case)
