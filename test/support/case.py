"""One test's view of the cluster: a namespace of its own, what happens in it,
and what a person would say about it."""

import itertools
import re
import uuid

from .objects import condition, is_over, locustfiles_map, phase
from .waiting import shown, wait_for

# The longest that the operator may take to show what the cluster reported.
TOLD_WITHIN = 5.0  # seconds

RUN_PATIENCE = 120  # seconds for a run of a few, on a busy machine


class Case:
    def __init__(self, world, title, downtime=None):
        self.world = world
        self._downtime = downtime
        self.api = world.api
        self.seen = world.seen
        self.kubectl = world.kubectl
        self.title = title
        words = re.sub("[^a-z0-9]+", "-", title.lower().removeprefix("test_"))
        self.namespace = f"{words[:40].strip('-')}-{uuid.uuid4().hex[:5]}"
        self.api.create({"kind": "Namespace", "apiVersion": "v1",
                         "metadata": {"name": self.namespace}})

    def close(self):
        """Takes away what runs, so that it costs nobody else CPU."""
        for name in self.seen.present("LocustTest", self.namespace):
            self.api.exchange("DELETE", "/apis/locust.io/v2/namespaces/"
                              f"{self.namespace}/locusttests/{name}")

    def operator_away(self):
        """A `with` without an operator: it is killed when all cases that are
        marked `away` want that, and started again when all are through."""
        return self._downtime.of(self)

    # -- doing ---------------------------------------------------------------

    def create(self, body):
        return self.api.create(body, self.namespace)

    def create_locustfiles(self):
        self.create(locustfiles_map())

    def patch(self, kind, name, change, subresource=None):
        return self.api.patch(kind, self.namespace, name, change, subresource)

    def delete(self, kind, name, **options):
        return self.api.delete(kind, self.namespace, name, **options)

    # -- seeing --------------------------------------------------------------

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

    def first_test(self, holds, name="t", timeout=RUN_PATIENCE, what=None):
        """The first sight of it; a run that is over changes no more."""
        return self.seen.first("LocustTest", self.namespace, name, holds,
                               timeout, what, hopeless=is_over)

    def wait_for_phase(self, wanted, name="t", timeout=RUN_PATIENCE):
        """The first sight in that phase."""
        return self.first_test(lambda test: phase(test) == wanted, name,
                               timeout, f"phase {wanted}")

    def wait_for_condition(self, kind, status, reason, name="t",
                           timeout=RUN_PATIENCE):
        """The first sight of it."""
        return self.first_test(
            lambda test: (condition(test, kind).get("status"),
                          condition(test, kind).get("reason"))
            == (status, reason), name, timeout, f"{kind} {status} {reason}")

    def phases(self, name="t"):
        """Every phase in the order in which they were seen, once each time."""
        seen = [phase(s.object) for s in
                self.seen.sights("LocustTest", self.namespace, name)]
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

    def wait_for_event(self, reason, name="t", timeout=TOLD_WITHIN):
        return wait_for(f"event {reason} about {name}",
                        lambda: self.events(name),
                        lambda events: reason in events,
                        timeout)[reason]

    # -- judging -------------------------------------------------------------

    def assert_told_in_time(self, reported, told):
        """`told` was seen at most TOLD_WITHIN after `reported`."""
        late = told.at - reported.at
        self.world.note_delay(self.title, late)
        assert late <= TOLD_WITHIN, (
            f"told {late:.1f} s after the cluster reported it")

    def description(self):
        """What a person needs to understand a failure."""
        parts = []
        for kind in ("LocustTest", "Job", "Pod", "Service", "Event"):
            for name, one in self.present(kind).items():
                parts.append(f"--- {kind} {name}\n{shown(_essence(one))}")
        lines = [line for line in self.world.operator.lines()
                 if self.namespace in line]
        return "\n".join([f"namespace {self.namespace}", *parts,
                          "--- the operator's log", *lines[-40:]])


def _essence(one):
    if one.get("kind") == "Event" or "reason" in one:
        return {key: one.get(key) for key in
                ("type", "reason", "message", "count", "involvedObject")}
    if one.get("kind") == "LocustTest":
        return {key: one.get(key) for key in ("metadata", "spec", "status")}
    return {"metadata": {key: one["metadata"].get(key) for key in
                         ("name", "uid", "deletionTimestamp")},
            "status": one.get("status")}
