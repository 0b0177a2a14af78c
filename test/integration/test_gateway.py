"""Probes and webhooks without an API server; both start before it is reachable."""

import http.client
import json
import socket
import ssl
import time
from pathlib import Path

import pytest
import yaml

from support.certificates import MountedSecret, make_certificate
from support.operator_process import Operator
from support.waiting import wait_for

ANYWHERE = "127.0.0.1:0"
CHANGE_WITHIN = 10.0  # seconds until changed files take effect
VALIDATE = "/validate-locust-io-v2-locusttest"
KUBECONFIG = {
    "apiVersion": "v1", "kind": "Config", "current-context": "none",
    "contexts": [{"name": "none", "context": {"cluster": "none",
                                              "user": "none"}}],
    # No server listens there.
    "clusters": [{"name": "none", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "none", "user": {}}]}


@pytest.fixture
def operator(tmp_path):
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(KUBECONFIG))
    made = Operator(kubeconfig, tmp_path / "operator.log")
    yield made
    made.close()


@pytest.fixture
def secret(tmp_path):
    return MountedSecret(tmp_path / "mounted")


@pytest.fixture(scope="session")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return {name: make_certificate(folder, name) for name in ("old", "new")}


def with_webhooks(operator, secret, *more):
    operator.flags = ["--enable-webhooks", f"--webhook-bind-address={ANYWHERE}",
                      f"--webhook-cert-path={secret.folder}", *more]
    operator.start(wait=False)


def is_ready(operator):
    """Whether it is ready, except for checks that need an API server."""
    wait_for("readiness", lambda: operator.probe(
        "/readyz?exclude=caches")[0] == 200, timeout=CHANGE_WITHIN)


def connect(operator, trusted):
    """Connects to the webhooks and trusts only this certificate."""
    context = ssl.create_default_context(cadata=trusted)
    client = http.client.HTTPSConnection(
        "127.0.0.1", operator.port_of("webhooks"), timeout=10, context=context)
    client.connect()
    return client


def post(client, path, body, content_type="application/json"):
    client.request("POST", path, body, {"Content-Type": content_type})
    answer = client.getresponse()
    return answer.status, answer.read().decode()


def review_of(client):
    status, body = post(client, VALIDATE, json.dumps({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {"uid": "u-1", "operation": "DELETE",
                    "resource": {"group": "locust.io", "version": "v2",
                                 "resource": "locusttests"}}}))
    assert status == 200
    return json.loads(body)["response"]


def errors(operator):
    return operator.lines_with(" error ")


def threads(operator):
    return [(task / "comm").read_text().strip()
            for task in Path(f"/proc/{operator.pid}/task").iterdir()]


# -- probes -----------------------------------------------------------------------


def test_probes_are_answered_while_the_api_server_is_unavailable(operator):
    operator.start(wait=False)
    assert operator.probe("/healthz") == (200, "ok")
    assert operator.probe("/readyz") == (
        500, "[-]caches failed: reason withheld\n[+]readyz ok\n"
        "readyz check failed\n")
    operator.wait_for_line("waiting:", "127.0.0.1:1")
    status, why = wait_for("the reason", lambda: operator.probe(
        "/readyz/caches"), lambda seen: "127.0.0.1:1" in seen[1])
    assert status == 500 and "no answer" in why
    assert operator.probe("/healthz/healthz") == (200, "ok")
    assert operator.probe("/healthz/other")[0] == 404
    assert operator.stop()[0] == 0


def test_nothing_runs_for_what_is_off(operator):
    operator.flags = ["--health-probe-bind-address=0"]
    operator.start(wait=False)
    operator.wait_for_line("waiting:")
    assert "gateway" not in threads(operator)
    assert not operator.lines_with(" at http")
    assert operator.stop()[0] == 0


def test_probes_alone_take_one_thread(operator):
    operator.start(wait=False)
    operator.wait_for_line("waiting:")
    assert threads(operator).count("gateway") == 1


def test_a_review_under_way_does_not_hold_up_a_stop(operator, secret, pairs):
    secret.set(*pairs["old"])
    with_webhooks(operator, secret)
    is_ready(operator)
    client = connect(operator, pairs["old"][0])
    client.sock.sendall(b"POST " + VALIDATE.encode() + b" HTTP/1.1\r\n"
                        b"Host: x\r\nContent-Type: application/json\r\n"
                        b"Content-Length: 1000\r\n\r\n{")
    code, taken = operator.stop()
    assert code == 0
    print(f"SIGTERM during a review to the end: {taken:.1f} s")


# -- addresses --------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["--health-probe-bind-address",
                                  "--webhook-bind-address"])
def test_a_taken_port_ends_it_with_one_sentence(operator, secret, pairs, flag):
    secret.set(*pairs["old"])
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with_webhooks(operator, secret, f"{flag}={address}")
        assert operator.wait() == 1
    [line] = errors(operator)
    assert f"{flag}={address}" in line
    assert "Address already in use" in line


def test_a_stop_is_clean_and_frees_the_ports_at_once(operator, secret, pairs):
    secret.set(*pairs["old"])
    with_webhooks(operator, secret)
    is_ready(operator)
    probes, hooks = operator.port_of("probes"), operator.port_of("webhooks")
    idle = connect(operator, pairs["old"][0])
    review_of(idle)
    half = socket.create_connection(("127.0.0.1", probes))
    half.sendall(b"GET /healthz HTTP/1.1\r\n")
    assert operator.stop()[0] == 0
    assert half.recv(1) == b""
    operator.flags += [f"--health-probe-bind-address=127.0.0.1:{probes}",
                       f"--webhook-bind-address=127.0.0.1:{hooks}"]
    operator.start(wait=False)
    is_ready(operator)
    assert operator.port_of("webhooks") == hooks


