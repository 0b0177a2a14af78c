"""One load test from `kubectl apply` to `kubectl delete`, as a user sees it."""

import json
import re
import time

from ..shared.progress import Failure, say
from .environment import NAMESPACE, Operator, manifest
from .kube import Kube
from .screen import LiveLine, detail

TEST = "demo"
WORKERS = 3
USERS = 30  # as in locusttest.yaml

_EDIT = '{"spec":{"worker":{"replicas":5}}}'
_START_TIMEOUT_SECONDS = 150  # longer than the grace period of pods, 120 s
_RUN_TIMEOUT_SECONDS = 120
_DELETE_TIMEOUT_SECONDS = 60
_STEADY_POLLS = 3  # polls that show all users, before the edit


class Run:
    def __init__(self, kube: Kube, operator: Operator, image: str):
        self._kube = kube
        self._operator = operator
        self._image = image
        self._line = LiveLine()

    def run(self) -> None:
        self._apply()
        try:
            seen = self._follow(lambda seen: seen["steady"] >= _STEADY_POLLS,
                                _START_TIMEOUT_SECONDS)
            if seen["phase"] == "Running":
                self._edit()
                seen = self._follow(lambda seen: False, _RUN_TIMEOUT_SECONDS)
        finally:
            self._line.end()
        self._show_table()
        self._show_status()
        if seen["phase"] != "Succeeded":
            raise Failure("the test failed; see the output of Locust above. "
                          "With --keep you can also run `kubectl -n "
                          f"{NAMESPACE} logs job/{TEST}-master`")
        self._delete()

    # -- the test runs -------------------------------------------------------

    def _apply(self) -> None:
        text = manifest("locusttest.yaml", self._image)
        say(f"kubectl apply: {WORKERS} workers, {USERS} users, 30 s")
        detail(text)
        self._kube.run("apply", "--namespace", NAMESPACE, "--filename=-",
                       text=text)

    def _follow(self, is_enough, timeout: float) -> dict:
        """Shows the progress until `is_enough` or until the test has ended."""
        begun = time.monotonic()
        steady = 0
        trouble = ""
        while True:
            seen = self._look()
            steady = steady + 1 if seen["load"].get("users") == USERS else 0
            seen["steady"] = steady
            is_over = seen["phase"] in ("Succeeded", "Failed")
            self._show_progress(seen)
            pods = condition(seen["test"], "PodsHealthy")
            if pods.get("status") == "False" and pods["message"] != trouble:
                trouble = pods["message"]
                self._line.end()
                say(f"PodsHealthy is False: {trouble}")
            if is_over or is_enough(seen):
                self._line.end()
                return seen
            self._operator.check()
            if time.monotonic() - begun > timeout:
                self._give_up(seen, timeout)
            time.sleep(0.8)

    def _look(self) -> dict:
        test = self._kube.json("get", "locusttest", TEST, "--namespace",
                               NAMESPACE)
        status = test.get("status", {})
        return {"test": test, "phase": status.get("phase", "(no phase)"),
                "workers": status.get("connectedWorkers", 0),
                "load": status.get("load", {})}

    def _show_progress(self, seen: dict) -> None:
        line = f"{seen['phase']:9}  workers {seen['workers']}/{WORKERS}"
        load = seen["load"]
        if "users" in load:
            line += (f"  users {load['users']:2}  "
                     f"{load.get('requestsPerSecond', 0):5.1f} requests/s  "
                     f"{load.get('failPercent', 0):g}% failed")
        if "p95" in load:
            line += f"  p95 {load['p95']:g} ms"
        self._line.show(line[:24], line)

    def _give_up(self, seen: dict, timeout: float) -> None:
        self._line.end()
        for one in seen["test"].get("status", {}).get("conditions", []):
            detail(f"{one['type']} {one['status']}: {one['message']}")
        detail(self._kube.run("get", "pods", "--namespace", NAMESPACE))
        raise Failure(f"the test made no progress within {timeout:.0f} s; see "
                      "the conditions and pods above, and the operator's log",
                      log=self._operator.log)

    # -- steps ---------------------------------------------------------------

    def _edit(self) -> None:
        before = self._jobs()
        say(f"editing the running test: kubectl patch locusttest {TEST} "
            f"--type merge --patch '{_EDIT}'")
        self._kube.run("patch", "locusttest", TEST, "--namespace", NAMESPACE,
                       "--type", "merge", "--patch", _EDIT)
        deadline = time.monotonic() + 10
        while True:
            drifted = condition(self._kube.json(
                "get", "locusttest", TEST, "--namespace", NAMESPACE),
                "SpecDrifted")
            if drifted.get("status") == "True":
                break
            if time.monotonic() > deadline:
                raise Failure("the operator did not notice the edit",
                              log=self._operator.log)
            time.sleep(0.1)
        after = self._jobs()
        for name, (uid, generation, pods) in after.items():
            detail(f"Job {name}: uid {uid}, generation {generation}, "
                   f"parallelism {pods}")
        if before != after:
            raise Failure(f"the edit changed the Jobs; before: {before}")
        detail("The Jobs are unchanged. The condition SpecDrifted is True: "
               f"{drifted['message']}")

    def _jobs(self) -> dict:
        jobs = self._kube.json("get", "jobs", "--namespace", NAMESPACE)
        return {job["metadata"]["name"]:
                (job["metadata"]["uid"], job["metadata"]["generation"],
                 job["spec"]["parallelism"]) for job in jobs["items"]}

    def _show_table(self) -> None:
        text = self._kube.run("logs", f"job/{TEST}-master", "--namespace",
                              NAMESPACE, f"--container={TEST}-master")
        say("output of Locust (kubectl logs job/demo-master):")
        detail(final_tables(text))

    def _show_status(self) -> None:
        say(f"status of the test (see also kubectl describe locusttest {TEST}):")
        about = ("locusttest", TEST, "--namespace", NAMESPACE)
        detail(self._kube.run("get", *about))
        status = self._kube.json("get", *about)["status"]
        detail("\nConditions:")
        for one in status["conditions"]:
            detail(f"  {one['type']:16} {one['status']:5}  {one['message']}")
        detail("History:")
        for one in status["history"]:
            detail(f"  {one['time'][11:23]}  {one['detail']}")
        detail("Result:")
        detail(_indented(status["result"]))
        described = self._kube.run("describe", *about)
        detail(described[described.rindex("\nEvents:") + 1:])

    def _delete(self) -> None:
        say(f"kubectl delete locusttest {TEST}")
        begun = time.monotonic()
        self._kube.run("delete", "locusttest", TEST, "--namespace", NAMESPACE)
        while left := self._children():
            if time.monotonic() - begun > _DELETE_TIMEOUT_SECONDS:
                raise Failure(f"not deleted: {', '.join(left)}")
            time.sleep(0.2)
        detail("Service, Jobs and pods were deleted after "
               f"{time.monotonic() - begun:.1f} s")

    def _children(self) -> list[str]:
        names = self._kube.run("get", "services,jobs,pods", "--namespace",
                               NAMESPACE, "--output=name").split()
        return [name for name in names if f"/{TEST}-" in name]


