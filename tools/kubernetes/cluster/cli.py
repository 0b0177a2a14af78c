"""The command line of tools/cluster."""

import argparse
import json
import sys

from . import (certificates, control_plane, processes, programs, state,
               teardown)
from .progress import Failure, say
from .state import Cluster, Options


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except Failure as failure:
        print(failure.report(), file=sys.stderr)
    except KeyboardInterrupt:
        print("tools/cluster: interrupted; `tools/cluster down` takes away "
              "what was started", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/cluster",
        description="A real one-node Kubernetes on this machine: no Docker, "
        "no image registry. Several can run side by side.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, run, text):
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--name", default="default",
                           type=_name, help="which cluster (default: default)")
        return added

    up = command("up", _up, "bring a cluster up; build what is missing first")
    up.add_argument("--control-plane-only", action="store_true",
                    help="no node: etcd, API server and controllers on "
                    "loopback; nothing needs root")
    up.add_argument("--without-job-controller", action="store_true",
                    help="leave Jobs as written, so that a test can play "
                    "their controller")
    up.add_argument("--apiserver-arg", action="append", default=[],
                    metavar="FLAG", help="one more flag for the API server, "
                    "such as --apiserver-arg=--max-requests-inflight=50; "
                    "may be repeated")
    down = command("down", _down, "take a cluster away, in any state")
    down.add_argument("--all", action="store_true", help="every cluster")
    status = command("status", _status, "what is running")
    status.add_argument("--json", action="store_true",
                        help="for programs: with ports and process ids")
    command("kubeconfig", _kubeconfig, "print the path of the kubeconfig")
    return parser


def _name(text: str) -> str:
    try:
        return state.check_name(text)
    except Failure as failure:
        raise argparse.ArgumentTypeError(failure.sentence) from None


# -- commands ----------------------------------------------------------------


def _up(arguments) -> int:
    options = Options(
        control_plane_only=arguments.control_plane_only,
        job_controller=not arguments.without_job_controller,
        apiserver_args=tuple(arguments.apiserver_arg))
    name = arguments.name
    with state.lock(name, lambda: say(f"another run is at '{name}'; waiting")):
        cluster = state.load(name)
        if cluster and _is_whole(cluster):
            if cluster.options != options:
                raise Failure(f"'{name}' is up with other options "
                              f"({cluster.options}); take it down first")
        else:
            if name in state.names():
                say(f"'{name}' is there but not whole; making it anew")
                teardown.remove(name)
            cluster = _bring_up(name, options)
    _print_info(cluster)
    return 0


def _bring_up(name: str, options: Options) -> Cluster:
    built = programs.provide(programs.CONTROL_PLANE)
    cluster = state.allocate(name, options)
    certificates.make_all(cluster)
    control_plane.start(cluster, built)
    control_plane.wait_for_service_account(cluster)
    cluster.ready = True
    cluster.save()
    return cluster


def _down(arguments) -> int:
    names = state.names() if arguments.all else [arguments.name]
    for name in names:
        with state.lock(name):
            if name in state.names():
                teardown.remove(name)
                say(f"'{name}' is down")
            elif not arguments.all:
                say(f"'{name}' was not up")
    teardown.remove_empty_root()
    return 0


def _status(arguments) -> int:
    clusters = [(name, state.load(name)) for name in state.names()]
    if arguments.json:
        print(json.dumps({name: _describe(cluster)
                          for name, cluster in clusters}, indent=2))
    elif not clusters:
        print("no cluster is up")
    else:
        for name, cluster in clusters:
            described = _describe(cluster)
            print(f"{name}: {described['state']}")
            for key in ("kind", "server", "kubeconfig"):
                if key in described:
                    print(f"  {key}: {described[key]}")
            for program, pid in described.get("processes", {}).items():
                print(f"  {program}: {pid or 'not running'}")
    return 0


def _kubeconfig(arguments) -> int:
    cluster = state.load(arguments.name)
    if not cluster or not cluster.kubeconfig.exists():
        raise Failure(f"'{arguments.name}' is not up; try `tools/cluster up "
                      f"--name {arguments.name}`")
    print(cluster.kubeconfig)
    return 0


# -- help for them -----------------------------------------------------------


def _is_whole(cluster: Cluster) -> bool:
    return (cluster.ready and bool(cluster.pid_files())
            and all(map(processes.pid_of, cluster.pid_files()))
            and control_plane.is_ready(cluster))


def _describe(cluster: Cluster | None) -> dict:
    if cluster is None:
        return {"state": "not whole"}
    return {
        "state": "up" if _is_whole(cluster) else "not whole",
        "kind": ("control plane only" if cluster.index is None
                 else f"one node, {cluster.node_address}"),
        "server": cluster.server,
        "kubeconfig": str(cluster.kubeconfig),
        "ports": cluster.ports,
        "processes": {file.stem: processes.pid_of(file)
                      for file in cluster.pid_files()},
    }


def _print_info(cluster: Cluster) -> None:
    say(f"'{cluster.name}' is up: {cluster.server}")
    print(f"export KUBECONFIG={cluster.kubeconfig}")
