"""Installs deploy/webhook for an operator outside the cluster, with a URL instead of
the Service."""

import base64
import copy

import yaml

from .api import path_of
from .paths import WEBHOOKS

CRD = ("CustomResourceDefinition", None, "locusttests.locust.io")
MANIFESTS = list(yaml.safe_load_all((WEBHOOKS / "webhook.yaml").read_text()))
CONFIGURATION = next(body for body in MANIFESTS
                     if body["kind"] == "ValidatingWebhookConfiguration")
VALIDATING = (CONFIGURATION["kind"], None, CONFIGURATION["metadata"]["name"])


def install(api, url, authority=b""):
    """Registers the webhooks of the operator at `url` (https://127.0.0.1:PORT).

    `authority` is the CA of its certificate, as PEM. Without it, the operator sets
    caBundle. The API server applies the change after about a second.
    """
    remove(api)
    configuration = copy.deepcopy(CONFIGURATION)
    for webhook in configuration["webhooks"]:
        _redirect(webhook, url, authority)
    api.create(configuration)
    patch = yaml.safe_load((WEBHOOKS / "crd-conversion.yaml").read_text())
    _redirect(patch["spec"]["conversion"]["webhook"], url, authority)
    api.patch(*CRD, patch)


def remove(api):
    """Removes the registration; v1 is no longer converted."""
    api.exchange("DELETE", path_of(*VALIDATING))
    api.patch(*CRD, {"spec": {"conversion": {"strategy": "None",
                                             "webhook": None}}})


def _redirect(webhook, url, authority):
    path = webhook["clientConfig"].pop("service")["path"]
    webhook["clientConfig"]["url"] = url + path
    if authority:
        bundle = base64.b64encode(authority).decode()
        webhook["clientConfig"]["caBundle"] = bundle