# -- certificates -----------------------------------------------------------------


def test_probes_are_up_before_the_certificate_and_webhooks_with_it(
        operator, secret, pairs):
    with_webhooks(operator, secret)
    assert operator.probe("/healthz") == (200, "ok")
    status, body = operator.probe("/readyz")
    assert status == 500
    assert "[-]webhook failed: reason withheld\n" in body
    operator.wait_for_line("waiting for the webhook certificate",
                           str(secret.folder / "tls.crt"))
    secret.set(*pairs["old"])
    is_ready(operator)
    operator.wait_for_line("webhooks serve a certificate that is valid until")
    answer = review_of(connect(operator, pairs["old"][0]))
    assert answer["uid"] == "u-1"
    assert answer["allowed"] is True


def test_a_changed_certificate_is_for_new_connections(operator, secret, pairs):
    secret.set(*pairs["old"])
    with_webhooks(operator, secret)
    is_ready(operator)
    before = connect(operator, pairs["old"][0])
    review_of(before)

    secret.set(pairs["new"][0], pairs["old"][1])
    operator.wait_for_line("keeping the current webhook certificate",
                           "the key does not belong to the certificate",
                           timeout=CHANGE_WITHIN)
    review_of(connect(operator, pairs["old"][0]))

    secret.set(*pairs["new"])

    def is_new():
        try:
            return review_of(connect(operator, pairs["new"][0]))["allowed"]
        except ssl.SSLCertVerificationError:
            return False

    wait_for("the new certificate", is_new, timeout=CHANGE_WITHIN)
    review_of(before)
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(operator, pairs["old"][0])
    assert len(operator.lines_with("keeping the current")) == 1, operator.tail()
    assert not errors(operator)


def test_a_certificate_that_does_not_come_ends_it(operator, secret):
    begin = time.monotonic()
    with_webhooks(operator, secret, "--webhook-cert-wait-timeout=2s")
    assert operator.wait() == 1
    assert time.monotonic() - begin >= 2
    [line] = errors(operator)
    for words in ("after 2s", str(secret.folder / "tls.crt"), "cert-manager",
                  "--webhook-self-managed-certs"):
        assert words in line


@pytest.mark.parametrize("chain, key, words", [
    ("new", "old", "the key does not belong to the certificate"),
    (None, "old", "no certificate in PEM format"),
    ("old", None, "no unencrypted key in PEM format"),
], ids=["a key of another", "no certificate", "no key"])
def test_a_broken_pair_at_the_start_ends_it(operator, secret, pairs, chain,
                                            key, words):
    secret.set(pairs[chain][0] if chain else "", pairs[key][1] if key else "")
    with_webhooks(operator, secret)
    assert operator.wait() == 1
    [line] = errors(operator)
    assert words in line
    assert str(secret.folder / "tls.crt") in line


# -- requests ---------------------------------------------------------------------


def test_webhooks_answer(operator, secret, pairs):
    secret.set(*pairs["old"])
    with_webhooks(operator, secret)
    is_ready(operator)
    client = connect(operator, pairs["old"][0])
    wanted = {"apiVersion": "locust.io/v1", "kind": "LocustTest",
              "metadata": {"name": "t", "namespace": "n", "uid": "u"},
              "spec": {"image": "i", "masterCommandSeed": "-f a.py",
                       "workerCommandSeed": "-f a.py", "workerReplicas": 3}}
    status, body = post(client, "/convert", json.dumps({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview",
        "request": {"uid": "u-2", "desiredAPIVersion": "locust.io/v2",
                    "objects": [wanted]}}))
    assert status == 200
    answer = json.loads(body)["response"]
    assert answer["uid"] == "u-2"
    assert answer["result"]["status"] == "Success"
    [made] = answer["convertedObjects"]
    assert made["spec"]["worker"]["replicas"] == 3
    # All requests use one connection, until a refusal closes it.
    review_of(client)
    assert post(client, "/convert", "{")[0] == 400


@pytest.mark.parametrize("method, path, headers, length, status", [
    ("GET", "/convert", {}, 0, 405),
    ("POST", "/", {"Content-Type": "application/json"}, 0, 404),
    ("POST", VALIDATE, {"Content-Type": "text/plain"}, 2, 400),
    ("POST", VALIDATE, {"Content-Type": "application/json"}, (7 << 20) + 1,
     413),
    ("POST", "/convert", {"Content-Type": "application/json"}, (7 << 20) + 1,
     400),  # accepted, but not a review
    ("POST", "/convert", {"Content-Type": "application/json"}, (32 << 20) + 1,
     413),
])
def test_what_is_no_review_is_refused(operator, secret, pairs, method, path,
                                      headers, length, status):
    secret.set(*pairs["old"])
    with_webhooks(operator, secret)
    is_ready(operator)
    client = connect(operator, pairs["old"][0])
    client.putrequest(method, path)
    for name, value in headers.items():
        client.putheader(name, value)
    client.putheader("Content-Length", str(length))
    client.endheaders()
    if status != 413:
        client.send(b"x" * length)
    answer = client.getresponse()
    assert answer.status == status
    assert answer.read()
    assert operator.runs
