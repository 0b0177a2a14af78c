"""Lives without end from random seeds, and keeps what breaks a rule."""

import argparse
import concurrent.futures
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from ..shared import builds, paths
from ..shared.progress import Failure, say, show_on_stdout, step
from .simulation import Simulation, in_words

LIVES = 200  # of a batch
SHARE_RETOLD = 4  # one batch of so many is retold
RETOLD_LIVES = LIVES // 4  # each is lived four times


class Soak:
    """What was lived so far. `batch` may be called by several threads."""

    def __init__(self, simulation: Simulation, kept: Path):
        self.simulation = simulation
        self.kept = kept
        self.lives = 0
        self.files: list[Path] = []
        self.stopped = False
        self._running: set[subprocess.Popen] = set()
        self._lock = threading.Lock()

    def batch(self) -> None:
        retold = random.randrange(SHARE_RETOLD) == 0
        lives = RETOLD_LIVES if retold else LIVES
        first = random.randrange(2**50)
        code, output = self._run(self.simulation.batch(first, lives, retold))
        if self.stopped:
            return
        with self._lock:
            self.lives += lives
        for broken in self.simulation.broken_in(code, output, first, lives, retold):
            self.keep(broken)

    def keep(self, broken) -> None:
        """Writes the shortest plan and its story into a file."""
        name = f"seed-{broken.seed}{'-retold' if broken.retold else ''}.txt"
        say(f"seed {broken.seed} breaks a rule: {broken.rule}; shrinking it")
        kept, left_out = self.simulation.shrink(broken)
        command = in_words(
            self.simulation.command(broken.seed, broken.retold, left_out))
        story = self.simulation.story(broken, left_out)
        self.kept.mkdir(parents=True, exist_ok=True)
        file = self.kept / name
        file.write_text(f"{broken.rule}\n"
                        f"after {len(kept)} disturbances: {kept}\n"
                        f"{command}\n\n{story}")
        with self._lock:
            self.files.append(file)
        say(f"{len(kept)} of {len(kept) + len(left_out)} disturbances are enough:\n"
            f"  {command}\n  story: {file}")

    def stop(self) -> None:
        self.stopped = True
        with self._lock:
            for process in self._running:
                process.terminate()

    def _run(self, words):
        # Ctrl-C is for this process, which then ends them.
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, text=True,
                              start_new_session=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            with self._lock:
                self._running.add(process)
            output = process.communicate()[0]
            with self._lock:
                self._running.remove(process)
        return process.returncode, output


def main(arguments=None) -> int:
    show_on_stdout()
    options = _parse(arguments)
    try:
        program = options.program or _built()
    except Failure as failure:
        print(failure.report("tools/soak", 40), file=sys.stderr)
        return 2
    soak = Soak(Simulation(program, tuple(options.option)), options.folder)
    begun = time.monotonic()
    end = begun + options.minutes * 60 if options.minutes else float("inf")
    _live(soak, options.jobs, end)
    print(f"{soak.lives} lives in {time.monotonic() - begun:.0f} s, "
          f"{len(soak.files)} broke a rule")
    for file in soak.files:
        print(f"  {file}")
    return 1 if soak.files else 0


def _live(soak: Soak, jobs: int, end: float) -> None:
    def worker():
        while not soak.stopped and time.monotonic() < end:
            soak.batch()

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        try:
            for future in [pool.submit(worker) for _ in range(jobs)]:
                future.result()
        except KeyboardInterrupt:
            say("ending")
        finally:
            soak.stop()


def _built() -> Path:
    with step("building the simulation"):
        folder = builds.provide("dev", "simulation", tests=True)
    return folder / "test/simulation/simulation"


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="tools/soak",
        description="Runs the simulation without end from random seeds. Keeps each "
        "seed that breaks a rule with the shortest plan of disturbances that still "
        "breaks it, the command that repeats it, and its story. Ctrl-C ends it.")
    parser.add_argument("--folder", type=Path, default=paths.tree_folder() / "soak",
                        help="where they are kept (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=builds.jobs(), metavar="N",
                        help="processes at the same time (default: %(default)s)")
    parser.add_argument("--minutes", type=float, metavar="N",
                        help="end after so long")
    parser.add_argument("--program", type=Path,
                        help="the simulation to run; without, it is built")
    parser.add_argument("--option", action="append", default=[], metavar="WORD",
                        help="a further option of the simulation, such as "
                        "--option=--forbid=freeze")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
