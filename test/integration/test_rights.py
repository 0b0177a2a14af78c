"""The operator with its own ServiceAccount and exactly the permissions of the chart:
everything works, and every permission is used."""

import base64
import socket
import ssl
import urllib.request

import pytest

from support import charts, webhooks
from support.api import Api, path_of
from support.audit import AUDITED, Audit
from support.go_operator import FINALIZER
from support.job_controller import JobController
from support.kubeconfig import kubeconfig_with_token
from support.kubectl import Kubectl
from support.objects import OPERATOR_ENVIRONMENT, changed, locust_test, phase
from support.operator_process import Operator
from support.reporting_master import ReportingMaster
from support.reports import report_of
from support.rights import grants
from support.testbed import install_crd
from support.waiting import wait_for

SCRAPER = "scraper"
ELSEWHERE = [f"--{server}-bind-address=127.0.0.1:0"
             for server in ("webhook", "metrics")]
SECRET = "locust-operator-webhook-self-managed"
LEASE = "locust-k8s-operator.locust.io"
# The second one needs only Roles: it has neither webhooks nor secure metrics.
MODES = {"cluster-wide": {}, "namespaced": {
    "watchNamespaces": ["rights-namespaced"], "metrics": {"enabled": False}}}
SERVICE = {"apiVersion": "v1", "kind": "Service",
           "metadata": {"name": "service-master"},
           "spec": {"ports": [{"port": 80}]}}
JOB = {"apiVersion": "batch/v1", "kind": "Job",
       "metadata": {"name": "job-master"},
       "spec": {"template": {"spec": {
           "restartPolicy": "Never",
           "containers": [{"name": "c", "image": "none"}]}}}}
READER = [
    {"apiVersion": "v1", "kind": "ServiceAccount",
     "metadata": {"name": SCRAPER, "namespace": AUDITED}},
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
     "metadata": {"name": SCRAPER},
     "roleRef": {"apiGroup": "rbac.authorization.k8s.io",
                 "kind": "ClusterRole",
                 "name": "locust-operator-metrics-reader"},
     "subjects": [{"kind": "ServiceAccount", "name": SCRAPER,
                   "namespace": AUDITED}]}]
# An admission plugin checks this for the operator; see
# test_owner_references_need_a_right.
NOT_REQUESTED = {("update", "locusttests/finalizers")}


@pytest.fixture(scope="module")
def api(plane):
    made = Api(plane.kubeconfig)
    install_crd(made, Kubectl(plane.kubeconfig))
    made.ensure_namespace(AUDITED)
    return made


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


# Values of the chart that add permissions.
FEATURES = {"leaderElection": {"enabled": True},
            "metrics": {"enabled": True, "secure": True}}


