"""Runs the operator as a process."""

import ctypes
import http.client
import os
import signal
import subprocess
import time
from pathlib import Path

from .waiting import TimedOut, wait_for

STOP_BOUND = 5.0  # seconds from SIGTERM to the exit
READY = "ready: all lists"
# Tests run several at once. If a flag is repeated, the last one wins.
NO_FIXED_PORT = "--health-probe-bind-address=127.0.0.1:0"


def binary():
    """The program under test, from LOCUST_OPERATOR_BINARY."""
    named = os.environ.get("LOCUST_OPERATOR_BINARY")
    if not named:
        raise FileNotFoundError("LOCUST_OPERATOR_BINARY is unset: there is no "
                                "operator to test")
    return Path(named)


_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _die_with_parent():
    """Ends the operator when the test process ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Operator:
    """One operator. Restarts append to the same log."""

    def __init__(self, kubeconfig, log, environment=None, flags=()):
        self.kubeconfig = kubeconfig
        self.log = Path(log)
        self.flags = list(flags)
        self.environment = {
            **{name: value for name, value in os.environ.items()
               if name not in ("KUBECONFIG", "POD_HEALTH_GRACE_SECONDS")},
            **(environment or {})}
        self._process = None
        self._log_begin = 0

    # -- life ----------------------------------------------------------------

    def start(self, wait=True, timeout=20.0):
        """Starts it; returns the seconds until it was ready, if `wait` is set."""
        self._log_begin = self.log.stat().st_size if self.log.exists() else 0
        words = [binary(), "--zap-log-level=debug", NO_FIXED_PORT, *self.flags]
        if self.kubeconfig:
            words.append(f"--kubeconfig={self.kubeconfig}")
        begin = time.monotonic()
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment, preexec_fn=_die_with_parent)  # noqa: PLW1509
        if wait:
            self.wait_for_line(READY, timeout=timeout, pause=0.005)
        return time.monotonic() - begin

    def kill(self):
        """SIGKILL."""
        self._process.kill()
        self._process.wait()

    def stop(self, bound=STOP_BOUND):
        """SIGTERM; returns exit code and seconds. Fails after `bound`."""
        begin = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(bound)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimedOut(f"the operator did not end within {bound:g} s of "
                           f"SIGTERM; its log ends: {self.tail()}") from None
        return code, time.monotonic() - begin

    def close(self):
        """Kills it if it is running."""
        if self._process and self._process.poll() is None:
            self.kill()

    def wait(self, timeout=10.0):
        """Waits until it exits; returns the exit code."""
        return self._process.wait(timeout)

    @property
    def pid(self):
        return self._process.pid

    @property
    def runs(self):
        return self._process is not None and self._process.poll() is None

    # -- output --------------------------------------------------------------

    def lines(self):
        """The log lines of this process, without those of earlier ones."""
        with open(self.log, "rb") as file:
            file.seek(self._log_begin)
            return file.read().decode(errors="replace").splitlines()

    def lines_with(self, *words):
        return [line for line in self.lines()
                if all(word in line for word in words)]

    def wait_for_line(self, *words, timeout=20.0, pause=0.05):
        def look():
            found = self.lines_with(*words)
            return found or (self.runs and [])

        try:
            found = wait_for(f"a log line with {words}", look,
                             lambda seen: seen or seen is False, timeout, pause)
        except TimedOut:
            raise TimedOut(f"not within {timeout:g} s: a log line with "
                           f"{words}; the log ends: {self.tail()}") from None
        if not found:
            raise AssertionError(
                f"the operator ended with {self._process.returncode} before "
                f"it logged {words}; its log ends: {self.tail()}")
        return found[0]

    def tail(self, count=20):
        return "\n".join(["", *self.lines()[-count:]])

    def port_of(self, name):
        """The port of a server by its name in the log: `probes`, `webhooks`."""
        line = self.wait_for_line(f"{name} at http")
        return int(line.rpartition(":")[2])

    def probe(self, target):
        """Returns status and body of a probe."""
        client = http.client.HTTPConnection(
            "127.0.0.1", self.port_of("probes"), timeout=10)
        client.request("GET", target)
        answer = client.getresponse()
        return answer.status, answer.read().decode()

    # -- resources -----------------------------------------------------------

    def resident_bytes(self, part="VmRSS"):
        """The resident memory. `RssAnon` is the part without files."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(part + ":"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"no {part}")

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2]
        ticks = sum(map(int, fields.split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")
