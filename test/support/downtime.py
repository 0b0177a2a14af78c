"""One time without an operator, shared by all cases that need one."""

import contextlib
import threading

PATIENCE = 120  # seconds that a case waits for the others


class Downtime:
    """Cases run side by side, so the operator goes when all of them are ready
    for it, and comes back when none needs it away any more."""

    def __init__(self, operator, members):
        self._members = members
        # Who got as far as the operator's death, and as its new start.
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
        """Nobody need wait for it any more."""
        for action, there in self._gates:
            self._arrive(member, action, there)

    def _pass(self, member, action, there):
        with self._changed:
            self._arrive(member, action, there)
            if not self._changed.wait_for(
                    lambda: len(there) == self._members, PATIENCE):
                raise TimeoutError("the other cases did not get so far")

    def _arrive(self, member, action, there):
        with self._changed:
            if member in there:
                return
            there.add(member)
            if len(there) == self._members:
                action()
                self._changed.notify_all()
