"""Terminal output: steps with their time, and failures."""

import contextlib
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

_started = time.monotonic()
_is_on_stdout = False
_DIE_WITH_PARENT = ["setpriv", "--pdeathsig=INT"]
_HEARTBEAT_SECONDS = 30  # on a pipe, to show in CI that a build is running
_REPORTED_SECONDS = 2  # shorter steps get no line at their end


def show_on_stdout() -> None:
    """Prints progress to standard output, for commands without other output.
    The standard output of other commands is data, so they use standard error."""
    global _is_on_stdout  # noqa: PLW0603 (called once, at the start)
    _is_on_stdout = True


def _stream():
    return sys.stdout if _is_on_stdout else sys.stderr


class Failure(Exception):
    """Ends the command with one sentence and the end of a log."""

    def __init__(self, sentence: str, command=None, log: Path | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        self.command = command
        self.log = log

    def report(self, tool: str, count: int = 20) -> str:
        """The text for the terminal, with the last lines of the log."""
        lines = [f"{tool}: {self.sentence}"]
        if self.command:
            lines.append("command: " + shlex.join(map(str, self.command)))
        if self.log:
            lines += ["    " + line for line in tail(self.log, count)]
            lines.append(f"full log: {self.log}")
        return "\n".join(lines)


def tail(path: Path, count: int) -> list[str]:
    """The last lines of a file, without reading more than 64 KiB of it."""
    try:
        with open(path, "rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 65536))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    return text.splitlines()[-count:]


def say(text: str) -> None:
    print(f"[{time.monotonic() - _started:4.0f}s] {text}", file=_stream(),
          flush=True)


@contextlib.contextmanager
def step(label: str):
    """Prints a step at its start, and that it is still running."""
    begun = time.monotonic()
    finished = threading.Event()

    def beat():
        stream = _stream()
        terminal = stream.isatty()
        while not finished.wait(1 if terminal else _HEARTBEAT_SECONDS):
            elapsed = time.monotonic() - begun
            if terminal:
                print(f"\r[{time.monotonic() - _started:4.0f}s] {label} ... "
                      f"{elapsed:.0f} s", end="", file=stream, flush=True)
            else:
                say(f"{label} ... still running after {elapsed:.0f} s")
        if terminal and time.monotonic() - begun > 1:
            print("\r\033[K", end="", file=stream, flush=True)

    say(f"{label} ...")
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    elapsed = time.monotonic() - begun
    if elapsed >= _REPORTED_SECONDS:
        say(f"{label}: {elapsed:.1f} s")


def run_logged(command: list, log: Path, what: str, **options) -> None:
    """Runs a command with its output in a log file. Raises Failure if it fails.

    The command ends with this process, even if this process is killed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        code = subprocess.run(_DIE_WITH_PARENT + command, check=False,
                              stdin=subprocess.DEVNULL, stdout=output,
                              stderr=output, **options).returncode
    if code == 127:
        raise Failure(f"{what}: {command[0]} is not installed; run tools/setup",
                      command)
    if code != 0:
        raise Failure(f"{what}: exit code {code}", command, log)
