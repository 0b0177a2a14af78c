"""Runs the stages of tools/test and reports their results."""

import argparse
import os
import signal
import subprocess
import sys
import time

from ..docs import site
from ..shared import paths
from ..shared.progress import Failure, show_on_stdout
from . import clang_tidy, clusters, fuzzing, programs, pypi
from .clusters import WORKERS
from .programs import built
from .report import IN_CI, Skipped, Tally


def format_stage():
    """Format of C++, Python with ruff, the generated CRD, syntax of scripts."""
    tally = Tally()
    sources = _tracked("*.cpp", "*.hpp")
    tally.check("clang-format: run `clang-format -i` on the files listed above",
                _succeeds("clang-format", "--dry-run", "--Werror", *sources))
    try:
        tally.check("ruff check", _succeeds(pypi.ruff(), "check", "--quiet",
                                            "--no-cache"))
    except pypi.Unavailable as why:
        tally.skip(f"ruff check: {why.sentence}")
        print(why.report("tools/test"), flush=True)
    tally.check("tools/crdgen --check", _succeeds("tools/crdgen", "--check"))
    scripts = [file for file in _tracked("tools", ".ci")
               if _first_line(file).endswith("bash")]
    for script in scripts:
        tally.check(f"bash -n {script}", _succeeds("bash", "-n", script))
    return tally


def tidy_stage():
    """Rules of the source tree: includes, sizes, links."""
    return programs.run_pytest("tidy", "test/tidy")


def docs_stage():
    """The site of the documents: links, anchors, navigation."""
    tally = Tally()
    try:
        site.build(paths.tree_folder() / "site")
    except pypi.Unavailable as why:
        raise Skipped(why.sentence) from None
    tally.check("tools/docs", True)
    return tally


# AddressSanitizer finds more defects, but doubles the time of the build.
CHECKED = "asan" if IN_CI else "dev"


def build_stage():
    """The release build of the operator, and the tests."""
    tally = Tally()
    for preset, tests in (("release", False), (CHECKED, True)):
        built(preset, tests)
        tally.check(f"build of preset {preset}", True)
    return tally


def clang_tidy_stage():
    """clang-tidy on C++ files that have changed since they were clean."""
    try:
        return clang_tidy.run(built(CHECKED))
    except pypi.Unavailable as why:
        raise Skipped(why.sentence) from None


def unit_stage():
    """Unit tests, simulation, and tests of the tools."""
    tally = _unit_tests(CHECKED)
    tally.add(programs.run_pytest("tools", "test/tools", environment={
        "LOCUST_SIMULATION_BINARY":
            str(built(CHECKED) / "test/simulation/simulation")}))
    return tally


def asan_stage():
    """The unit tests with AddressSanitizer and UndefinedBehaviorSanitizer."""
    return _unit_tests("asan")


def tsan_stage():
    """Tests of components that have threads, with ThreadSanitizer."""
    # Debian's CAF is not instrumented, so ThreadSanitizer would report messages
    # between actors as races. These components have their own threads.
    tally = Tally()
    for name in ("unit_api_client", "unit_gateway"):
        folder = built("tsan", target=name)
        tally.add(programs.run_ctest(folder, name + "-tsan", "-R",
                                     f"^{name}$"))
    return tally


def fuzz_stage():
    """libFuzzer on code that reads untrusted input, up to a minute each."""
    seed = fuzzing.seed()
    print(f"libFuzzer seed: {seed}", flush=True)
    return fuzzing.run(built("fuzz", target="fuzz", settings=(
        f"LOCUST_OPERATOR_FUZZ_SEED={seed}",)))


def _unit_tests(preset):
    return programs.run_ctest(built(preset), f"unit-{preset}",
                              "-L", "unit|simulation")


def integration_stage():
    """Tests with a real API server, without a node."""
    release, checked = built("release", False), built(CHECKED)
    with clusters.cluster("test", "--control-plane-only") as environment:
        tally = programs.run_ctest(checked, "integration-ctest", "-L",
                                   "integration", environment=environment)
        tally.add(programs.run_pytest(
            "integration", "test/integration", "-n", str(len(WORKERS)),
            "--dist", "loadgroup",
            environment={**environment, **_binaries(release)}))
    return tally


def e2e_stage():
    """Tests with a real kubelet and real Locust."""
    release = built("release", False)
    with clusters.cluster("e2e") as environment:
        return programs.run_pytest(
            "e2e", "test/e2e",
            environment={**environment, **_binaries(release)})


