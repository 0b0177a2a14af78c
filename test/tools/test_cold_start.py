"""Even on a machine where nothing is installed or built, the standard output of a
tool is only its result. Callers use it, as in $(tools/cluster program helm)."""

import json
import os
import shutil
from pathlib import Path

import pytest

from lib.crdgen import core_types
from stand_ins import Machine
from support.paths import ROOT

pytestmark = pytest.mark.skipif(os.geteuid() != 0,
                                reason="only root can install")

BUILDING = "another run is building; waiting"


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def plane(machine):
    """Starts a control plane, and removes it at the end."""
    yield ["up", "--name", "cold", "--control-plane-only"]
    machine.stop()
    machine.run("cluster", "down", "--name", "cold")


def the_path(text):
    """The text is one line with an existing path."""
    assert text.endswith("\n")
    path = Path(text[:-1])
    assert path.is_file(), text
    return path


def exports(machine):
    """The commands that a shell evaluates after `up`."""
    clients = [] if machine.has("kubectl") else [
        f"export PATH=$PATH:{folder}"
        for folder in (machine.cache / "programs").glob("kubectl-*")]
    kubeconfig = machine.folder / "state/cold/kubeconfig"
    return "".join(f"{line}\n" for line in (
        *clients, f"export KUBECONFIG={kubeconfig}"))


def test_setup_has_no_result(machine):
    assert machine.run("setup", "compile") == ""


@pytest.mark.parametrize("program", ["kubectl", "helm"])
def test_cluster_prints_the_path_of_a_program(machine, program):
    path = the_path(machine.run("cluster", "program", program))
    assert path.name == program
    assert path.is_relative_to(machine.cache)
    assert the_path(machine.run("cluster", "program", program)) == path


def test_cluster_prints_it_after_another_run_has_built_it(machine):
    first, second = machine.run_two(BUILDING, "cluster", "program", "helm")
    assert the_path(first) == the_path(second)


def test_cluster_prints_what_a_shell_evaluates(machine, plane):
    assert machine.run("cluster", *plane) == exports(machine)
    kubeconfig = machine.run("cluster", "kubeconfig", "--name", "cold")
    assert the_path(kubeconfig).name == "kubeconfig"
    assert json.loads(machine.run("cluster", "status", "--json"))[
        "cold"]["state"] == "up"
    assert machine.run("cluster", "restart", "--name", "cold", "etcd") == ""


def test_cluster_prints_it_after_another_run_has_brought_it_up(machine, plane):
    output = machine.run_two("another run is using 'cold'; waiting", "cluster",
                           *plane)
    assert output == [exports(machine)] * 2


def test_cluster_prints_a_status_without_clusters(machine):
    assert json.loads(machine.run("cluster", "status", "--json")) == {}


IMAGE = ("image", "build", "--engine", "none")


def test_image_prints_the_path_of_the_archive(machine):
    path = the_path(machine.with_operator().run(*IMAGE))
    assert path.name == "locust-operator-1.2.3.tar"
    assert the_path(machine.run(*IMAGE)) == path


def test_image_prints_it_after_another_run_has_built_it(machine):
    first, second = machine.with_operator().run_two(BUILDING, *IMAGE)
    assert the_path(first) == the_path(second)


def test_promtool_prints_what_promtool_does(machine):
    assert machine.with_promtool().run(
        "promtool", "check", "rules") == "promtool check rules\n"


def test_promtool_prints_it_after_another_run_has_downloaded_it(machine):
    output = machine.with_promtool().run_two(
        "another run is downloading; waiting", "promtool", "--version")
    assert output == ["promtool --version\n"] * 2


def test_replay_prints_what_the_program_does(machine):
    assert machine.with_operator().run(
        "replay", "journal", "--quiet") == "replayed journal --quiet\n"


def test_replay_prints_it_after_another_run_has_built_it(machine):
    output = machine.with_operator().run_two(BUILDING, "replay", "journal")
    assert output == ["replayed journal\n"] * 2


def test_manifests_prints_what_it_wrote(machine):
    tree = machine.folder / "tree"
    shutil.copytree(ROOT / "deploy", tree / "deploy")
    (tree / "tools").mkdir()
    shutil.copy(ROOT / "tools/manifests", tree / "tools")
    (tree / "tools/cluster").symlink_to(ROOT / "tools/cluster")
    assert machine.run("manifests", root=tree) == (
        "manifests: wrote deploy/install.yaml\n")
    assert machine.run("manifests", "--check", root=tree) == ""
    assert (tree / "deploy/install.yaml").read_text().endswith(
        "kubectl kustomize\n")


def test_crdgen_prints_nothing_about_a_fresh_file(machine):
    assert machine.run("crdgen", "--check") == ""


def test_crdgen_prints_what_it_wrote(machine, crdgen_tree):
    published = machine.folder / "module" / core_types.OPENAPI
    published.parent.mkdir(parents=True)
    published.write_text(json.dumps(
        {"components": {"schemas": core_types.load()["types"]}}))
    assert machine.run("crdgen", "--refresh", root=crdgen_tree) == (
        "deploy/crd/locusttests.locust.io.yaml: "
        f"{(ROOT / 'deploy/crd/locusttests.locust.io.yaml').stat().st_size} "
        "bytes\n")
