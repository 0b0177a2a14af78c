"""One test's view of the cluster: its own namespace, and helpers to act in it, to
wait for objects, and to describe failures."""

import itertools
import re
import uuid

from .objects import condition, is_over, locustfiles_map, phase
from .waiting import shown, wait_for

# The operator must report a change in the cluster within this time.
REPORTED_WITHIN = 5.0  # seconds

RUN_TIMEOUT = 120  # seconds for a run of a few, on a busy machine


class Case:
    def __init__(self, testbed, title, downtime=None):
        self.testbed = testbed
        self._downtime = downtime
        self.api = testbed.api
        self.seen = testbed.seen
        self.kubectl = testbed.kubectl
        self.title = title
        words = re.sub("[^a-z0-9]+", "-", title.lower().removeprefix("test_"))
        self.namespace = f"{words[:40].strip('-')}-{uuid.uuid4().hex[:5]}"
        self.api.create({"kind": "Namespace", "apiVersion": "v1",
                         "metadata": {"name": self.namespace}})

    def close(self):
        """Deletes all LocustTests, so that they use no CPU during other tests."""
        for name in self.seen.present("LocustTest", self.namespace):
            self.api.exchange("DELETE", "/apis/locust.io/v2/namespaces/"
                              f"{self.namespace}/locusttests/{name}")

    def operator_down(self):
        """A context manager without an operator. The operator is killed when all cases
        with the marker `operator_down` have entered it, and started when all have
        left it."""
        return self._downtime.of(self)

    # -- actions -------------------------------------------------------------

    def create(self, body):
        return self.api.create(body, self.namespace)

    def create_locustfiles(self):
        self.create(locustfiles_map())

    def patch(self, kind, name, change, subresource=None):
        return self.api.patch(kind, self.namespace, name, change, subresource)

    def delete(self, kind, name, **options):
        return self.api.delete(kind, self.namespace, name, **options)

    # -- observations --------------------------------------------------------

    def test(self, name="t"):
        return self.seen.latest("LocustTest", self.namespace, name)

    def get(self, kind, name):
        return self.api.get(kind, self.namespace, name)

    def present(self, kind):
        return self.seen.present(kind, self.namespace)

    def pods_of(self, job):
        return [pod for pod in self.present("Pod").values()
                if pod["metadata"]["labels"].get("job-name") == job]

    def first(self, kind, name, holds, timeout=60.0, what=None):
        return self.seen.first(kind, self.namespace, name, holds, timeout,
                               what)

    def first_test(self, holds, name="t", timeout=RUN_TIMEOUT, what=None):
        """The first observation that holds. Fails early when the run has ended."""
        return self.seen.first("LocustTest", self.namespace, name, holds,
                               timeout, what, hopeless=is_over)

    def wait_for_phase(self, wanted, name="t", timeout=RUN_TIMEOUT):
        """The first observation in that phase."""
        return self.first_test(lambda test: phase(test) == wanted, name,
                               timeout, f"phase {wanted}")

    def wait_for_condition(self, kind, status, reason, name="t",
                           timeout=RUN_TIMEOUT):
        """The first observation with this condition."""
        return self.first_test(
            lambda test: (condition(test, kind).get("status"),
                          condition(test, kind).get("reason"))
            == (status, reason), name, timeout, f"{kind} {status} {reason}")

    def phases(self, name="t"):
        """The phases in the order of observation, without repetitions."""
        seen = [phase(s.object) for s in
                self.seen.observations("LocustTest", self.namespace, name)]
        return [one for one, _ in itertools.groupby(seen) if one]

    def history(self, name="t"):
        return (self.test(name) or {}).get("status", {}).get("history", [])

    def events(self, name="t"):
        """The operator's events about a LocustTest: {reason: [event]}."""
        found = {}
        for event in self.present("Event").values():
            about = event["involvedObject"]
            if about["kind"] == "LocustTest" and about["name"] == name:
                found.setdefault(event["reason"], []).append(event)
        return found

    def wait_for_event(self, reason, name="t", timeout=REPORTED_WITHIN):
        return wait_for(f"event {reason} about {name}",
                        lambda: self.events(name),
                        lambda events: reason in events,
                        timeout)[reason]

    # -- assertions ----------------------------------------------------------

    def assert_reported_in_time(self, cause, reported):
        """`reported` was observed at most REPORTED_WITHIN after `cause`."""
        late = reported.at - cause.at
        self.testbed.note_delay(self.title, late)
        assert late <= REPORTED_WITHIN, (
            f"the operator reported it {late:.1f} s after the cluster")

    def description(self):
        """Objects, Events and log lines that explain a failure."""
        parts = []
        for kind in ("LocustTest", "Job", "Pod", "Service", "Event"):
            for name, one in self.present(kind).items():
                parts.append(f"--- {kind} {name}\n{shown(_main_fields(one))}")
        lines = [line for line in self.testbed.operator.lines()
                 if self.namespace in line]
        return "\n".join([f"namespace {self.namespace}", *parts,
                          "--- the operator's log", *lines[-40:]])


def _main_fields(one):
    if one.get("kind") == "Event" or "reason" in one:
        return {key: one.get(key) for key in
                ("type", "reason", "message", "count", "involvedObject")}
    if one.get("kind") == "LocustTest":
        return {key: one.get(key) for key in ("metadata", "spec", "status")}
    return {"metadata": {key: one["metadata"].get(key) for key in
                         ("name", "uid", "deletionTimestamp")},
            "status": one.get("status")}
