"""Runs pytest cases concurrently, in threads.

A case mostly waits for a cluster. All cases without a marker start with the first
one; all cases with the marker `operator_down` start after those. Each test item
then waits for its own case. A case gets the argument `case` and those of
`parametrize`. Import the hooks and the fixture `case` into a conftest, and call
`begin(session, testbed)` in the fixture `testbed`.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from .case import Case
from .downtime import Downtime

# Hides the waiting, but still lets two cores start Locust in time.
CONCURRENT_CASES = 8
CASE_TIMEOUT = 300  # seconds

_GROUPS = (None, "operator_down", "exclusive")

_POOL = pytest.StashKey()
_FUTURE = pytest.StashKey()


@pytest.fixture
def case(request, testbed):
    """The Case of an exclusive test; other tests already have one."""
    if _group(request.node) != "exclusive":
        _begin_group(request.session, testbed, _group(request.node))
        yield None
        return
    made = Case(testbed, request.node.name)
    request.node.stash[_FUTURE] = made
    yield made
    made.close()


def pytest_configure(config):
    config.addinivalue_line("markers", "operator_down: needs a time without "
                            "an operator, `with case.operator_down()`")
    config.addinivalue_line("markers", "exclusive: runs alone, after the "
                            "concurrent cases")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: _GROUPS.index(_group(item)))


def _group(item):
    for name in _GROUPS[1:]:
        if item.get_closest_marker(name):
            return name
    return None


def begin(session, testbed):
    session.stash[_POOL] = ThreadPoolExecutor(CONCURRENT_CASES)
    _begin_group(session, testbed, None)


def _begin_group(session, testbed, name):
    """Starts the cases of a group, unless they have started."""
    items = [item for item in session.items
             if "case" in item.fixturenames and _group(item) == name]
    if any(_FUTURE in item.stash for item in items):
        return
    downtime = Downtime(testbed.operator, len(items)) if name else None
    for item in items:
        item.stash[_FUTURE] = session.stash[_POOL].submit(_run, item, testbed,
                                                          downtime)


def end(session):
    session.stash[_POOL].shutdown(cancel_futures=True)


class _Failed(Exception):
    """A failure with a description of the cluster."""

    def __init__(self, cause, description):
        super().__init__(str(cause))
        self.cause = cause
        self.description = description


def _run(item, testbed, downtime):
    begin_at = time.monotonic()
    made = Case(testbed, item.name, downtime)
    parameters = getattr(item, "callspec", None)
    try:
        item.obj(case=made, **(parameters.params if parameters else {}))
    except BaseException as cause:
        raise _Failed(cause, made.description()) from cause
    finally:
        if downtime:
            downtime.leave(made)
        made.close()
        item.user_properties.append(
            ("seconds", round(time.monotonic() - begin_at, 1)))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    future = pyfuncitem.stash.get(_FUTURE, None)
    if future is None:
        return None
    if isinstance(future, Case):
        try:
            pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in
                              pyfuncitem._fixtureinfo.argnames})
        except BaseException:
            pyfuncitem.add_report_section("call", "cluster",
                                          future.description())
            raise
        return True
    try:
        future.result(CASE_TIMEOUT)
    except _Failed as failed:
        pyfuncitem.add_report_section("call", "cluster", failed.description)
        raise failed.cause from None
    return True