def incluster_stage():
    """The image of the operator, installed with the chart on a real node."""
    release = built("release", False)
    with clusters.cluster("incluster") as environment:
        return programs.run_pytest(
            "incluster", "test/incluster",
            environment={**environment, **_binaries(release)})


def _binaries(build):
    return {"LOCUST_OPERATOR_BINARY": str(build / "actors/locust-operator"),
            "LOCUST_REPLAY_BINARY":
                str(build / "tools/lib/replay/locust-replay")}


STAGES = {"format": format_stage, "tidy": tidy_stage, "docs": docs_stage,
          "build": build_stage,
          "clang-tidy": clang_tidy_stage,
          "unit": unit_stage, "integration": integration_stage,
          "e2e": e2e_stage, "incluster": incluster_stage,
          "asan": asan_stage, "tsan": tsan_stage, "fuzz": fuzz_stage}
# These take long, so only CI runs them by default.
ONLY_IN_CI = ("tsan", "fuzz")
DEFAULT = [name for name in STAGES
           if name != "asan" and (IN_CI or name not in ONLY_IN_CI)]


LINES = 60  # lines of the log that are printed when a build fails


def main():
    show_on_stdout()
    os.chdir(paths.ROOT)
    stages = _parse()
    signal.signal(signal.SIGTERM, _interrupt)
    whole, table = Tally(), []
    begin = time.monotonic()
    try:
        for name in stages:
            tally, seconds = _run(name)
            whole.add(tally)
            table.append((name, seconds, tally))
    except KeyboardInterrupt:
        whole.check("interrupted before all stages ended", False)
    print(f"\n== total: {time.monotonic() - begin:.0f} s", flush=True)
    for name, seconds, tally in table:
        print(f"{name:12} {seconds:6.0f} s   {tally}")
    for note in whole.notes:
        print(note)
    print(whole, flush=True)
    return 1 if whole.failed or not whole.passed else 0


def _run(name):
    print(f"\n== {name}: {STAGES[name].__doc__}", flush=True)
    begin = time.monotonic()
    try:
        tally = STAGES[name]()
    except Skipped as why:
        tally = Tally()
        tally.skip(f"{name}: {why}")
        print(f"SKIPPED {name}: {why}", flush=True)
    except Failure as failure:
        tally = Tally()
        tally.check(f"{name}: {failure.sentence}", False)
        print(failure.report("tools/test", LINES), flush=True)
    except (OSError, RuntimeError, subprocess.SubprocessError) as failure:
        tally = Tally()
        tally.check(f"{name}: {failure}", False)
        print(f"FAILED {name}: {failure}", flush=True)
    return tally, time.monotonic() - begin


def _parse():
    parser = argparse.ArgumentParser(
        prog="tools/test", formatter_class=argparse.RawTextHelpFormatter,
        description="Builds and tests everything, as CI does. Leaves nothing in "
        "the work tree.",
        epilog="stages:\n" + "\n".join(
            f"  {name:12} {stage.__doc__}" for name, stage in STAGES.items())
        + "\n\nDefault: all stages except asan, tsan and fuzz. With CI=true, "
        "also tsan and\nfuzz; then all C++ tests run with AddressSanitizer, and "
        "tests that cannot\nrun count as failed.")
    parser.add_argument("stage", nargs="*", metavar="STAGE",
                        help="run only these stages, in this order")
    stages = parser.parse_args().stage
    unknown = [name for name in stages if name not in STAGES]
    if unknown:
        parser.error(f"unknown stage '{unknown[0]}'; valid stages: "
                     f"{', '.join(STAGES)}")
    return stages or DEFAULT


def _interrupt(*_):
    raise programs.Terminated


def _tracked(*patterns):
    done = subprocess.run(["git", "ls-files", "--", *patterns], text=True,
                          cwd=paths.ROOT, stdout=subprocess.PIPE, check=True)
    return [file for file in done.stdout.splitlines()
            if (paths.ROOT / file).is_file()]


def _first_line(file):
    with open(paths.ROOT / file, "rb") as opened:
        return opened.readline().decode(errors="replace").strip()


def _succeeds(*words):
    return subprocess.run(words, cwd=paths.ROOT, stdin=subprocess.DEVNULL,
                          check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
