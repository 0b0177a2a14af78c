"""The command line of tools/cluster."""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from ..shared.paths import cache_root
from ..shared.progress import Failure, say
from . import (
    certificates,
    control_plane,
    images,
    node,
    node_services,
    paths,
    processes,
    programs,
    state,
    teardown,
)
from .state import Cluster, Options

_CLIENTS = {program.name: program for program in programs.CLIENTS}


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except Failure as failure:
        print(failure.report("tools/cluster"), file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("tools/cluster: interrupted; run `tools/cluster down` to remove "
              "what was started", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/cluster",
        description="Runs Kubernetes with one node on this machine, without "
        "Docker and without an image registry. Clusters with different names "
        "run side by side.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, run, text):
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--name", default="default",
                           type=_name, help="name of the cluster (default: default)")
        return added

    up = command("up", _up, "start a cluster; build missing programs first")
    up.add_argument("--control-plane-only", action="store_true",
                    help="no node, only etcd, API server and controllers "
                    "on loopback; does not need root")
    up.add_argument("--without-job-controller", action="store_true",
                    help="do not process Jobs, so that a test can act as "
                    "their controller")
    up.add_argument("--apiserver-arg", action="append", default=[],
                    metavar="FLAG", help="additional flag for the API server, "
                    "such as --apiserver-arg=--max-requests-inflight=50; "
                    "may be repeated")
    load = command("load-image", _load_image,
                   "import an image archive (OCI or docker save)")
    load.add_argument("file", type=Path, metavar="FILE")
    restart = command("restart", _restart, "kill a program of the control "
                      "plane and start it again; stored data is kept")
    restart.add_argument("program", metavar="PROGRAM",
                         help="its name in the output of `status`")
    down = command("down", _down, "remove a cluster, whatever state it is in")
    down.add_argument("--all", action="store_true", help="remove every cluster")
    status = command("status", _status, "show the clusters")
    status.add_argument("--json", action="store_true",
                        help="print JSON, with ports and process ids")
    command("kubeconfig", _kubeconfig, "print the path of the kubeconfig")
    text = "print the path of a client program; build it first if needed"
    program = commands.add_parser("program", help=text, description=text)
    program.set_defaults(run=_program)
    program.add_argument("program", metavar="PROGRAM", choices=_CLIENTS,
                         help=" or ".join(_CLIENTS))
    return parser


def _name(text: str) -> str:
    try:
        return state.check_name(text)
    except Failure as failure:
        raise argparse.ArgumentTypeError(failure.sentence) from None


# -- commands ----------------------------------------------------------------


def _up(arguments) -> int:
    cluster = up(arguments.name, Options(
        control_plane_only=arguments.control_plane_only,
        job_controller=not arguments.without_job_controller,
        apiserver_args=tuple(arguments.apiserver_arg)))
    if not shutil.which("kubectl"):
        kubectl = programs.provide([programs.KUBECTL])["kubectl"]
        print(f"export PATH=$PATH:{kubectl.parent}")
    print(f"export KUBECONFIG={cluster.kubeconfig}")
    return 0


def up(name: str, options: Options) -> Cluster:
    """Returns a complete cluster; creates it if needed. Raises Failure."""
    with state.lock(name, _waiting_for(name)):
        cluster = state.load(name)
        if cluster and _is_complete(cluster):
            if cluster.options != options:
                raise Failure(f"'{name}' is up with different options; take "
                              "it down first")
        else:
            if name in state.names():
                say(f"'{name}' is incomplete; creating it again")
                teardown.remove(name)
            cluster = _bring_up(name, options)
    say(f"'{cluster.name}' is up: {cluster.server}")
    return cluster


def _bring_up(name: str, options: Options) -> Cluster:
    if not options.control_plane_only:
        node.check_machine(paths.state_root(), cache_root())
    built = programs.provide(programs.CONTROL_PLANE)
    if options.control_plane_only:
        cluster = state.allocate(name, options)
        certificates.make_all(cluster)
        control_plane.start(cluster, built)
    else:
        built |= programs.provide(programs.NODE)
        archives = images.provide_images()
        pause = images.provide_pause()
        cluster = state.allocate(name, options)
        certificates.make_all(cluster)
        node.make(cluster, pause)
        imports = node_services.start_containerd(cluster, built, archives)
        control_plane.start(cluster, built)
        node_services.start_rest(cluster, built, imports)
    control_plane.wait_for_service_account(cluster)
    cluster.ready = True
    cluster.save()
    return cluster


def _down(arguments) -> int:
    if arguments.all:
        down(state.names_with_locks())
    elif not down([arguments.name]):
        say(f"'{arguments.name}' was not up")
    return 0


def down(names: list[str]) -> list[str]:
    """Removes clusters; returns the names of those that existed. Raises
    Failure."""
    found = []
    for name in names:
        with state.lock(name, _waiting_for(name)):
            if name in state.names():
                teardown.remove(name)
                say(f"'{name}' is down")
                found.append(name)
    state.remove_empty_root()
    return found


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
    print(_running(arguments.name).kubeconfig)
    return 0


def _restart(arguments) -> int:
    name = arguments.name
    with state.lock(name, _waiting_for(name)):
        cluster = _running(name)
        known = control_plane.program_names(cluster)
        if arguments.program not in known:
            raise Failure(f"cannot restart '{arguments.program}'; valid programs: "
                          f"{', '.join(known)}")
        built = programs.provide(
            [one for one in programs.CONTROL_PLANE + programs.NODE
             if one.name == arguments.program])
        control_plane.restart(cluster, built, arguments.program)
    say(f"restarted {arguments.program} of '{name}'")
    return 0


def _program(arguments) -> int:
    name = arguments.program
    print(programs.provide([_CLIENTS[name]])[name])
    return 0


def _load_image(arguments) -> int:
    cluster = _running(arguments.name)
    if cluster.index is None:
        raise Failure(f"'{cluster.name}' has no node that can load an image")
    if not arguments.file.is_file():
        raise Failure(f"the file {arguments.file} does not exist")
    imported = node_services.import_image(
        cluster, programs.provide(programs.NODE), arguments.file)
    node_services.finish_imports(cluster, [imported])
    say(f"loaded {arguments.file}")
    return 0


# -- helpers -----------------------------------------------------------------


def _waiting_for(name: str):
    return lambda: say(f"another run is using '{name}'; waiting")


def _running(name: str) -> Cluster:
    cluster = state.load(name)
    if not cluster or not cluster.ready:
        raise Failure(f"'{name}' is not up; run `tools/cluster up --name "
                      f"{name}`")
    return cluster


def _is_complete(cluster: Cluster) -> bool:
    daemons = _daemons(cluster)
    return (cluster.ready and bool(daemons)
            and all(map(processes.pid_of, daemons))
            and control_plane.is_ready(cluster))


def _daemons(cluster: Cluster) -> list[Path]:
    return [file for file in cluster.pid_files()
            if not file.name.startswith(node_services.IMPORT)]


def _describe(cluster: Cluster | None) -> dict:
    if cluster is None:
        return {"state": "incomplete"}
    return {
        "state": "up" if _is_complete(cluster) else "incomplete",
        "kind": ("control plane only" if cluster.index is None
                 else f"one node, {cluster.node_address}"),
        "server": cluster.server,
        "kubeconfig": str(cluster.kubeconfig),
        "ports": cluster.ports,
        "processes": {file.stem: _program_pid(file)
                      for file in _daemons(cluster)},
    }


def _program_pid(pid_file: Path) -> int | None:
    """The id of the program itself, not of the nsenter that waits for it."""
    pid = processes.pid_of(pid_file)
    if pid and pid_file.stem in node_services.PROGRAMS:
        return processes.child_of(pid)
    return pid
