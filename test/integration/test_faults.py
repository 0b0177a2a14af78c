"""Forty tests at a time while something goes wrong between the operator and a real API
server, or with the operator itself."""

import itertools
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.faulty_proxy import FaultyProxy
from support.gate import open_gate
from support.many_runs import ManyRuns
from support.objects import OPERATOR_ENVIRONMENT
from support.operator_process import Operator
from support.replicas import TIMINGS
from support.testbed import Testbed
from support.waiting import wait_for

TESTS = 40
SEED = int(os.environ.get("LOCUST_OPERATOR_FAULT_SEED", "1"))
DISTURBED = 15.0  # seconds
ENDED_WITHIN = 150.0  # seconds after the disturbance; most take less than 20
LEAST_FAULTS = 5  # of requests or watches; 17 and more are usual
SIDE_BY_SIDE = 5


class Arena:
    """Forty runs, and the operators that watch only their namespace."""

    def __init__(self, testbed, folder, title):
        self.folder, self.title = folder, title
        self.dice = random.Random(f"{SEED} {title}")
        self.testbed = testbed
        self.runs = ManyRuns(testbed, title, TESTS, f"{SEED} {title}")
        self.operators, self._closed_at_end = [], []

    def operator(self, kubeconfig=None, flags=(), wait=True):
        made = Operator(kubeconfig or self.testbed.api.kubeconfig,
                        self.folder / f"{self.title}-{len(self.operators)}.log",
                        OPERATOR_ENVIRONMENT,
                        [f"--watch-namespaces={self.runs.namespace}", *flags])
        self.operators.append(made)
        made.start(wait=wait)
        return made

    def proxy(self):
        made = FaultyProxy(self.testbed.api, self.folder / self.title, self.title)
        self._closed_at_end.append(made)
        return made

    def start_behind_gate(self):
        """Starts an operator and the runs; returns what its connections go through."""
        made = open_gate(self.testbed.api, self.folder)
        self._closed_at_end.append(made)
        self.operator(made.kubeconfig)
        self.runs.start()
        return made

    def close(self):
        for one in [*self.operators, *self._closed_at_end, self.runs]:
            one.close()

    def until(self, seconds, step):
        """Calls `step` again and again; it says how long to wait."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, step() or 0.0))


# -- between the operator and the API server ---------------------------------------


def nothing(at):
    at.operator()
    at.runs.start()


def requests_fail(at, **rates):
    proxy = at.proxy()
    at.operator(proxy.kubeconfig)
    proxy.rates = rates
    at.runs.start()
    time.sleep(DISTURBED)
    proxy.heal()
    assert proxy.faults >= LEAST_FAULTS
    return f"{proxy.faults} of {proxy.requests} requests"


def answers_get_lost(at):
    return requests_fail(at, lost=30, truncated=10)


def the_api_server_is_overloaded(at):
    return requests_fail(at, error_429=20, error_429_later=20)


def the_api_server_fails(at):
    return requests_fail(at, error_500=15, error_503=15, bad_gateway=10, reset=10)


def everything_goes_wrong_at_times(at):
    return requests_fail(at, lost=6, truncated=4, reset=6, error_500=4, error_503=4,
                         error_429=4, error_429_later=4, bad_gateway=4, slow=10, stall=1)


def answers_stall(at):
    return requests_fail(at, stall=10, slow=30)


def watches_fail(at, *faults):
    proxy = at.proxy()
    turns = itertools.cycle(faults)
    proxy.watches = lambda: next(turns)
    at.operator(proxy.kubeconfig)
    at.runs.start()
    time.sleep(DISTURBED)
    proxy.heal()
    assert proxy.faults >= LEAST_FAULTS
    return f"{proxy.faults} watches"


def watches_are_cut_in_mid_line(at):
    return watches_fail(at, "cut")


def watches_expire(at):
    return watches_fail(at, "expired", "cut", "expired_event", "cut")


def watches_are_late(at):
    proxy = at.proxy()
    at.operator(proxy.kubeconfig)
    at.runs.start()

    def step():
        proxy.held = not proxy.held
        return at.dice.uniform(1, 5)

    at.until(DISTURBED, step)
    proxy.heal()


def all_connections_are_closed(at):
    gate = at.start_behind_gate()

    def step():
        gate.close()
        gate.open()
        return at.dice.uniform(0.5, 3)

    at.until(DISTURBED, step)


def connections_are_half_open(at):
    gate = at.start_behind_gate()

    def step():
        gate.silence()
        return at.dice.uniform(3, 12)

    at.until(DISTURBED, step)


def there_is_no_api_server(at):
    gate = at.start_behind_gate()
    time.sleep(4)
    gate.close()
    time.sleep(DISTURBED)
    gate.open()


# -- with the operator --------------------------------------------------------------


def the_operator_is_killed(at):
    one = at.operator()
    at.runs.start()
    kills = 0

    def step():
        nonlocal kills
        one.kill()
        kills += 1
        one.start(wait=False)
        return at.dice.uniform(0.2, 3)

    at.until(DISTURBED, step)
    return f"{kills} times"


def the_operator_is_frozen(at):
    one = at.operator()
    at.runs.start()
    time.sleep(4)
    os.kill(one.pid, signal.SIGSTOP)
    time.sleep(DISTURBED)
    os.kill(one.pid, signal.SIGCONT)


def pair(at):
    flags = ["--leader-elect", f"--leader-elect-namespace={at.runs.namespace}", *TIMINGS]
    first = at.operator(flags=flags)
    first.wait_for_line(" leading; ")
    at.operator(flags=flags)
    at.runs.start()
    return flags


def leader_of(at):
    """The replica that led last, by their logs, if it still runs."""
    leading = [(one.lines_with(" leading; ")[-1].split()[0], one)
               for one in at.operators if one.runs and one.lines_with(" leading; ")]
    return max(leading, key=lambda seen: seen[0])[1] if leading else None


def the_leader_is_killed(at):
    flags = pair(at)
    kills = 0

    def step():
        nonlocal kills
        if leader := leader_of(at):
            leader.kill()
            kills += 1
            at.operator(flags=flags, wait=False)
        return at.dice.uniform(2, 7)

    at.until(DISTURBED, step)
    assert kills > 0
    return f"{kills} leaders"


def the_leader_is_frozen(at):
    """A leader that is frozen past its Lease ends by itself, and is started again."""
    flags = pair(at)
    ends = []
    for _ in range(2):
        leader = wait_for("a leader", lambda: leader_of(at), timeout=20)
        os.kill(leader.pid, signal.SIGSTOP)
        time.sleep(DISTURBED / 2)
        os.kill(leader.pid, signal.SIGCONT)
        ends.append(leader.wait(10))
        at.operator(flags=flags, wait=False)
    assert ends == [1, 1]


SCENARIOS = [
    there_is_no_api_server, the_leader_is_frozen, the_leader_is_killed,
    answers_stall, connections_are_half_open, everything_goes_wrong_at_times,
    answers_get_lost, the_api_server_is_overloaded, the_api_server_fails,
    watches_are_cut_in_mid_line, watches_expire, watches_are_late,
    all_connections_are_closed, the_operator_is_killed, the_operator_is_frozen, nothing]


def run(testbed, folder, scenario):
    at = Arena(testbed, folder, scenario.__name__)
    try:
        begin = time.monotonic()
        said = scenario(at)
        healed = time.monotonic()
        at.runs.wait_for_ends(ENDED_WITHIN)
        end = time.monotonic()
        problems = at.runs.problems()
        # One that has exited would have been started again by its Deployment.
        dead = [one.tail() for one in at.operators[-1:] if not one.runs]
        return problems + dead, (f"{said or scenario.__name__}; disturbed "
                                 f"{healed - begin:.0f} s, all over {end - healed:.1f} s later")
    finally:
        at.close()


@pytest.fixture(scope="module")
def outcomes(plane, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    testbed = Testbed(plane.kubeconfig, plane.audit_log, folder)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {one: pool.submit(run, testbed, folder, one) for one in SCENARIOS}
    testbed.close()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_forty_runs_are_right_when(outcomes, scenario):
    problems, said = outcomes[scenario].result(600)
    print(said)
    assert problems == [], "\n".join(map(str, problems))
