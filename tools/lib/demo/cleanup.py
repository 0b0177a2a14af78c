"""Removes what the demo started."""

from ..shared.progress import Failure, say


class Interrupted(BaseException):
    """SIGINT, SIGTERM or SIGHUP. Not an Exception, so that no handler of
    exceptions swallows it."""


class Cleanup:
    """Actions that run at the end, in reverse order."""

    def __init__(self):
        self._actions = []

    def add(self, label: str, action) -> None:
        self._actions.append((label, action))

    def cancel(self) -> None:
        """Drops all actions: what was started keeps running."""
        self._actions.clear()

    def run(self) -> None:
        while self._actions:
            label, action = self._actions.pop()
            say(label)
            try:
                action()
            except Failure as failure:
                print(f"tools/demo: {failure.sentence}")
            except Interrupted:
                left = [label, *(one for one, _ in reversed(self._actions))]
                say(f"interrupted again; skipped: {', '.join(left)}")
                return
