"""Waits until a condition is true; failures show the last value."""

import json
import time


class TimedOut(AssertionError):
    """The condition was not true in time; has the last value."""


def wait_for(what, look, holds=bool, timeout=10.0, pause=0.05):
    """Calls `look()` until `holds(value)`; returns the value.

    Fails after `timeout` seconds with `what`, a clause, and the last value.
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
    """A value as readable text."""
    if isinstance(seen, (dict, list)):
        return json.dumps(without_noise(seen), indent=1, default=str)
    return str(seen)


def without_noise(seen):
    """A copy of an object without parts that make the output long."""
    if isinstance(seen, list):
        return [without_noise(one) for one in seen]
    if not isinstance(seen, dict):
        return seen
    # Keys of JSON are strings; those of other dictionaries can be anything.
    return {str(key): without_noise(value) for key, value in seen.items()
            if key not in ("managedFields", "runSpec", "compressedRunSpec")}
