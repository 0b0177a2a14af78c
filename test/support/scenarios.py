"""Scenarios for tests of the migration from the Go operator. They are set up before
the operator starts. A test module has a `scenario = Scenarios()` and imports the
fixtures `testbed` and `case`."""

import pytest

from .case import Case
from .go_operator import GoOperator
from .job_controller import JobController
from .objects import OPERATOR_ENVIRONMENT, locust_test
from .testbed import Testbed


@pytest.fixture(scope="module")
def testbed(request, plane, tmp_path_factory):
    made = request.module.scenario.testbed(plane, tmp_path_factory.mktemp("operator"))
    yield made
    made.close()


@pytest.fixture
def case(request, testbed):
    made = testbed.cases[request.node.name]
    yield made
    made.close()


class Scenarios:
    """The scenarios of one test module; an instance is the decorator."""

    def __init__(self):
        self._builds = {}

    def __call__(self, build):
        """`build(case)` sets up the scenario of the decorated test. Its result is
        `case.left`."""
        def register(test):
            self._builds[test.__name__] = build
            return test
        return register

    def testbed(self, plane, folder):
        """Sets up all scenarios, then starts the operator."""
        made = Testbed(plane.kubeconfig, plane.audit_log, folder)
        made.cases = {}
        for name, build in self._builds.items():
            case = made.cases[name] = Scenario(made, name)
            case.left = build(case)
        made.operator.start()
        return made


class Scenario(Case):
    """`go_operator` acts as the Go operator, `jobs` as the Job controller."""

    def __init__(self, testbed, title):
        super().__init__(testbed, title)
        self.jobs = JobController(self.api, self.namespace)
        self.go_operator = GoOperator(self.api, self.namespace,
                                      OPERATOR_ENVIRONMENT)
        self.left = None
        self.children = None

    # -- set-up ----------------------------------------------------------------

    def set_running(self, **changes):
        """A running test with running pods and a status. Returns the LocustTest;
        `changes` are changes of its status."""
        test = self.go_operator.create(locust_test(workers=2))
        self.children = self.go_operator.create_children(test)
        for job, count in (("t-master", 1), ("t-worker", 2)):
            self.jobs.set_active(job, count, ready=count)
            for i in range(count):
                self.jobs.run_pod(self.jobs.make_pod(job, f"aaaa{i}"))
        return self.go_operator.running(test, **changes)

    # -- assertions ------------------------------------------------------------

    def writes(self, *resources):
        """The writes of the operator to these resources in this namespace."""
        self.testbed.audit.catch_up(self.api, self.namespace)
        return [w for w in self.testbed.audit.writes(self.namespace)
                if w[1] in resources]

    def assert_untouched(self):
        """The operator sent no write for a child, and wrote only the status of the
        LocustTest. It may suspend a Job that still runs after the end."""
        assert [write for write in self.writes("jobs", "services", "locusttests")
                if write[:2] != ("patch", "jobs")] == []

    def migrated(self, name="t"):
        """The first observation of the LocustTest after its migration."""
        test = self.first_test(lambda t: t.get("status", {}).get("history"),
                               name, timeout=15, what="a status of ours").object
        assert test["status"]["history"][0]["kind"] == "TakenOver"
        return test


def transitions(test):
    """{type: (status, time of the last transition)} of the conditions."""
    return {c["type"]: (c["status"], c["lastTransitionTime"])
            for c in test["status"]["conditions"]}
