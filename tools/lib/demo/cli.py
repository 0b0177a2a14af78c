"""The command line of tools/demo, and the order of its steps."""

import argparse
import os
import signal
import sys
from pathlib import Path

from ..cluster import images
from ..shared.locks import file_lock
from ..shared.progress import Failure, say, show_on_stdout
from . import environment
from .cleanup import Cleanup, Interrupted
from .run import Run
from .screen import detail

_INTERRUPTED = 130  # the exit code that shells use for SIGINT

# For the demo's own cluster, which cannot reach an image registry and whose node
# should have room for the pods of more than one test.
_SETTINGS = {"METRICS_EXPORTER_IMAGE": images.EXPORTER_STAND_IN,
             "METRICS_EXPORTER_IMAGE_PULL_POLICY": "IfNotPresent",
             "METRICS_EXPORTER_CPU_REQUEST": "10m",
             "POD_CPU_REQUEST": "100m"}
_NEXT = """./tools/demo --keep                 # keep everything running
./tools/demo --context kind-kind    # run the demo on your own cluster
./tools/test                        # run all tests
less docs/architecture.md           # read how the operator works"""
_MORE = """Press Ctrl-C at any time to stop the demo and remove what it started.
A cluster that was already up stays up."""


def main() -> int:
    show_on_stdout()
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    _make_paths_absolute()
    try:
        environment.folder().mkdir(parents=True, exist_ok=True)
        with file_lock(environment.folder() / "lock",
                       lambda: say("another demo is running; waiting")):
            return _run(options, Cleanup())
    except Interrupted:
        return _INTERRUPTED


def _run(options, cleanup: Cleanup) -> int:
    code, next_steps = 0, ""
    try:
        next_steps = _run_steps(options, cleanup)
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
        cleanup.cancel()
    cleanup.run()
    if next_steps:
        say("done. What to try next:")
        detail(next_steps)
    return code


def _run_steps(options, cleanup: Cleanup) -> str:
    """Returns what to try next."""
    is_own = not (options.kubeconfig or options.context)
    environment.set_up_machine(everything=is_own)
    if is_own:
        binary = environment.build_operator()
        kube, is_new = environment.own_cluster(cleanup)
    else:
        kube, is_new = environment.other_cluster(options.kubeconfig,
                                           options.context), False
        binary = environment.build_operator()
    image = options.image or (images.LOCUST if is_own
                              else environment.OFFICIAL_IMAGE)
    # A new cluster is removed with everything in it.
    cleanup_inside = Cleanup() if is_new else cleanup
    say(f"installing the CRD, and a sample shop in namespace "
        f"{environment.NAMESPACE}")
    environment.install_crd(kube, cleanup_inside, is_own)
    environment.make_namespace(kube, cleanup_inside)
    environment.create_shop(kube, image)
    operator = environment.Operator()
    if operator.pid:
        say("stopping the operator of an earlier demo, process "
            f"{operator.pid}")
        operator.stop()
    cleanup.add("stopping the operator", operator.stop)
    operator.start(binary, kube, _SETTINGS if is_own else {}, options.keep)
    say(f"started the operator: process {operator.pid}, log {operator.log}")
    if is_own:
        detail("without a registry, a stand-in replaces the metrics exporter "
               "(METRICS_EXPORTER_IMAGE)")
    environment.wait_for_shop(kube)
    Run(kube, operator, image).run()
    return _left_running(kube, operator, image, is_own) if options.keep \
        else _NEXT


def _left_running(kube, operator, image: str, is_own: bool) -> str:
    manifest = environment.folder() / "locusttest.yaml"
    manifest.write_text(environment.manifest("locusttest.yaml", image))
    kubectl = " ".join([kube.program, *kube.access, "-n", environment.NAMESPACE])
    return f"""{kubectl} apply -f {manifest}
{kubectl} get locusttest --watch
{kubectl} port-forward job/demo-master 8089   # web UI of Locust
tail -f {operator.log}
The cluster, the operator (process {operator.pid}) and the shop keep running.
To remove them:
kill {operator.pid} && """ + (
        f"{environment.ROOT}/tools/cluster down --name {environment.CLUSTER}" if is_own
        else f"{kubectl} delete namespace {environment.NAMESPACE}")


def _options():
    parser = argparse.ArgumentParser(
        prog="tools/demo", epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Builds the operator, starts a Kubernetes cluster on this "
        "machine and runs a\nload test. With --kubeconfig or --context it uses "
        "an existing cluster, for\nexample of kind or minikube.")
    parser.add_argument("--kubeconfig", type=Path, metavar="FILE",
                        help="use the cluster of this kubeconfig")
    parser.add_argument("--context", metavar="NAME",
                        help="use this context, such as kind-kind or minikube")
    parser.add_argument("--image", help="image with Locust and Python (default: "
                        f"{environment.OFFICIAL_IMAGE}; on the demo's own "
                        "cluster, an image that is built here)")
    parser.add_argument("--keep", action="store_true",
                        help="keep cluster, operator and shop running")
    return parser.parse_args()


def _make_paths_absolute() -> None:
    """The operator runs in a different working directory."""
    if chosen := os.environ.get("KUBECONFIG"):
        os.environ["KUBECONFIG"] = ":".join(
            os.path.abspath(one) for one in chosen.split(":") if one)


def _interrupt(*_) -> None:
    raise Interrupted


if __name__ == "__main__":
    sys.exit(main())
