"""The operator as a process, and what /proc tells of processes."""

import ctypes
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from ..shared.progress import Failure

_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE, _WAITING = 3, 4  # places in /proc/stat
_STOP_SECONDS = 10
_LOOK_SECONDS = 0.5
_CALM_LOOKS = 12
_CALM_SHARE = 0.02  # of a core
_CALM_PATIENCE_SECONDS = 60
_DIE_WITH_PARENT = ["setpriv", "--pdeathsig=KILL"]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads, those that have ended
    too. /proc/PID/stat tells it in steps of 10 ms only, which is more than a scrape."""
    clock = ctypes.c_int()
    error = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if error:
        raise Failure(f"process {pid} has no clock: {os.strerror(error)}")
    return time.clock_gettime(clock.value)


def busy_seconds() -> float:
    """CPU time of everything on this machine."""
    ticks = list(map(int, Path("/proc/stat").read_text().split("\n")[0]
                     .split()[1:9]))
    return (sum(ticks) - ticks[_IDLE] - ticks[_WAITING]) / _TICKS


def memory_mib(pid: int, part: str = "VmRSS") -> float:
    """`part`: VmRSS, RssAnon, or VmHWM, the peak."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(part + ":"):
            return int(line.split()[1]) / 1024
    raise Failure(f"process {pid} has no {part}")


def wait_until_calm(pid: int) -> float:
    """Waits until a process has used almost no CPU for a moment, a minute at
    most: some programs are never calm. Returns the monotonic time since when it is
    calm."""
    since = time.monotonic()
    end = since + _CALM_PATIENCE_SECONDS
    calm = 0
    before = cpu_seconds(pid)
    while calm < _CALM_LOOKS and time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
        now = cpu_seconds(pid)
        if now - before <= _CALM_SHARE * _LOOK_SECONDS:
            calm += 1
        else:
            calm, since = 0, time.monotonic()
        before = now
    return since


@dataclass(frozen=True)
class Competitor:
    """Who does the work: the bare client, this operator or another one."""

    name: str
    command: str = ""  # for the shell; empty for the bare client
    crd: Path = Path()

    @property
    def is_floor(self) -> bool:
        return not self.command


class Operator:
    """A running operator. Restarts append to the same log."""

    def __init__(self, competitor: Competitor, kubeconfig: Path, log: Path):
        self._competitor = competitor
        self._kubeconfig = kubeconfig
        self.log = log
        self._process: subprocess.Popen | None = None

    def start(self, flags: str = "") -> None:
        """`flags`: further ones, for the shell."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [*_DIE_WITH_PARENT, "/bin/sh", "-c",
                 f"exec {self._competitor.command} {flags}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
                env={**os.environ, "KUBECONFIG": str(self._kubeconfig)})

    def check(self) -> None:
        """Raises Failure if it has ended."""
        if self._process and self._process.poll() is not None:
            raise Failure(f"{self._competitor.name} ended with exit code "
                          f"{self._process.returncode}", log=self.log)

    @property
    def pid(self) -> int:
        self.check()
        return self._process.pid

    def stop(self) -> None:
        if not self._process or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
