"""Start, waiting and stop, also without CRD, permissions or API server. These tests
run before the CRD is installed."""

import base64
import time

import pytest

from support.api import Api
from support.gate import Gate
from support.kubeconfig import edited_kubeconfig, kubeconfig_with_token
from support.kubectl import Kubectl
from support.objects import OPERATOR_ENVIRONMENT, locust_test
from support.operator_process import READY, Operator
from support.testbed import install_crd
from support.waiting import wait_for

READY_WITHIN = 1.0  # seconds from the start of the process
BACK_WITHIN = 35.0  # seconds; the longest pause between two attempts is 30 s

NAMESPACE = "start"


@pytest.fixture(scope="module")
def api(plane):
    return Api(plane.kubeconfig)


@pytest.fixture(scope="module")
def crd(plane, api):
    """Installs it; tests without the CRD run before."""
    install_crd(api, Kubectl(plane.kubeconfig))
    api.create({"kind": "Namespace", "apiVersion": "v1",
                "metadata": {"name": NAMESPACE}})


@pytest.fixture
def operator(plane, tmp_path):
    made = Operator(plane.kubeconfig, tmp_path / "operator.log",
                    OPERATOR_ENVIRONMENT)
    yield made
    made.close()


def errors(operator):
    return operator.lines_with(" error ")


# -- without the CRD --------------------------------------------------------------


def test_it_waits_for_the_crd_and_then_works(plane, api, operator, request):
    if api.exchange("GET", "/apis/locust.io/v2/locusttests")[0] == 200:
        pytest.fail("the CRD is installed already")
    operator.start(wait=False)
    line = operator.wait_for_line("waiting:", "locusttests.locust.io")
    assert "CustomResourceDefinition is missing or outdated" in line
    time.sleep(3)
    assert len(operator.lines_with("waiting:")) == 1, operator.tail()
    assert not operator.lines_with(READY)
    assert operator.probe("/readyz")[0] == 500
    status, why = operator.probe("/readyz/caches")
    assert status == 500 and "CustomResourceDefinition is missing or outdated" in why
    request.getfixturevalue("crd")
    operator.wait_for_line(READY, timeout=BACK_WITHIN)
    wait_for("readiness", lambda: operator.probe("/readyz") == (200, "ok"))
    assert_works(api, "after-crd")


def assert_works(api, name, timeout=10):
    api.create(locust_test(name), NAMESPACE)
    wait_for(f"the Jobs of {name}", lambda: api.get(
        "Job", NAMESPACE, f"{name}-worker"), timeout=timeout)


# -- start and stop ---------------------------------------------------------------


