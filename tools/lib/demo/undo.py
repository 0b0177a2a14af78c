"""What the demo has started, and so has to end."""

from ..shared.progress import Failure, say


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C; not an Exception, so that nobody keeps it."""


class Undo:
    """Actions that take back what was done, the last one first."""

    def __init__(self):
        self._actions = []

    def later(self, label: str, action) -> None:
        self._actions.append((label, action))

    def forget(self) -> None:
        """All stays as it is."""
        self._actions.clear()

    def now(self) -> None:
        while self._actions:
            label, action = self._actions.pop()
            say(label)
            try:
                action()
            except Failure as failure:
                print(f"tools/demo: {failure.sentence}")
            except Interrupted:
                left = [label, *(one for one, _ in reversed(self._actions))]
                say(f"interrupted again; not done: {', '.join(left)}")
                return
