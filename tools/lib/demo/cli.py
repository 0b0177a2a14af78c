"""The command line of tools/demo, and the order of the show."""

import argparse
import os
import signal
import sys
from pathlib import Path

from ..cluster import images
from ..shared.locks import file_lock
from ..shared.progress import Failure, say, show_on_stdout
from . import stage
from .play import Play
from .screen import detail
from .undo import Interrupted, Undo

_INTERRUPTED = 130  # as shells say it

# On the demo's own cluster: no registry can be reached from there, and the
# pods of more than one test should fit on its node.
_SETTINGS = {"METRICS_EXPORTER_IMAGE": images.EXPORTER_STAND_IN,
             "METRICS_EXPORTER_IMAGE_PULL_POLICY": "IfNotPresent",
             "METRICS_EXPORTER_CPU_REQUEST": "10m",
             "POD_CPU_REQUEST": "100m"}
_NEXT = """./tools/demo --keep                 # leaves all running, to play with
./tools/demo --context kind-kind    # the same on a cluster of yours
./tools/test                        # all tests
less docs/architecture.md           # how it works"""
_MORE = """Ctrl-C at any time takes away what was started. A cluster that was up \
before stays up."""


def main() -> int:
    show_on_stdout()
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    _make_paths_absolute()
    try:
        stage.folder().mkdir(parents=True, exist_ok=True)
        with file_lock(stage.folder() / "lock",
                       lambda: say("another demo is running; waiting")):
            return _run(options, Undo())
    except Interrupted:
        return _INTERRUPTED


def _run(options, undo: Undo) -> int:
    code, next_steps = 0, ""
    try:
        next_steps = _show(options, undo)
    except Failure as failure:
        print(failure.report("tools/demo"), file=sys.stderr)
        code = 1
    except Interrupted:
        say("interrupted")
        code = _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    if options.keep and code != _INTERRUPTED:
        undo.forget()
    undo.now()
    if next_steps:
        say("done. What to try next:")
        detail(next_steps)
    return code


def _show(options, undo: Undo) -> str:
    """Returns what to try next."""
    is_own = not (options.kubeconfig or options.context)
    stage.set_up_machine(everything=is_own)
    if is_own:
        binary = stage.build_operator()
        kube, is_new = stage.own_cluster(undo)
    else:
        kube, is_new = stage.other_cluster(options.kubeconfig,
                                           options.context), False
        binary = stage.build_operator()
    image = options.image or (images.LOCUST if is_own
                              else stage.OFFICIAL_IMAGE)
    # What is in a cluster goes with it.
    undo_inside = Undo() if is_new else undo
    say(f"installing the CRD; a small shop to test in namespace "
        f"{stage.NAMESPACE}")
    stage.install_crd(kube, undo_inside, is_own)
    stage.make_namespace(kube, undo_inside)
    stage.open_shop(kube, image)
    operator = stage.Operator()
    if operator.pid:
        say(f"stopping the operator of an earlier demo, {operator.pid}")
        operator.stop()
    undo.later("stopping the operator", operator.stop)
    operator.start(binary, kube, _SETTINGS if is_own else {}, options.keep)
    say(f"the operator runs: process {operator.pid}, log {operator.log}")
    if is_own:
        detail("a stand-in takes the metrics exporter's place "
               "(METRICS_EXPORTER_IMAGE): no registry is needed")
    stage.wait_for_shop(kube)
    Play(kube, operator, image).run()
    return _left_running(kube, operator, image, is_own) if options.keep \
        else _NEXT


def _left_running(kube, operator, image: str, is_own: bool) -> str:
    manifest = stage.folder() / "locusttest.yaml"
    manifest.write_text(stage.manifest("locusttest.yaml", image))
    kubectl = " ".join([kube.program, *kube.access, "-n", stage.NAMESPACE])
    return f"""{kubectl} apply -f {manifest}
{kubectl} get locusttest --watch
{kubectl} port-forward job/demo-master 8089   # Locust's own page
tail -f {operator.log}
The cluster, the operator (process {operator.pid}) and the shop stay. To end it:
kill {operator.pid} && """ + (
        f"{stage.ROOT}/tools/cluster down --name {stage.CLUSTER}" if is_own
        else f"{kubectl} delete namespace {stage.NAMESPACE}")


def _options():
    parser = argparse.ArgumentParser(
        prog="tools/demo", epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Builds the operator, brings up a Kubernetes on this "
        "machine and runs a\nload test through it. With --kubeconfig or "
        "--context it uses that cluster\ninstead, for example one of kind or "
        "minikube.")
    parser.add_argument("--kubeconfig", type=Path, metavar="FILE")
    parser.add_argument("--context", metavar="NAME",
                        help="such as kind-kind or minikube")
    parser.add_argument("--image", help="with Locust and Python in it; "
                        f"{stage.OFFICIAL_IMAGE} by default, on the demo's "
                        "own cluster one that is built here")
    parser.add_argument("--keep", action="store_true",
                        help="leave cluster, operator and shop running")
    return parser.parse_args()


def _make_paths_absolute() -> None:
    """The operator runs in another folder than we do."""
    if chosen := os.environ.get("KUBECONFIG"):
        os.environ["KUBECONFIG"] = ":".join(
            os.path.abspath(one) for one in chosen.split(":") if one)


def _interrupt(*_) -> None:
    raise Interrupted


if __name__ == "__main__":
    sys.exit(main())