def test_it_is_ready_soon_and_stops_soon(crd, operator):
    taken = [operator.start()]
    resident = operator.resident_bytes()
    code, stopping = operator.stop()
    assert code == 0
    for _ in range(4):
        taken.append(operator.start())
        assert operator.stop()[0] == 0
    print(f"start to ready: {min(taken) * 1000:.0f} to "
          f"{max(taken) * 1000:.0f} ms, stop {stopping * 1000:.0f} ms, "
          f"{resident / (1 << 20):.1f} MiB resident")
    assert sorted(taken)[len(taken) // 2] < READY_WITHIN


def test_every_problem_is_named_before_it_ends(crd, operator, tmp_path):
    operator.environment.update(POD_CPU_REQUEST="abc", POD_MEM_LIMIT="1GG",
                                WATCH_NAMESPACES="a,a", ENABLE_WEBHOOKS="true",
                                METRICS_EXPORTER_PORT="ten")
    operator.kubeconfig = tmp_path / "nowhere"
    # The log level must not hide the reason.
    operator.flags = ["--zap-log-level=panic"]
    operator.start(wait=False)
    assert operator.wait() == 1
    output = errors(operator)
    for words in (['POD_CPU_REQUEST="abc"', "250m"],
                  ['POD_MEM_LIMIT="1GG"', "250m"],
                  ['WATCH_NAMESPACES="a,a"', "twice"],
                  ["--enable-webhooks", "--webhook-cert-path",
                   "--webhook-self-managed-certs"],
                  [str(tmp_path / "nowhere")]):
        [_line] = [line for line in output if all(w in line for w in words)]
    assert len(output) == 5, operator.tail()


def test_unsupported_flags_are_logged(crd, operator):
    operator.flags = ["--enable-http2"]
    operator.environment["ENABLE_WEBHOOKS"] = "false"
    operator.start()
    for words in ("HTTP/1.1 only",
                  "ENABLE_WEBHOOKS is deprecated"):
        assert len(operator.lines_with(" warning ", words)) == 1


def test_the_configuration_is_shown_with_its_sources(crd, plane, operator):
    operator.environment.update(POD_CPU_LIMIT="2", KAFKA_PASSWORD="hush",
                                METRICS_EXPORTER_PORT="ten")
    operator.flags = ["--print-config", "--watch-namespaces", "a,b"]
    operator.start(wait=False)
    assert operator.wait() == 0
    for name, source in (("--watch-namespaces=a,b", "# flag"),
                         ("--leader-elect=false", "# default"),
                         ("POD_CPU_LIMIT=2", "# environment"),
                         ("KAFKA_PASSWORD=(not shown)", "# environment"),
                         ("METRICS_EXPORTER_PORT=9646", '# default: METRICS_'
                          'EXPORTER_PORT="ten" is not a 32-bit decimal integer')):
        [line] = [line for line in operator.lines() if line.startswith(name)]
        assert line[len(name):].strip().startswith(source)
    assert operator.lines_with("# cluster: https://", str(plane.kubeconfig))
    assert not operator.lines_with("hush")

    operator.environment["POD_CPU_LIMIT"] = "two"
    operator.start(wait=False)
    assert operator.wait() == 1
    [line] = operator.lines_with("POD_CPU_LIMIT=two")
    assert "is not a Kubernetes quantity" in line
    [line] = errors(operator)
    assert 'POD_CPU_LIMIT="two"' in line


@pytest.mark.parametrize("flags, code", [
    (["--help"], 0), (["--version"], 0), (["--no-such-flag"], 2),
    (["--zap-log-level=loud"], 2)])
def test_the_command_line(crd, operator, flags, code):
    operator.flags = flags
    operator.start(wait=False)
    assert operator.wait() == code


def test_wrong_usage_is_explained(crd, operator):
    operator.environment["POD_CPU_LIMIT"] = "two"
    operator.flags = ["--no-such-flag", "-webhook-cert-wait-timeout=soon"]
    operator.start(wait=False)
    assert operator.wait() == 2
    assert operator.lines_with("Usage: locust-operator")
    [*_, unknown, bad, variable] = operator.lines()
    assert "--no-such-flag is not a flag" in unknown
    assert '--webhook-cert-wait-timeout="soon" is not a duration' in bad
    assert 'POD_CPU_LIMIT="two" is not a Kubernetes quantity' in variable


def test_outside_a_cluster_the_lease_needs_a_namespace(crd, operator):
    operator.flags = ["--leader-elect", "--leader-elect-retry-period=9s"]
    operator.start(wait=False)
    assert operator.wait() == 1
    output = "\n".join(errors(operator))
    assert "set --leader-elect-namespace" in output
    assert "--leader-elect-renew-deadline=10s must be greater than 1.2" in output


# -- kubeconfig -------------------------------------------------------------------


def test_a_missing_kubeconfig_is_named(crd, operator, tmp_path):
    operator.kubeconfig = tmp_path / "nowhere"
    operator.start(wait=False)
    assert operator.wait() == 1
    [line] = errors(operator)
    assert str(tmp_path / "nowhere") in line


@pytest.mark.parametrize("text, word", [
    ("{", "line 1"), ("a: [1, 2", "line 1"),
    ("apiVersion: v1\nkind: Config\n", "current-context"),
    ("apiVersion: v1\nkind: Config\ncurrent-context: gone\ncontexts: []\n",
     "gone")])
def test_a_malformed_kubeconfig_is_one_sentence(crd, operator, tmp_path, text,
                                                word):
    operator.kubeconfig = tmp_path / "kubeconfig"
    operator.kubeconfig.write_text(text)
    operator.start(wait=False)
    assert operator.wait() == 1
    [line] = errors(operator)
    assert str(operator.kubeconfig) in line and word in line


# -- rights -----------------------------------------------------------------------

RULES = [
    {"apiGroups": ["locust.io"], "resources": ["locusttests"],
     "verbs": ["get", "list", "watch", "update", "patch"]},
    {"apiGroups": ["locust.io"], "resources": ["locusttests/status"],
     "verbs": ["get", "update", "patch"]},
    {"apiGroups": ["locust.io"], "resources": ["locusttests/finalizers"],
     "verbs": ["update"]},
    {"apiGroups": ["batch"], "resources": ["jobs"],
     "verbs": ["get", "list", "watch", "create", "delete"]},
    {"apiGroups": [""], "resources": ["services"],
     "verbs": ["get", "list", "watch", "create", "delete"]},
    {"apiGroups": [""], "resources": ["pods"],
     "verbs": ["get", "list", "watch"]},
    {"apiGroups": [""], "resources": ["events"],
     "verbs": ["get", "list", "watch", "create", "patch"]},
]
RBAC = "rbac.authorization.k8s.io"


def test_without_rights_it_says_which_and_waits(crd, plane, api, operator,
                                                tmp_path):
    api.create({"kind": "ServiceAccount", "apiVersion": "v1",
                "metadata": {"name": "weak"}}, NAMESPACE)
    operator.kubeconfig = kubeconfig_with_token(
        plane.kubeconfig, tmp_path / "weak", api.token_of(NAMESPACE, "weak"))
    operator.start(wait=False)
    line = operator.wait_for_line("waiting:", "locusttests")
    for word in ("not permitted to list", "'list'", "'locusttests'",
                 "'locust.io'"):
        assert word in line
    time.sleep(3)
    # One line for each kind, regardless of the number of attempts.
    waiting = operator.lines_with("waiting:")
    assert len(waiting) == len({w.partition("waiting:")[2]
                                for w in waiting}) <= 7, operator.tail()
    assert operator.runs and not operator.lines_with(READY)

    api.create({"kind": "ClusterRole", "apiVersion": f"{RBAC}/v1",
                "metadata": {"name": "strong"}, "rules": RULES})
    api.create({"kind": "ClusterRoleBinding", "apiVersion": f"{RBAC}/v1",
                "metadata": {"name": "strong"},
                "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole",
                            "name": "strong"},
                "subjects": [{"kind": "ServiceAccount", "name": "weak",
                              "namespace": NAMESPACE}]})
    operator.wait_for_line(READY, timeout=BACK_WITHIN)
    # The documented permissions are sufficient.
    assert_works(api, "with-rights")
    status = wait_for("a status", lambda: api.get(
        "LocustTest", NAMESPACE, "with-rights").get("status"))
    assert status["phase"] == "Pending"
    wait_for("an event", lambda: [
        e for e in api.list("Event", NAMESPACE)
        if e["involvedObject"]["name"] == "with-rights"])


