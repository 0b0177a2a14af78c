"""A copy of the tree outside of it, where one file at a time is broken."""

import subprocess
from pathlib import Path

from ..shared import builds, paths
from ..shared.progress import Failure
from .mutant import Mutant, Verdict, verdict_of

PROGRAM = "test/simulation/simulation"


def folder() -> Path:
    return paths.tree_folder() / "mutants"


class Workbench:
    """Of the tree as it is when `prepare` is called."""

    def __init__(self, lives: int, patience: float):
        self.source = folder() / "source"
        self.build = folder() / "dev"
        self.log = folder() / "build.log"
        self._lives = lives
        self._patience = patience

    def prepare(self) -> None:
        """Copies what has changed, and builds the simulation as it is. Raises
        Failure, also when its lives break a rule without any mutant."""
        names = set(_files())
        for name in names:
            _copy(paths.ROOT / name, self.source / name)
        for path in list(self.source.rglob("*")):
            if path.is_file() and str(path.relative_to(self.source)) not in names:
                path.unlink()
        self._run("cmake", "--preset", "dev", "-S", self.source, "-B", self.build,
                  "-DLOCUST_OPERATOR_TESTS=ON")
        self._compile()

    def try_out(self, mutant: Mutant) -> Verdict:
        """Breaks the copy in this way, lives, and repairs it."""
        path = self.source / mutant.file
        whole = path.read_text()
        path.write_text(mutant.applied_to(whole))
        try:
            self._compile()
            return self.live(mutant.retold)
        finally:
            path.write_text(whole)

    def live(self, retold: bool) -> Verdict:
        words = [self.build / PROGRAM, "--first", "1", "--until-broken"]
        # A life that is retold is lived four times.
        words += (["--retold", "--lives", str(self._lives // 4)] if retold
                  else ["--lives", str(self._lives)])
        try:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, check=False,
                                  capture_output=True, text=True,
                                  timeout=self._patience)
        except subprocess.TimeoutExpired as late:
            return verdict_of(None, (late.stdout or b"").decode(), "")
        return verdict_of(done.returncode, done.stdout, done.stderr)

    def _compile(self) -> None:
        self._run("cmake", "--build", self.build, "-j", str(builds.jobs()),
                  "--target", "simulation")

    def _run(self, *words) -> None:
        environment = {**builds.environment(), "CCACHE_BASEDIR": str(folder())}
        with open(self.log, "wb") as log:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log, check=False, cwd=self.source,
                                  env=environment)
        if done.returncode != 0:
            raise Failure("the build failed", list(words), self.log)


def _files() -> list[str]:
    """Those that git tracks, and new ones that it does not ignore."""
    output = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=paths.ROOT, text=True, check=True, stdout=subprocess.PIPE).stdout
    return [name for name in output.splitlines() if (paths.ROOT / name).is_file()]


def _copy(source: Path, target: Path) -> None:
    """Files that are the same keep their time, so that nothing is built anew."""
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
