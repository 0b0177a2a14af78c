"""What the person at the terminal sees, beside shared.progress."""

import contextlib
import re
import sys
import threading
import time
from pathlib import Path

from ..shared.progress import tail

_begun = time.monotonic()
_PLAIN_EVERY_SECONDS = 5
_BUILD_EVERY_SECONDS = 30  # on a pipe
_MARGIN = " " * 8  # as wide as the time before each step


class LiveLine:
    """One line that changes; on a pipe a new one when there is news."""

    def __init__(self, plain_every: float = _PLAIN_EVERY_SECONDS):
        self._plain_every = plain_every
        self._is_open = False
        self._news = None
        self._told_at = 0.0

    def show(self, news: str, text: str) -> None:
        """The news are the part of the text that is worth a line at once."""
        now = time.monotonic()
        text = f"[{now - _begun:4.0f}s] {text}"
        if sys.stdout.isatty():
            print(f"\r\033[K{text}", end="", flush=True)
            self._is_open = True
        elif news != self._news or now - self._told_at > self._plain_every:
            print(text, flush=True)
            self._news, self._told_at = news, now

    def end(self) -> None:
        if self._is_open:
            print(flush=True)
            self._is_open = False


@contextlib.contextmanager
def building(label: str, log: Path):
    """Shows how far a build is that writes into a log."""
    finished = threading.Event()
    line = LiveLine(_BUILD_EVERY_SECONDS)

    def watch():
        while True:
            steps = re.findall(r"^\[(\d+)/(\d+)\]", "\n".join(tail(log, 50)),
                               re.MULTILINE)
            how_far = f": {steps[-1][0]} of {steps[-1][1]}" if steps else ""
            line.show("", label + how_far)
            if finished.wait(1):
                line.end()
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


def detail(text: str) -> None:
    """What belongs to the step before it."""
    print("".join(f"{_MARGIN}{line}".rstrip() + "\n"
                  for line in text.rstrip().splitlines()),
          end="", flush=True)