def test_a_wrong_authority_is_reported(crd, plane, operator,
                                                      tmp_path):
    other = base64.b64encode(OTHER_AUTHORITY.encode()).decode()
    operator.kubeconfig = edited_kubeconfig(
        plane.kubeconfig, tmp_path / "other",
        lambda cluster, _: cluster.update({
            "certificate-authority-data": other}))
    operator.start(wait=False)
    line = operator.wait_for_line("waiting:")
    assert "certificate" in line


# A self-signed certificate whose key was discarded.
OTHER_AUTHORITY = """-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUaKSI1KYEIXasgLM91FqCh0hDlbcwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIzMTk0ODU3WhgPMjEyNjEwMzAxOTQ4
NTdaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
hOfHvn5GLxUFNZ+LfrDdflAIKZfqdfp4faBQ9gcVIwfP/Mnh4uzE6wWvvvatTgBI
JbhC+Tp6YxsQjepP5w94E6NTMFEwHQYDVR0OBBYEFFqwir6RfirmFL+DRxOQZbkH
EPTDMB8GA1UdIwQYMBaAFFqwir6RfirmFL+DRxOQZbkHEPTDMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPOAIlqJKjrZ8nPD6uX1f2Bk+qxAXrsk
YLdnC/vbw4V0AiAneM9o+ca2r8CQAo06DwR41h1qxMSDR16+xDkJCc2R+w==
-----END CERTIFICATE-----
"""


# -- an API server that comes and goes ------------------------------------------------


@pytest.fixture
def gate(plane, api, tmp_path):
    made = Gate((api.host.hostname, api.host.port))
    made.kubeconfig = edited_kubeconfig(
        plane.kubeconfig, tmp_path / "gate", lambda cluster, _: cluster.update(
            server=f"https://127.0.0.1:{made.port}"))
    yield made
    made.close()


def test_it_waits_for_an_api_server_and_then_works(crd, api, operator, gate):
    operator.kubeconfig = gate.kubeconfig
    operator.start(wait=False)
    line = operator.wait_for_line("waiting:", "no answer")
    assert str(gate.port) in line or "refused" in line.lower()
    time.sleep(2)
    assert operator.runs
    gate.open()
    operator.wait_for_line(READY, timeout=BACK_WITHIN)
    assert_works(api, "after-wait")


def test_a_cut_connection_loses_nothing(crd, api, operator, gate):
    operator.kubeconfig = gate.kubeconfig
    gate.open()
    operator.start()
    assert_works(api, "before-cut")
    gate.close()
    api.create(locust_test("in-the-dark"), NAMESPACE)
    time.sleep(1)
    gate.open()
    wait_for("its Jobs", lambda: api.get(
        "Job", NAMESPACE, "in-the-dark-worker"), timeout=BACK_WITHIN)


def test_a_restarted_api_server_loses_nothing(crd, plane, api, operator):
    operator.start()
    assert_works(api, "before-restart")
    plane.restart("kube-apiserver")
    assert_works(api, "after-restart", timeout=BACK_WITHIN)
    assert operator.runs
