"""--webhook-self-managed-certs with two operators, which the API server must trust."""

import base64
import hashlib
import socket
import ssl

import pytest

from support import webhooks
from support.api import Api, path_of
from support.kubectl import Kubectl
from support.objects import OPERATOR_ENVIRONMENT, locust_test
from support.operator_process import Operator
from support.testbed import install_crd
from support.waiting import wait_for

NAMESPACE = "self-managed"
SECRET = ("Secret", NAMESPACE, "locust-operator-webhook-certs")
SERVICE = f"locust-operator-webhook.{NAMESPACE}.svc"
SERVES = "serving the webhook certificate"
V1 = f"/apis/locust.io/v1/namespaces/{NAMESPACE}/locusttests?dryRun=All"
V2 = path_of("LocustTest", NAMESPACE) + "?dryRun=All"


@pytest.fixture(scope="module")
def api(plane):
    made = Api(plane.kubeconfig)
    install_crd(made, Kubectl(plane.kubeconfig))
    made.create({"kind": "Namespace", "apiVersion": "v1",
                 "metadata": {"name": NAMESPACE}})
    return made


@pytest.fixture(scope="module")
def ports():
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    free = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return free


@pytest.fixture(scope="module")
def replicas(plane, api, ports, tmp_path_factory):
    """Two operators, started at the same time. The API server uses the first one for
    conversion and the second one for admission."""
    webhooks.install(api, f"https://127.0.0.1:{ports[0]}")
    configuration = api.get(*webhooks.VALIDATING)
    for webhook in configuration["webhooks"]:
        config = webhook["clientConfig"]
        config["url"] = config["url"].replace(str(ports[0]), str(ports[1]))
    api.call("PUT", path_of(*webhooks.VALIDATING), configuration)
    folder = tmp_path_factory.mktemp("replicas")
    both = [Operator(plane.kubeconfig, folder / f"{port}.log",
                     OPERATOR_ENVIRONMENT,
                     ["--enable-webhooks", "--webhook-self-managed-certs",
                      f"--webhook-bind-address=127.0.0.1:{port}",
                      f"--webhook-namespace={NAMESPACE}"])
            for port in ports]
    try:
        for one in both:
            one.start(wait=False)
        for one in both:
            one.wait_for_line(SERVES)
        yield both
    finally:
        for one in both:
            one.close()
        webhooks.remove(api)


def bundles(api):
    """The caBundles for conversion and for admission."""
    crd = api.get(*webhooks.CRD)
    configs = [crd["spec"]["conversion"]["webhook"]["clientConfig"],
               *[webhook["clientConfig"]
                 for webhook in api.get(*webhooks.VALIDATING)["webhooks"]]]
    return [base64.b64decode(config["caBundle"]).decode()
            for config in configs]


def shown(api, port):
    """Fingerprint of the certificate that is served at a port. Trusts only what the
    API server trusts."""
    seen = set()
    for bundle in bundles(api):
        context = ssl.create_default_context(cadata=bundle)
        for name in ("127.0.0.1", SERVICE):
            with socket.create_connection(("127.0.0.1", port), 10) as plain, \
                    context.wrap_socket(plain, server_hostname=name) as tls:
                seen.add(fingerprint(tls.getpeercert(binary_form=True)))
    [only] = seen
    return only


def stored(api):
    pem = base64.b64decode(api.get(*SECRET)["data"]["tls.crt"]).decode()
    return fingerprint(ssl.PEM_cert_to_DER_cert(pem))


def fingerprint(certificate):
    return hashlib.sha256(certificate).hexdigest()


def is_converted(api):
    status, answer = api.exchange("POST", V1, {
        "apiVersion": "locust.io/v1", "kind": "LocustTest",
        "metadata": {"name": "first"},
        "spec": {"image": "i", "masterCommandSeed": "m",
                 "workerCommandSeed": "w", "workerReplicas": 3}})
    return status == 201 and answer["spec"]["masterCommandSeed"] == "m"


def is_validated(api):
    """Only the webhook rejects an unbalanced quote."""
    status, answer = api.exchange("POST", V2, locust_test(
        "quote", master__command="-f 'a.py"))
    return status == 403 and "vlocusttest.kb.io" in answer["message"]


def is_called(api):
    return is_converted(api) and is_validated(api)


def test_both_serve_what_is_stored(api, replicas, ports):
    for port in ports:
        assert shown(api, port) == stored(api)


def test_the_api_server_trusts_both(api, replicas):
    wait_for("both are called", lambda: is_called(api))


def test_the_secret_is_of_the_kind_that_others_know(api, replicas):
    secret = api.get(*SECRET)
    assert secret["type"] == "kubernetes.io/tls"
    assert set(secret["data"]) == {"tls.crt", "tls.key", "ca.crt"}
    key = base64.b64decode(secret["data"]["tls.key"]).decode()
    assert key.count("PRIVATE KEY") == 2  # BEGIN and END of one certificate
    assert not any("PRIVATE KEY" in line for one in replicas
                   for line in one.lines())


def test_the_old_certificate_stays_trusted_after_a_renewal(api, replicas,
                                                             ports):
    wait_for("both are called", lambda: is_called(api))
    first, second = replicas
    former = stored(api)
    api.delete(*SECRET)
    first.stop()
    first.start(wait=False)
    first.wait_for_line("created a new webhook certificate")
    first.wait_for_line(SERVES)
    assert shown(api, ports[0]) == stored(api) != former
    assert shown(api, ports[1]) == former
    for _ in range(20):
        assert is_called(api)
    second.stop()
    second.start(wait=False)
    second.wait_for_line(SERVES)
    assert not second.lines_with("created a new webhook certificate")
    assert shown(api, ports[1]) == stored(api)
    wait_for("both are called", lambda: is_called(api))
