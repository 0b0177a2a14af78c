"""/metrics: the series, their values, and who may read them."""

import http.client
import re
import ssl

import pytest

from support import observability, scripted_master
from support.case import Case
from support.certificates import MountedSecret, make_certificate
from support.job_controller import JobController
from support.kubeconfig import kubeconfig_with_token
from support.metrics_page import PLAIN, get, port_of, samples, value
from support.operator_process import Operator
from support.paths import ROOT
from support.testbed import Testbed
from support.waiting import wait_for

RBAC = "rbac.authorization.k8s.io"

# While it is idle and the page is read repeatedly.
SCRAPED_BOUND = 20 << 20  # bytes


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("pair"), "webhooks")


@pytest.fixture(scope="module")
def testbed(plane, tmp_path_factory, pair):
    """A testbed in which everything that has series is enabled."""
    folder = tmp_path_factory.mktemp("operator")
    secret = MountedSecret(folder / "mounted")
    secret.set(*pair)
    made = Testbed(plane.kubeconfig, plane.audit_log, folder, flags=[
        *PLAIN, "--leader-elect", "--leader-elect-namespace=default",
        "--enable-webhooks",
        "--webhook-bind-address=127.0.0.1:0",
        f"--webhook-cert-path={secret.folder}"])
    made.operator.start()
    yield made
    made.close()


# -- what is served ---------------------------------------------------------------


@pytest.fixture(scope="module")
def after_a_run(testbed, pair):
    """The page before a run, while its master answers, and after it and a review."""
    case = Case(testbed, "a run that is counted")
    case.jobs = JobController(case.api, case.namespace)
    before = samples(get(testbed.operator)[2])
    with scripted_master.masters() as start:
        scripted_master.run(case, start, "t", scripted_master.answers())
        case.wait_for_phase("Running", timeout=5)
        running = wait_for("the load", lambda: get(testbed.operator)[2],
                           lambda text: "locust_operator_test_users{" in text)
        case.jobs.complete("t-master")
        case.wait_for_phase("Succeeded", timeout=5)
    hooks = http.client.HTTPSConnection(
        "127.0.0.1", port_of(testbed.operator, "webhooks"),
        context=ssl.create_default_context(cadata=pair[0]))
    hooks.request("POST", "/convert", "{", {"Content-Type": "application/json"})
    assert hooks.getresponse().status == 400
    yield before, running, get(testbed.operator)[2], case
    case.close()


def test_a_run_moves_what_it_should(testbed, after_a_run):
    before, *pages, case = after_a_run
    running, after = map(samples, pages)

    def grown(name, until=after, **labels):
        return value(until, name, **labels) - value(before, name, **labels)

    assert grown("locust_operator_tests", running, phase="Running") == 1
    assert grown("locust_operator_actors", running, kind="supervisor") == 1
    assert grown("locust_operator_tests", phase="Succeeded") == 1
    assert grown("locust_operator_child_creations_total",
                 outcome="created") == 3
    assert grown("locust_operator_reaction_seconds_count") >= 2
    assert grown("locust_operator_api_requests_total", verb="create",
                 code="201") >= 3
    assert grown("rest_client_requests_total", method="POST", code="201") >= 3
    assert grown("controller_runtime_reconcile_total") >= 3
    assert grown("controller_runtime_reconcile_errors_total") == 0
    assert grown("workqueue_adds_total") >= 3
    assert grown("locust_operator_events_recorded_total") >= 1
    assert value(after, "controller_runtime_webhook_requests_total",
                 webhook="/convert", code="400") == 1
    assert value(after, "certwatcher_read_certificate_total") == 1
    for idle in ("workqueue_depth", "controller_runtime_active_workers",
                 "locust_operator_api_requests_waiting",
                 "controller_runtime_webhook_requests_in_flight"):
        wait_for(f"{idle} is 0",
                 lambda name=idle: value(samples(get(testbed.operator)[2]), name),
                 lambda number: number == 0, timeout=5)

    case.delete("LocustTest", "t")
    wait_for("the test is gone from the numbers", lambda: value(
        samples(get(testbed.operator)[2]), "locust_operator_tests"),
        lambda number: number == value(before, "locust_operator_tests"),
        timeout=5)


def test_the_page_is_valid(after_a_run):
    for page in after_a_run[1:3]:
        code, output = observability.promtool("check", "metrics", text=page)
        assert (code, output) == (0, "")


@pytest.fixture
def served(after_a_run):
    """Names of the series with their kinds."""
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", "".join(after_a_run[1:3]),
                           re.MULTILINE))


def test_the_document_has_every_series_and_no_other(after_a_run, served):
    document = (ROOT / "docs/metrics.md").read_text()
    document = document.partition("## Series of this operator")[2].partition(
        "These are left out")[0]
    rows = re.findall(r"^\| `(\w+)` \|", document, re.MULTILINE)
    assert sorted(rows) == sorted(served)
    found = samples(after_a_run[1]) | samples(after_a_run[2])
    for name, labels in re.findall(r"^\| `(\w+)` \| ([^|]*)\|", document,
                                   re.MULTILINE):
        seen = {label for series, its in found
                if re.fullmatch(name + "(_bucket|_sum|_count)?", series)
                for label, _ in its} - {"le"}
        named = set(re.findall(r"`(\w+)`", re.sub(r":[^;]*", "", labels)))
        assert named == seen, name


