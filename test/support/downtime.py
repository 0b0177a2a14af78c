"""A time without an operator, shared by all cases that need one."""

import contextlib
import threading

TIMEOUT = 120  # seconds that a case waits for the others


class Downtime:
    """Cases run concurrently. The operator is killed when all of them are ready for
    that, and started when all of them need it again."""

    def __init__(self, operator, members):
        self._members = members
        # Members that have reached the kill, and those that have reached the start.
        self._gates = [(operator.kill, set()), (operator.start, set())]
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def of(self, member):
        self._pass(member, *self._gates[0])
        try:
            yield
        except BaseException:
            self.leave(member)
            raise
        self._pass(member, *self._gates[1])

    def leave(self, member):
        """Releases the other members, for a member that failed."""
        for action, there in self._gates:
            self._arrive(member, action, there)

    def _pass(self, member, action, there):
        with self._changed:
            self._arrive(member, action, there)
            if not self._changed.wait_for(
                    lambda: len(there) == self._members, TIMEOUT):
                raise TimeoutError("the other cases did not reach this point")

    def _arrive(self, member, action, there):
        with self._changed:
            if member in there:
                return
            there.add(member)
            if len(there) == self._members:
                action()
                self._changed.notify_all()
