"""Processes that outlive tools/cluster and are found by their pid files.

A process is identified by its id and its start time, in clock ticks since boot,
from /proc/PID/stat. So an id that the kernel has reused is recognized. The
process writes the pid file itself before it executes the program, so the file
exists even if tools/cluster is killed.
"""

import os
import select
import signal
import subprocess
import time
from pathlib import Path

# $0 is the pid file; the other arguments are the command.
_LAUNCHER = """
read -r stat < /proc/$$/stat
printf '%s\\n' "$stat" > "$0"
exec "$@"
"""


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def identity(stat: str) -> tuple[int, int, str] | None:
    """Process id, start time and state from a line of /proc/PID/stat."""
    head, parenthesis, rest = stat.rpartition(")")
    fields = rest.split()
    if not parenthesis or len(fields) < 20:
        return None
    return int(head.split(" ", 1)[0]), int(fields[19]), fields[0]


def spawn(pid_file: Path, command: list, log: Path) -> subprocess.Popen:
    """Starts a process in its own session; returns when its pid file exists."""
    pid_file.parent.mkdir(parents=True, exist_ok=True)
    pid_file.unlink(missing_ok=True)
    with open(log, "ab") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _LAUNCHER, pid_file, *command],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/",
            start_new_session=True)
    while process.poll() is None and pid_of(pid_file) is None:
        time.sleep(0.001)
    return process


def pid_of(pid_file: Path) -> int | None:
    """The id of the process that wrote the file, if it is still running."""
    try:
        written = identity(pid_file.read_text())
        current = written and identity(
            Path(f"/proc/{written[0]}/stat").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return None
    if not current or current[:2] != written[:2] or current[2] in "ZX":
        return None
    return written[0]


def child_of(parent: int) -> int | None:
    """The first child of a process. Not every kernel lists children."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if stat.rpartition(")")[2].split()[1] == str(parent):
                return int(entry.name)
    return None


def kill(pid_files: list[Path], timeout: float = 20) -> list[Path]:
    """Kills the processes; returns the pid files of those still running."""
    handles = {}
    for pid_file in pid_files:
        if (pid := pid_of(pid_file)) is None:
            continue
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        # The check is reliable only while the handle refers to the process.
        if pid_of(pid_file) == pid:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        handles[pid_file] = handle
    alive = _wait_for_ends(handles, timeout)
    for handle in handles.values():
        os.close(handle)
    return alive


def _wait_for_ends(handles: dict[Path, int], timeout: float) -> list[Path]:
    """Returns the files of processes that are still running. A handle is readable
    when the last thread has ended; until then, threads may hold ports although
    the first one is a zombie."""
    poll = select.poll()
    for handle in handles.values():
        poll.register(handle, select.POLLIN)
    alive = set(handles.values())
    deadline = time.monotonic() + timeout
    while alive and (left := deadline - time.monotonic()) > 0:
        for handle, _ in poll.poll(left * 1000):
            poll.unregister(handle)
            alive.discard(handle)
    return [file for file, handle in handles.items() if handle in alive]