def condition(test: dict, kind: str) -> dict:
    for one in test.get("status", {}).get("conditions", []):
        if one["type"] == kind:
            return one
    return {}


def _indented(result: dict) -> str:
    """The figures; lists are long."""
    return "\n".join(f"  {name}: {json.dumps(value)}"
                     for name, value in result.items()
                     if not isinstance(value, list))


def final_tables(log: str) -> str:
    """Locust's summary: everything from the first table on, except log lines."""
    lines = [line for line in log.splitlines() if not line.startswith("[")]
    starts = [i for i, line in enumerate(lines)
              if re.match(r"Type +Name|# occurrences|Error report", line)]
    tables = [lines[begin:end]
              for begin, end in zip(starts, [*starts[1:], None])]
    return "\n".join(line for table in tables for line in _narrowed(table))


def _narrowed(table: list[str]) -> list[str]:
    """Removes the space that Locust reserves for long names, 60 columns."""
    rows = [line for line in table if len(line) > 100]
    is_free = "".join(
        "x" if set(column) <= set(" -") else "." for column in zip(*rows))
    widest = max(re.finditer("x+", is_free), default=None,
                 key=lambda run: run.end() - run.start())
    if widest is None:
        return table
    return [line[:widest.start() + 2] + line[widest.end():]
            if len(line) > 100 else line for line in table]