class Installed:
    """An operator with the permissions of the chart."""

    def __init__(self, plane, api, mode, folder):
        self.api = api
        self.audit = Audit(plane.audit_log)
        self.namespace = f"rights-{mode}"
        self.account = f"operator-{mode}"
        self.webhook_port, self.metrics_port = free_ports(2)
        api.ensure_namespace(self.namespace)
        self.bodies = charts.rendered(
            {**FEATURES, **MODES[mode], "userRoles": {"enabled": False},
             "serviceAccount": {"name": self.account}}, AUDITED)
        self.rights = charts.of_kind(
            self.bodies, "ServiceAccount", "Role", "ClusterRole",
            "RoleBinding", "ClusterRoleBinding")
        for body in self.rights:
            api.create(body, body["metadata"].get("namespace"))
        self.has_webhooks = bool(charts.of_kind(
            self.bodies, "ValidatingWebhookConfiguration"))
        if self.has_webhooks:
            webhooks.install(api, f"https://127.0.0.1:{self.webhook_port}")
        self.has_metrics = bool([
            body for body in charts.of_kind(self.bodies, "Service")
            if body["metadata"]["name"].endswith("-metrics")])
        self.begin = self.audit.now()
        kubeconfig = kubeconfig_with_token(
            plane.kubeconfig, folder / "kubeconfig",
            api.token_of(AUDITED, self.account))
        self.operator, self.standby = (
            Operator(kubeconfig, folder / f"{name}.log", OPERATOR_ENVIRONMENT,
                     [*self._flags(), *more])
            for name, more in (("operator", []), ("standby", ELSEWHERE)))

    def _flags(self):
        """The flags of the chart, except for addresses, and with the namespace of the
        operator."""
        flags = [flag for flag in charts.container(
            charts.only(self.bodies, "Deployment"))["args"]
            if "bind-address" not in flag]
        flags += [f"--webhook-namespace={AUDITED}",
                  f"--leader-elect-namespace={AUDITED}"]
        if self.has_webhooks:
            flags.append(
                f"--webhook-bind-address=127.0.0.1:{self.webhook_port}")
        if self.has_metrics:
            flags.append(
                f"--metrics-bind-address=127.0.0.1:{self.metrics_port}")
        return flags

    def close(self):
        self.operator.close()
        self.standby.close()
        webhooks.remove(self.api)
        for kind, name in (("Secret", SECRET), ("Lease", LEASE)):
            self.api.exchange("DELETE", path_of(kind, AUDITED, name))
        for body in self.rights:
            self.api.delete(body["kind"], body["metadata"].get("namespace"),
                            body["metadata"]["name"])

    # -- what happens ----------------------------------------------------------

    def run_tests(self):
        self.operator.start()
        self.wait_for_webhooks()
        self.standby.start(wait=False)
        self.standby.wait_for_line(LEASE, "is held by")
        self.run_to_the_end("good", "complete", "Succeeded")
        self.run_to_the_end("bad", "fail", "Failed")
        self.keep_a_report("reported")
        self.lose_a_job_twice("lost")
        self.find_names_taken()
        self.let_go()
        self.write_meanwhile()
        assert self.standby.stop()[0] == 0

    def wait_for_webhooks(self):
        """Waits until the API server trusts them; until then, creations fail."""
        wait_for("the API server asks the operator", lambda: self.api.exchange(
            "POST", path_of("LocustTest", self.namespace) + "?dryRun=All",
            locust_test())[0], lambda status: status == 201, timeout=30)

    def jobs_of(self, name):
        made = JobController(self.api, self.namespace)
        for role in ("master", "worker"):
            made.job(f"{name}-{role}")
        return made

    def test(self, name):
        return self.api.get("LocustTest", self.namespace, name)

    def wait_for_event(self, name, reason, count=1):
        wait_for(f"event {reason} about {name}", lambda: [
            e for e in self.api.list("Event", self.namespace)
            if e["involvedObject"]["name"] == name and e["reason"] == reason
            and e["count"] >= count])

    def run_to_the_end(self, name, end, outcome):
        self.api.create(locust_test(name), self.namespace)
        jobs = self.jobs_of(name)
        jobs.set_active(f"{name}-master")
        getattr(jobs, end)(f"{name}-master")
        wait_for(f"{name} is {outcome}", lambda: phase(self.test(name)),
                 lambda seen: seen == outcome)

    def keep_a_report(self, name):
        """Plays a master whose load has stopped."""
        with ReportingMaster("127.0.0.1") as master:
            master.state = "stopped"
            self.api.create(locust_test(name, master__command=master.command),
                            self.namespace)
            jobs = self.jobs_of(name)
            jobs.run_job(f"{name}-master", ip=master.address)
            wait_for("the report is kept", lambda: report_of(self.test(name)),
                     lambda report: report == {"configMap": f"{name}-report"},
                     timeout=30)

    def lose_a_job_twice(self, name):
        self.api.create(locust_test(name), self.namespace)
        jobs = self.jobs_of(name)
        for count in (1, 2):
            former = jobs.job(f"{name}-worker")["metadata"]["uid"]
            self.api.delete("Job", self.namespace, f"{name}-worker",
                            propagationPolicy="Background")
            wait_for("another Job", lambda former=former: (self.api.get(
                "Job", self.namespace, f"{name}-worker") or {}).get(
                    "metadata", {}).get("uid", former) != former)
            self.wait_for_event(name, "ResourceDeleted", count)

    def find_names_taken(self):
        """Objects of another owner have the names of children."""
        for body in (SERVICE, JOB):
            self.api.create(body, self.namespace)
            name = body["metadata"]["name"].removesuffix("-master")
            self.api.create(locust_test(name), self.namespace)
        for resource in ("services", "jobs"):
            wait_for(f"the operator reads the {resource} with this name",
                     lambda resource=resource: self.asked("get", resource))

    def let_go(self):
        """Deletes a test that has the finalizer of the Go operator."""
        self.api.create(changed(locust_test("old"),
                                metadata__finalizers=[FINALIZER]),
                        self.namespace)
        self.jobs_of("old")
        self.api.delete("LocustTest", self.namespace, "old")
        wait_for("the finalizer is gone", lambda: self.test("old") is None)

    def write_meanwhile(self):
        """Writes a status until a write of the operator conflicts with it."""
        def met():
            self.api.create(locust_test("busy"), self.namespace)
            for count in range(20):
                self.api.patch("LocustTest", self.namespace, "busy",
                               {"metadata": {"labels": {"n": str(count)}}})
            self.api.delete("LocustTest", self.namespace, "busy")
            return self.asked("get", "locusttests")
        wait_for("a status is written in between", met, timeout=30)

    def replace_the_certificate(self):
        """Replaces it with an invalid pair; the operator renews that at its start."""
        self.api.patch("Secret", AUDITED, SECRET, {
            "data": {"tls.crt": base64.b64encode(b"none").decode()}})
        self.operator.start()
        wait_for("a certificate", lambda: base64.b64decode(self.api.get(
            "Secret", AUDITED, SECRET)["data"]["tls.crt"]) != b"none")

    def scrape(self):
        """Scrapes with an account that may, and with one that may not."""
        for body in READER:
            self.api.create(body, body["metadata"].get("namespace"))
            self.rights.append(body)
        for account, granted in ((SCRAPER, True), ("default", False)):
            token = self.api.token_of(AUDITED, account)
            assert (self.status_of_metrics(token) == 200) is granted

    def status_of_metrics(self, token):
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.metrics_port}/metrics",
            headers={"Authorization": f"Bearer {token}"})
        anybody = ssl._create_unverified_context()
        try:
            with urllib.request.urlopen(request, context=anybody) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code

    # -- what was asked --------------------------------------------------------

    def requests(self):
        return self.audit.requests_of(self.account, self.begin)

    def asked(self, verb, resource):
        return [entry for entry in self.requests() if entry["verb"] == verb
                and entry.get("objectRef", {}).get("resource") == resource]

    def all_requests(self):
        """All requests, including watches, which are audited when they end."""
        assert self.operator.stop()[0] == 0
        self.audit.catch_up(self.api, self.namespace)
        return self.requests()


