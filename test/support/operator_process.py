"""The operator as a process: started, watched, killed."""

import ctypes
import http.client
import os
import signal
import subprocess
import time
from pathlib import Path

from .waiting import TimedOut, wait_for

STOP_BOUND = 5.0  # seconds from SIGTERM to the end
READY = "ready: all lists"
# Several run at once in the tests; the last flag of a name wins.
NO_FIXED_PORT = "--health-probe-bind-address=127.0.0.1:0"


def binary():
    """The program under test, as tools/test or a person names it."""
    named = os.environ.get("LOCUST_OPERATOR_BINARY")
    if not named:
        raise FileNotFoundError("LOCUST_OPERATOR_BINARY is unset: there is no "
                                "operator to test")
    return Path(named)


_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _die_with_parent():
    """However the tests end, no operator is left behind."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Operator:
    """One process. Its log is appended to `log`, also over restarts."""

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
        """Starts it; returns the seconds until it was ready, if waited for."""
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
        """Whatever state it is in."""
        if self._process and self._process.poll() is None:
            self.kill()

    def wait(self, timeout=10.0):
        """Waits for its own end; returns the exit code."""
        return self._process.wait(timeout)

    @property
    def pid(self):
        return self._process.pid

    @property
    def runs(self):
        return self._process is not None and self._process.poll() is None

    # -- what it says --------------------------------------------------------

    def lines(self):
        """What this process (not an earlier one) has logged."""
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
                f"it said {words}; its log ends: {self.tail()}")
        return found[0]

    def tail(self, count=20):
        return "\n".join(["", *self.lines()[-count:]])

    def port_of(self, name):
        """Of the server that the log calls so: `probes`, `webhooks`."""
        line = self.wait_for_line(f"{name} at http")
        return int(line.rpartition(":")[2])

    def probe(self, target):
        """Status and body."""
        client = http.client.HTTPConnection(
            "127.0.0.1", self.port_of("probes"), timeout=10)
        client.request("GET", target)
        answer = client.getresponse()
        return answer.status, answer.read().decode()

    # -- what it takes -------------------------------------------------------

    def resident_bytes(self, part="VmRSS"):
        """`RssAnon` is the part that it shares with no other process."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(part + ":"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"no {part}")

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2]
        ticks = sum(map(int, fields.split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")
