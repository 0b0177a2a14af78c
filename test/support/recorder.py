"""Watches a whole cluster and records every version of every object with the time
of its observation, so that tests can check the order of events.
"""

import http.client
import socket
import threading
import time
from dataclasses import dataclass

from .api import Refused, path_of
from .waiting import wait_for

KINDS = ("LocustTest", "Job", "Pod", "Service", "Event")
RECONNECT_PAUSE = 0.2  # seconds
GIVEN_UP = "given up"


@dataclass(frozen=True)
class Observation:
    at: float  # time.monotonic()
    what: str  # ADDED, MODIFIED or DELETED
    object: dict

    @property
    def name(self):
        return self.object["metadata"]["name"]

    @property
    def uid(self):
        return self.object["metadata"]["uid"]


class Recorder:
    def __init__(self, api, kinds=KINDS):
        self._api = api
        # By kind and namespace, as most questions are about one namespace.
        self._observations = {kind: {} for kind in kinds}
        self._connections = {}
        self._closing = False
        self._threads = [threading.Thread(target=self._follow, args=(kind,),
                                          daemon=True) for kind in kinds]
        for thread in self._threads:
            thread.start()

    def close(self):
        self._closing = True
        for connection in list(self._connections.values()):
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except (OSError, AttributeError):
                pass  # already closed
        for thread in self._threads:
            thread.join(5)

    # -- observations --------------------------------------------------------

    def observations(self, kind, namespace, name=None):
        """Observations of one object, or of all in a namespace, in order."""
        return [s for s in self._observations[kind].get(namespace, ())
                if name in (None, s.name)]

    def latest(self, kind, namespace, name):
        """The object as last observed; None if it does not exist."""
        seen = self.observations(kind, namespace, name)
        return seen[-1].object if seen and seen[-1].what != "DELETED" else None

    def present(self, kind, namespace):
        """The objects that exist, by name."""
        objects = {}
        for observation in self.observations(kind, namespace):
            if observation.what == "DELETED":
                objects.pop(observation.name, None)
            else:
                objects[observation.name] = observation.object
        return objects

    def first(self, kind, namespace, name, holds, timeout=30.0, what=None,
              hopeless=None):
        """Waits for the first observation that `holds`, of this object, or of any in
        the namespace if `name` is None. Fails early if the object is
        `hopeless`."""

        def look():
            seen = [s for s in self.observations(kind, namespace, name)
                    if s.what != "DELETED"]
            found = next((s for s in seen if holds(s.object)), None)
            given_up = hopeless and seen and hopeless(seen[-1].object)
            return found or (GIVEN_UP if given_up else None)

        try:
            found = wait_for(what or f"{kind} {name}", look, timeout=timeout,
                             pause=0.03)
        except AssertionError:
            found = None
        if found in (None, GIVEN_UP):
            seen = self.observations(kind, namespace, name)
            raise AssertionError(
                f"{'never' if found else f'not within {timeout:g} s'}: "
                f"{what or kind}; {kind} {namespace}/{name} was last seen as "
                f"{brief(seen[-1].object) if seen else 'nothing'}")
        return found

    # -- watching ------------------------------------------------------------

    def _follow(self, kind):
        while not self._closing:
            try:
                self._follow_once(kind)
            except (OSError, http.client.HTTPException, Refused, ValueError):
                pass  # the API server restarts, or the CRD does not exist
            if not self._closing:
                time.sleep(RECONNECT_PAUSE)

    def _follow_once(self, kind):
        listing = self._api.call("GET", path_of(kind))
        known = {s.uid: s for seen in self._observations[kind].values()
                 for s in seen}
        for one in listing["items"]:
            before = known.pop(one["metadata"]["uid"], None)
            if before is None or version(before.object) != version(one):
                one.setdefault("kind", kind)
                self._note(kind, "MODIFIED" if before else "ADDED", one)
        for gone in known.values():
            if gone.what != "DELETED":
                self._note(kind, "DELETED", gone.object)
        for what, one in self._api.watch(
                kind, listing["metadata"]["resourceVersion"],
                lambda c: self._connections.update({kind: c})):
            if what == "ERROR":
                return
            self._note(kind, what, one)

    def _note(self, kind, what, one):
        namespace = one["metadata"].get("namespace")
        self._observations[kind].setdefault(namespace, []).append(
            Observation(time.monotonic(), what, one))


def version(one):
    return one["metadata"]["resourceVersion"]


def brief(one):
    """A short description of an object."""
    status = one.get("status", {})
    conditions = "".join(
        f"\n  {c['type']} {c['status']} {c.get('reason')}: {c.get('message')}"
        for c in status.get("conditions") or ())
    return f"phase {status.get('phase')}{conditions}"
