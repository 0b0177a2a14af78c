"""Waiting for something to become true, with what was last seen on failure."""

import json
import time


class TimedOut(AssertionError):
    """Not within the time given; says what was seen last."""


def wait_for(what, look, holds=bool, timeout=10.0, pause=0.05):
    """Calls `look()` until `holds(seen)`; returns what was seen then.

    Fails after `timeout` seconds with `what`, a clause, and the last sight.
    """
    deadline = time.monotonic() + timeout
    while True:
        seen = look()
        if holds(seen):
            return seen
        if time.monotonic() > deadline:
            raise TimedOut(f"not within {timeout:g} s: {what}; "
                           f"last seen: {shown(seen)}")
        time.sleep(pause)


def shown(seen):
    """What was seen, as text that a person can read."""
    if isinstance(seen, (dict, list)):
        return json.dumps(without_noise(seen), indent=1, default=str)
    return str(seen)


def without_noise(seen):
    """A copy of an object without the parts that only fill the screen."""
    if isinstance(seen, list):
        return [without_noise(one) for one in seen]
    if not isinstance(seen, dict):
        return seen
    return {key: without_noise(value) for key, value in seen.items()
            if key not in ("managedFields", "runSpec")}
