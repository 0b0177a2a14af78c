"""What the person at the terminal sees, beside cluster.progress."""

import sys
import time

from cluster.progress import say

_begun = time.monotonic()
_PLAIN_EVERY_SECONDS = 5
_MARGIN = " " * 8  # as wide as the time before each step


class LiveLine:
    """One line that changes; on a pipe a new one when there is news."""

    def __init__(self):
        self._is_open = False
        self._news = None
        self._told_at = 0.0

    def show(self, news: str, text: str) -> None:
        """The news are the part of the text that is worth a line at once."""
        now = time.monotonic()
        if sys.stdout.isatty():
            print(f"\r\033[K[{now - _begun:4.0f}s] {text}", end="", flush=True)
            self._is_open = True
        elif news != self._news or now - self._told_at > _PLAIN_EVERY_SECONDS:
            say(text)
            self._news, self._told_at = news, now

    def end(self) -> None:
        if self._is_open:
            print()
            self._is_open = False


def detail(text: str) -> None:
    """What belongs to the step before it."""
    print("".join(f"{_MARGIN}{line}\n" for line in text.rstrip().splitlines()),
          end="", flush=True)
