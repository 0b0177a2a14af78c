"""Runs pytest cases side by side, in threads.

A case mostly waits for a cluster. All those of a session that are not marked
begin when the first one is due, and all that are marked `away` when those are
over; each test item then waits for its own. They get one argument, `case`, and
those of `parametrize`. Import the hooks and the fixture `case` into a conftest,
and call `begin(session, world)` from the fixture that makes the world.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from .case import Case
from .downtime import Downtime

# Enough to hide the waiting, few enough that two cores start Locust in time.
SIDE_BY_SIDE = 8
LONGEST = 300  # seconds that one case may take

_GROUPS = (None, "away", "exclusive")

_POOL = pytest.StashKey()
_FUTURE = pytest.StashKey()


@pytest.fixture
def case(request, world):
    """For exclusive cases; the others have theirs already."""
    if _group(request.node) != "exclusive":
        _begin_group(request.session, world, _group(request.node))
        yield None
        return
    made = Case(world, request.node.name)
    request.node.stash[_FUTURE] = made
    yield made
    made.close()


def pytest_configure(config):
    config.addinivalue_line("markers", "away: needs a time without an operator,"
                            " `with case.operator_away()`")
    config.addinivalue_line("markers", "exclusive: runs when the cases that "
                            "run side by side are over, alone")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: _GROUPS.index(_group(item)))


def _group(item):
    for name in _GROUPS[1:]:
        if item.get_closest_marker(name):
            return name
    return None


def begin(session, world):
    session.stash[_POOL] = ThreadPoolExecutor(SIDE_BY_SIDE)
    _begin_group(session, world, None)


def _begin_group(session, world, name):
    """Unless it has begun."""
    items = [item for item in session.items
             if "case" in item.fixturenames and _group(item) == name]
    if any(_FUTURE in item.stash for item in items):
        return
    downtime = Downtime(world.operator, len(items)) if name else None
    for item in items:
        item.stash[_FUTURE] = session.stash[_POOL].submit(_run, item, world,
                                                          downtime)


def end(session):
    session.stash[_POOL].shutdown(cancel_futures=True)


class _Failed(Exception):
    """Carries what a person needs to understand the failure."""

    def __init__(self, cause, description):
        super().__init__(str(cause))
        self.cause = cause
        self.description = description


def _run(item, world, downtime):
    begin_at = time.monotonic()
    made = Case(world, item.name, downtime)
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
        future.result(LONGEST)
    except _Failed as failed:
        pyfuncitem.add_report_section("call", "cluster", failed.description)
        raise failed.cause from None
    return True
