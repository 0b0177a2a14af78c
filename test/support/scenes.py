"""Scenes as the reference operator leaves them, set before ours starts, and what
tests of a take-over see in them. Their modules have a `scene = Scenes()` and
import the fixtures `world` and `case`."""

import pytest

from .case import Case
from .job_controller import JobController
from .objects import OPERATOR_ENVIRONMENT, locust_test
from .predecessor import Predecessor
from .world import World


@pytest.fixture(scope="module")
def world(request, plane, tmp_path_factory):
    made = request.module.scene.world(plane, tmp_path_factory.mktemp("operator"))
    yield made
    made.close()


@pytest.fixture
def case(request, world):
    made = world.cases[request.node.name]
    yield made
    made.close()


class Scenes:
    """Those of one module of tests; an instance is the decorator."""

    def __init__(self):
        self._builds = {}

    def __call__(self, build):
        """The decorated test plays in what `build(case)` leaves behind. What
        that returns is `case.left`."""
        def register(test):
            self._builds[test.__name__] = build
            return test
        return register

    def world(self, plane, folder):
        """Sets all of them, then starts the operator."""
        made = World(plane.kubeconfig, plane.audit_log, folder)
        made.cases = {}
        for name, build in self._builds.items():
            case = made.cases[name] = Scene(made, name)
            case.left = build(case)
        made.operator.start()
        return made


class Scene(Case):
    """`before` plays the reference operator, `jobs` the Job controller."""

    def __init__(self, world, title):
        super().__init__(world, title)
        self.jobs = JobController(self.api, self.namespace)
        self.before = Predecessor(self.api, self.namespace,
                                  OPERATOR_ENVIRONMENT)
        self.left = None
        self.children = None

    # -- setting ---------------------------------------------------------------

    def set_running(self, **changes):
        """In mid-run: pods run, and a status pass was made. Returns the
        LocustTest; `changes` are of its status."""
        test = self.before.create(locust_test(workers=2))
        self.children = self.before.make(test)
        for job, count in (("t-master", 1), ("t-worker", 2)):
            self.jobs.set_active(job, count, ready=count)
            for i in range(count):
                self.jobs.run_pod(self.jobs.make_pod(job, f"aaaa{i}"))
        return self.before.running(test, **changes)

    # -- judging ---------------------------------------------------------------

    def writes(self, *resources):
        """What our operator wrote here of these resources."""
        self.world.audit.catch_up(self.api, self.namespace)
        return [w for w in self.world.audit.writes(self.namespace)
                if w[1] in resources]

    def assert_untouched(self):
        """No child was created, patched or deleted, not even in vain; of the
        LocustTest only the status was written."""
        assert self.writes("jobs", "services", "locusttests") == []

    def taken(self, name="t"):
        """The first sight of it with a history, which tells of the take-over."""
        test = self.first_test(lambda t: t.get("status", {}).get("history"),
                               name, timeout=15, what="a status of ours").object
        assert test["status"]["history"][0]["kind"] == "TakenOver"
        return test


def transitions(test):
    """Since when each condition is as it is."""
    return {c["type"]: (c["status"], c["lastTransitionTime"])
            for c in test["status"]["conditions"]}