def test_dashboard_and_rules_ask_for_what_is_served(served):
    known = set()
    for name, kind in served.items():
        known |= ({f"{name}_bucket", f"{name}_sum", f"{name}_count"}
                  if kind == "histogram" else {name})
    assert observability.all_series() - known == set()


def test_there_is_nothing_else_on_that_server(testbed):
    for path in ("/", "/healthz", "/metrics/x", "/debug/pprof"):
        assert get(testbed.operator, path=path)[0] == 404


def test_scraping_takes_little(testbed, after_a_run):
    before = testbed.operator.cpu_seconds()
    for _ in range(50):
        get(testbed.operator)
    spent = (testbed.operator.cpu_seconds() - before) / 50
    resident = testbed.operator.resident_bytes()
    print(f"a scrape takes {spent * 1000:.1f} ms of CPU; "
          f"{resident / (1 << 20):.1f} MiB resident")
    assert spent < 0.05
    assert resident < SCRAPED_BOUND


# -- access --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secure(plane, testbed, tmp_path_factory):
    made = Operator(plane.kubeconfig,
                    tmp_path_factory.mktemp("secure") / "operator.log",
                    flags=["--metrics-bind-address=127.0.0.1:0"])
    made.start()
    made.wait_for_line("metrics serve a certificate")
    yield made
    made.close()


@pytest.fixture(scope="module")
def accounts(testbed):
    """Tokens of an account that may read metrics, and of one that may not."""
    for name in ("may", "may-not"):
        testbed.api.create({"kind": "ServiceAccount", "apiVersion": "v1",
                          "metadata": {"name": name}}, "default")
    testbed.api.create({"kind": "ClusterRole", "apiVersion": f"{RBAC}/v1",
                      "metadata": {"name": "metrics-scraper"}, "rules": [
                          {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]})
    testbed.api.create({"kind": "ClusterRoleBinding", "apiVersion": f"{RBAC}/v1",
                      "metadata": {"name": "metrics-scraper"},
                      "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole",
                                  "name": "metrics-scraper"},
                      "subjects": [{"kind": "ServiceAccount", "name": "may",
                                    "namespace": "default"}]})
    return {name: testbed.api.token_of("default", name)
            for name in ("may", "may-not")}


def test_an_authorized_user_gets_the_page(secure, accounts):
    def reviews():
        status, headers, body = get(secure, accounts["may"], secure=True)
        assert status == 200
        assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return value(samples(body), "locust_operator_api_requests_total",
                     verb="create", code="201")

    assert reviews() == 2  # TokenReview and SubjectAccessReview
    for _ in range(5):
        assert reviews() == 2


def test_an_unauthorized_user_is_rejected(secure, accounts):
    status, _, body = get(secure, accounts["may-not"], secure=True)
    assert status == 403
    assert body == ("Authorization denied for user "
                    "system:serviceaccount:default:may-not\n")


@pytest.mark.parametrize("token", [None, "", "nonsense", "a.b.c"])
def test_an_unknown_user_is_rejected(secure, token):
    status, headers, _ = get(secure, token, secure=True)
    assert status == 401
    assert headers["WWW-Authenticate"] == "Bearer"


def test_plain_http_is_not_spoken_there(secure):
    with pytest.raises((http.client.HTTPException, OSError)):
        get(secure, "x")


def test_a_missing_permission_is_logged(plane, testbed, accounts,
                                                  tmp_path):
    weak = Operator(kubeconfig_with_token(plane.kubeconfig, tmp_path / "weak",
                                          accounts["may-not"]),
                    tmp_path / "operator.log",
                    flags=["--metrics-bind-address=127.0.0.1:0"])
    try:
        weak.start(wait=False)
        weak.wait_for_line("metrics serve a certificate")
        status, _, body = wait_for(
            "an answer", lambda: get(weak, accounts["may"], secure=True),
            lambda answer: answer[0] != 503)
        assert (status, body) == (500, "Authentication failed\n")
        line = weak.wait_for_line("cannot authorize requests for metrics")
        for words in ("tokenreviews.authentication.k8s.io", "403", "'create'"):
            assert words in line
        assert accounts["may"] not in "\n".join(weak.lines())
    finally:
        weak.close()


def test_certificate_files_are_followed(plane, testbed, accounts, tmp_path):
    secret = MountedSecret(tmp_path / "mounted")
    first, second = (make_certificate(tmp_path, name) for name in "ab")
    secret.set(*first)
    operator = Operator(plane.kubeconfig, tmp_path / "operator.log", flags=[
        "--metrics-bind-address=127.0.0.1:0",
        f"--metrics-cert-path={secret.folder}"])
    try:
        operator.start()
        operator.wait_for_line("metrics serve a certificate")
        assert get(operator, accounts["may"], True, trusted=first[0])[0] == 200
        secret.set(*second)

        def is_new():
            try:
                return get(operator, accounts["may"], True,
                           trusted=second[0])[0] == 200
            except ssl.SSLCertVerificationError:
                return False

        wait_for("the new certificate", is_new, timeout=10)
    finally:
        operator.close()
