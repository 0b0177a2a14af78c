"""Terminal output of the demo, beside shared.progress."""

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
    """A line that is updated in place; on a pipe, a new line after a change."""

    def __init__(self, plain_every: float = _PLAIN_EVERY_SECONDS):
        self._plain_every = plain_every
        self._is_open = False
        self._summary = None
        self._printed_at = 0.0

    def show(self, summary: str, text: str) -> None:
        """On a pipe, a change of `summary` prints the text at once."""
        now = time.monotonic()
        text = f"[{now - _begun:4.0f}s] {text}"
        if sys.stdout.isatty():
            print(f"\r\033[K{text}", end="", flush=True)
            self._is_open = True
        elif (summary != self._summary
              or now - self._printed_at > self._plain_every):
            print(text, flush=True)
            self._summary, self._printed_at = summary, now

    def end(self) -> None:
        if self._is_open:
            print(flush=True)
            self._is_open = False


@contextlib.contextmanager
def building(label: str, log: Path):
    """Shows the progress of a build that writes to a log."""
    finished = threading.Event()
    line = LiveLine(_BUILD_EVERY_SECONDS)

    def watch():
        while True:
            steps = re.findall(r"^\[(\d+)/(\d+)\]", "\n".join(tail(log, 50)),
                               re.MULTILINE)
            progress = f": {steps[-1][0]} of {steps[-1][1]}" if steps else ""
            line.show("", label + progress)
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
    """Prints details of the last step."""
    print("".join(f"{_MARGIN}{line}".rstrip() + "\n"
                  for line in text.rstrip().splitlines()),
          end="", flush=True)