@pytest.fixture(scope="module", params=MODES)
def installed(request, plane, api, tmp_path_factory):
    made = Installed(plane, api, request.param,
                     tmp_path_factory.mktemp("rights"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def requests(installed):
    """All requests of the operator to the API server."""
    installed.run_tests()
    if installed.has_metrics:
        installed.scrape()
    if installed.has_webhooks:
        assert installed.operator.stop()[0] == 0
        installed.replace_the_certificate()
    return installed.all_requests()


def test_nothing_is_forbidden(installed, requests):
    assert [(e["verb"], e["requestURI"]) for e in requests
            if e["responseStatus"]["code"] in (401, 403)] == []
    assert not installed.operator.lines_with("forbidden")


def test_every_right_is_used(installed, requests):
    granted = grants(installed.bodies)
    assert len(granted) >= 20
    unused = [str(one) for one in granted
              if (one.verb, one.resource) not in NOT_REQUESTED
              and not any(map(one.covers, requests))]
    assert sorted(unused) == []


def test_it_keeps_to_its_namespaces(installed, requests):
    """Without restrictions, it requests all namespaces at once."""
    asked = {e["objectRef"].get("namespace") for e in requests
             if e.get("objectRef", {}).get("resource") in (
                 "locusttests", "jobs", "services", "pods")
             and e["verb"] in ("list", "watch")}
    if installed.namespace in MODES["namespaced"]["watchNamespaces"]:
        assert asked == {installed.namespace}
        assert not charts.of_kind(installed.bodies, "ClusterRole")
    else:
        assert asked == {None}


def test_owner_references_need_a_right(installed, requests):
    """Runs last. An admission plugin checks whether the operator has it."""
    role = next(body for body in charts.of_kind(
        installed.rights, "Role", "ClusterRole")
        if body["metadata"]["name"] == installed.account)
    place = (role["kind"], role["metadata"].get("namespace"), installed.account)
    without = [rule for rule in role["rules"]
               if "locusttests/finalizers" not in rule["resources"]]
    assert len(without) == len(role["rules"]) - 1
    installed.api.patch(*place, {"rules": without})
    installed.operator.start()
    installed.wait_for_webhooks()
    installed.api.create(locust_test("refused"), installed.namespace)
    installed.wait_for_event("refused", "CreateFailed")
    assert "blockOwnerDeletion" in str(installed.test("refused")["status"])
