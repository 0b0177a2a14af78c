"""Many LocustTests in one namespace whose Jobs come and end as planned, and what must
hold of them whatever happens to the operator."""

import http.client
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass

from .api import Refused
from .job_controller import JobController
from .objects import condition, is_over, locust_test, phase
from .waiting import TimedOut, wait_for

_RANKS = {None: 0, "": 0, "Pending": 1, "Running": 2, "Succeeded": 3, "Failed": 3}
_PASSING = (429, 500, 503)  # what an API server says that starts or ends
_PAUSE = 0.3  # seconds between two looks of the Job controller
# Versions of a LocustTest, its creation included. An undisturbed run has 5 or 6.
MOST_VERSIONS = 12


@dataclass(frozen=True)
class Plan:
    name: str
    run_time: float  # seconds from the start of its pods to the end of the master
    fails: bool


class ManyRuns:
    def __init__(self, testbed, title, count, seed, created_within=8.0, longest=12.0):
        self.testbed, self.api = testbed, testbed.api
        self.namespace = f"{title.replace('_', '-')[:40]}-{uuid.uuid4().hex[:5]}"
        self.api.create({"kind": "Namespace", "apiVersion": "v1",
                         "metadata": {"name": self.namespace}})
        dice = random.Random(seed)
        self.plans = {f"t{i}": Plan(f"t{i}", dice.uniform(1, longest), i % 4 == 3)
                      for i in range(count)}
        self._created_within = created_within
        self._jobs = JobController(self.api, self.namespace)
        self._started = {}
        self._ended = set()
        self._closing = threading.Event()
        self._error = None
        self._threads = [threading.Thread(target=self._guard, args=(what,), daemon=True)
                         for what in (self._create, self._play)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def close(self):
        self._closing.set()
        for thread in self._threads:
            thread.join(10)
        for name in self.present("LocustTest"):
            self.api.exchange("DELETE", "/apis/locust.io/v2/namespaces/"
                              f"{self.namespace}/locusttests/{name}")

    def present(self, kind):
        return self.testbed.seen.present(kind, self.namespace)

    # -- what people and the Job controller do -----------------------------------

    def _guard(self, what):
        try:
            what()
        except Exception as error:  # told by wait_for_ends()
            self._error = error

    def _insist(self, what):
        """Calls `what` until there is an API server. What was done before it went
        away may be done again."""
        while not self._closing.is_set():
            try:
                return what()
            except (OSError, http.client.HTTPException):
                time.sleep(_PAUSE)
            except Refused as refused:
                if refused.status == 409:
                    return None
                if refused.status not in _PASSING:
                    raise
                time.sleep(_PAUSE)
        return None

    def _create(self):
        for name in self.plans:
            self._insist(lambda name=name: self.api.create(locust_test(name),
                                                           self.namespace))
            time.sleep(self._created_within / len(self.plans))

    def _play(self):
        while not self._closing.wait(_PAUSE):
            now = time.monotonic()
            for job in self.present("Job"):
                if job not in self._started:
                    self._insist(lambda job=job: self._run(job))
                    self._started[job] = now
            for name, plan in self.plans.items():
                began = [self._started.get(f"{name}-{role}")
                         for role in ("master", "worker")]
                if name not in self._ended and all(began) and \
                        now > max(began) + plan.run_time:
                    self._end(plan)

    def _run(self, job):
        try:
            self._jobs.make_pod(job)
        except Refused as refused:
            if refused.status != 409:  # 409: made before the API server went away
                raise
        self._jobs.set_active(job, ready=1)
        self._jobs.run_pod(f"{job}-aaaaa")

    def _end(self, plan):
        self._ended.add(plan.name)
        master, worker = f"{plan.name}-master", f"{plan.name}-worker"
        if plan.fails:
            self._insist(lambda: self._jobs.end_pod(f"{master}-aaaaa", 1))
            self._insist(lambda: self._jobs.fail(master))
        else:
            self._insist(lambda: self._jobs.complete(master))
        self._insist(lambda: self._jobs.complete(worker))

    # -- what must hold ------------------------------------------------------------

    def wait_for_ends(self, timeout):
        def look():
            if self._error:
                raise AssertionError(f"the test's own part failed: {self._error!r}")
            tests = self.present("LocustTest")
            return Counter(str(phase(tests.get(name))) for name in self.plans
                           if not is_over(tests.get(name)))

        try:
            wait_for("all tests are over", look, lambda open_ones: not open_ones,
                     timeout, pause=0.2)
        except TimedOut as late:
            tests = self.present("LocustTest")
            example = next(name for name in self.plans if not is_over(tests.get(name)))
            raise TimedOut(f"{late}; {example}: {tests.get(example)}") from None

    def problems(self):
        """What is wrong at the end, from the API server's side."""
        tests = {name: self.api.get("LocustTest", self.namespace, name)
                 for name in self.plans}
        found = [problem for name, plan in self.plans.items()
                 for problem in _wrong_end(plan, tests[name])]
        found += [problem for name in self.plans for problem in self._wrong_way(name)]
        return found + self._wrong_writes()

    def _wrong_way(self, name):
        """Phases that went back, an end that changed, or too many changes."""
        last, found = None, []
        versions = self.testbed.seen.observations("LocustTest", self.namespace, name)
        if len(versions) > MOST_VERSIONS:
            found.append(f"{name}: {len(versions)} versions")
        for seen in versions:
            now = phase(seen.object)
            if _RANKS[now] < _RANKS[last] or (_RANKS[last] == 3 and now != last):
                found.append(f"{name}: {last} became {now}")
            last = now
        return found

    def _wrong_writes(self):
        self.testbed.audit.catch_up(self.api, self.namespace)
        writes = self.testbed.audit.writes(self.namespace)
        # The audit log does not tell how a request ended whose connection was closed.
        made = Counter(row[1:3] for row in writes if row[0] == "create"
                       and row[1] in ("jobs", "services") and row[3] == 201)
        found = [f"{what} were created {times} times"
                 for what, times in made.items() if times > 1]
        wanted = {("Service", f"{name}-master") for name in self.plans} | {
            ("Job", f"{name}-{role}") for name in self.plans
            for role in ("master", "worker")}
        seen = Counter((kind, name) for kind in ("Service", "Job")
                       for name, _ in self._uids(kind))
        if seen != Counter(wanted):
            found.append(f"children: {seen - Counter(wanted)} too many, "
                         f"{Counter(wanted) - seen} missing")
        return found + [f"deleted: {row}" for row in writes if row[0] == "delete"
                        and row[1] != "leases"]

    def _uids(self, kind):
        return {(one.name, one.uid) for one in self.testbed.seen.observations(
            kind, self.namespace)}


def _wrong_end(plan, test):
    status = (test or {}).get("status", {})
    wanted = ("Failed", "Errored") if plan.fails else ("Succeeded", "Passed")
    history = status.get("history", [])
    kinds = Counter(entry["kind"] for entry in history)
    checks = {
        f"{phase(test)}, not {wanted[0]}": phase(test) == wanted[0],
        f"result {status.get('result')}":
            status.get("result", {}).get("outcome") == wanted[1],
        f"TestCompleted {condition(test, 'TestCompleted')}":
            condition(test, "TestCompleted").get("status") == "True",
        f"gaps in the history {history}":
            [entry["sequence"] for entry in history] == [*range(1, len(history) + 1)],
        f"not once each {kinds}":
            all(kinds[once] == 1 for once in ("Accepted", "Ended")),
        f"observedGeneration {status.get('observedGeneration')}":
            status.get("observedGeneration") == 1,
    }
    return [f"{plan.name}: {what}" for what, holds in checks.items() if not holds]
