"""A fresh control plane with one competitor on it."""

import contextlib
import json
import resource
import secrets
import subprocess
from pathlib import Path

from ..cluster import cli as cluster
from ..cluster import processes as cluster_processes
from ..cluster import programs
from ..cluster.state import Options
from ..shared.paths import cache_root
from ..shared.progress import Failure, say
from . import templates
from .api import TESTS, Api, tests_in, wait_for
from .player import Player
from .processes import (
    Competitor,
    Operator,
    busy_seconds,
    cpu_seconds,
    wait_until_calm,
)

_SERVERS = ("kube-apiserver", "etcd")
_WARM_UPS = 3


class Arena:
    """What a scenario uses: the control plane, the player and the operator."""

    def __init__(self, plane, competitor: Competitor, program: Path):
        self.competitor = competitor
        self.api = Api(plane.kubeconfig)
        self.player = Player(program, plane.kubeconfig)
        self._plane = plane
        self.operator = self._make_operator(competitor.name)

    def another_operator(self) -> Operator:
        """A second replica, which the caller stops."""
        return self._make_operator(f"{self.competitor.name}-2")

    def _make_operator(self, name: str) -> Operator:
        log = cache_root() / "bench" / f"{name}.log"
        log.unlink(missing_ok=True)
        return Operator(self.competitor, self._plane.kubeconfig, log)

    def play(self, command: str, namespace: str, **changes) -> dict:
        played = self.player.play(command, namespace,
                                  floor=self.competitor.is_floor, **changes)
        self.operator.check()
        return played

    def install_crd(self) -> None:
        kubectl = programs.provide([programs.KUBECTL])["kubectl"]
        done = subprocess.run(
            [kubectl, f"--kubeconfig={self._plane.kubeconfig}", "apply",
             "--server-side", "--filename", self.competitor.crd],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"kubectl apply failed: {done.stderr.strip()}")
        wait_for("the API server knows LocustTests",
                 lambda: self.api.exchange("GET", TESTS)[0] == 200)

    def warm_up(self, tests: int) -> None:
        """The API server is slow at first with a new CRD."""
        self.api.create_namespace("warm-up")
        for _ in range(_WARM_UPS):
            self.player.play("create", "warm-up", count=tests)
            self.api.delete_all(tests_in("warm-up"))

    def start_operator(self, flags: str = "") -> None:
        """Starts it, and waits until a test gets its children and the process is
        calm again. Does nothing for the bare client."""
        if self.competitor.is_floor:
            return
        self.operator.start(flags)
        self.prove_it_works(f"probe-{secrets.token_hex(3)}")
        wait_until_calm(self.operator.pid)

    def prove_it_works(self, namespace: str) -> float:
        """Returns the seconds until a new test has both its Jobs, and removes
        it."""
        self.api.create_namespace(namespace)
        text = templates.locust_test().replace("@NAMESPACE@", namespace)
        self.api.call("POST", tests_in(namespace),
                      json.loads(text.replace("@NAME@", "probe")))
        jobs = f"/apis/batch/v1/namespaces/{namespace}/jobs"

        def has_jobs() -> bool:
            self.operator.check()
            return self.api.count(jobs) == 2

        seconds = wait_for("the operator creates two Jobs for a test",
                           has_jobs, pause=0.02)
        self.api.delete_all(tests_in(namespace))
        self.api.delete_all(jobs)
        return seconds

    def calm_down(self) -> None:
        if not self.competitor.is_floor:
            wait_until_calm(self.operator.pid)

    def operator_cpu(self) -> float:
        """Seconds until now; 0 for the bare client, which is a part of the
        player."""
        return (0.0 if self.competitor.is_floor
                else cpu_seconds(self.operator.pid))

    def player_cpu(self) -> float:
        """Of the player until now, with the bare client in it."""
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime

    def server_cpu(self) -> float:
        """Of API server and etcd."""
        return self._cpu_of(_SERVERS)

    def strangers_cpu(self) -> float:
        """Of everything on this machine that does not belong to the
        measurement."""
        spent = (resource.getrusage(who)
                 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        own = sum(one.ru_utime + one.ru_stime for one in spent)
        return (busy_seconds() - own - self.operator_cpu()
                - self._cpu_of((*_SERVERS, "kube-controller-manager")))

    def _cpu_of(self, names) -> float:
        pids = [cluster_processes.pid_of(self._plane.pid_file(name))
                for name in names]
        return sum(cpu_seconds(pid) for pid in pids if pid)


@contextlib.contextmanager
def arena(competitor: Competitor, program: Path, warm_up: int = 100):
    """`warm_up`: number of tests that are created and deleted first."""
    name = f"bench-{secrets.token_hex(3)}"
    try:
        plane = cluster.up(name, Options(control_plane_only=True,
                                         job_controller=False))
        made = Arena(plane, competitor, program)
        try:
            made.install_crd()
            made.warm_up(warm_up)
            yield made
        finally:
            made.operator.stop()
    finally:
        say(f"removing the control plane of {competitor.name}")
        cluster.down([name])
