"""The stored state of clusters, and the ports and addresses of new ones."""

import json
import socket
import threading

import pytest

from lib.cluster import state, teardown
from lib.shared.locks import file_lock
from lib.shared.progress import Failure

CONTROL_PLANE = state.Options(control_plane_only=True,
                              apiserver_args=("--v=2",))


def test_a_cluster_is_read_back_as_it_was_written(state_root):
    written = state.allocate("one", CONTROL_PLANE)
    written.ready = True
    written.save()
    assert state.load("one") == written
    assert state.names() == ["one"]


def test_clusters_never_share_a_port(state_root):
    ports = [port for name in ("one", "two", "three")
             for port in state.allocate(name, CONTROL_PLANE).ports.values()]
    assert len(set(ports)) == len(ports) == 15


def test_a_port_in_use_is_not_allocated(monkeypatch):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        used = server.getsockname()[1]
        assert not state._is_free(used)
    assert state._is_free(used)


def test_nodes_get_the_first_addresses_without_a_route():
    assert state.free_index(set(), []) == 0
    assert state.free_index({0, 1, None}, []) == 2
    # A route to any of the three ranges: node, pods, Services.
    assert state.free_index(set(), ["172.30.0.0/24"]) == 1
    assert state.free_index(set(), ["10.128.7.0/24"]) == 1
    assert state.free_index(set(), ["10.96.0.0/12"]) == 16
    with pytest.raises(Failure, match="in use"):
        state.free_index(set(), ["10.0.0.0/8"])


def test_control_planes_take_no_addresses_from_nodes(state_root):
    cluster = state.allocate("one", CONTROL_PLANE)
    assert cluster.index is None
    assert cluster.server.startswith("https://127.0.0.1:")


@pytest.mark.parametrize("name",
                         ["", "-a", "a-", "A", "a.b", "../a", "a" * 41])
def test_a_name_must_be_valid_for_folders_and_hosts(name):
    with pytest.raises(Failure, match="not a valid cluster name"):
        state.check_name(name)


def test_a_folder_left_before_anything_was_written_is_removed(state_root):
    (state_root / "half/node").mkdir(parents=True)
    assert state.names() == ["half"] and state.load("half") is None
    teardown.remove("half")
    state.remove_empty_root()
    assert not state_root.exists()


def test_locks_of_a_killed_run_are_removed(state_root):
    state_root.mkdir()
    (state_root / ".lock").touch()
    (state_root / ".killed.lock").touch()
    assert state.names_with_locks() == ["killed"]
    with state.lock("killed"):
        pass
    state.remove_empty_root()
    assert not state_root.exists()


def test_after_a_reboot_no_process_is_known(state_root):
    cluster = state.allocate("one", CONTROL_PLANE)
    cluster.pid_file("etcd").parent.mkdir()
    cluster.pid_file("etcd").write_text("anything")
    assert cluster.pid_files() == [cluster.pid_file("etcd")]
    file = cluster.folder / "cluster.json"
    file.write_text(json.dumps(json.loads(file.read_text())
                               | {"boot_id": "another"}))
    assert state.load("one").pid_files() == []


def test_a_lock_file_that_goes_lets_only_one_in_at_a_time(tmp_path):
    inside, most = 0, 0

    def enter():
        nonlocal inside, most
        for _ in range(50):
            with file_lock(tmp_path / "lock", remove=True):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert not (tmp_path / "lock").exists()
