"""The objects that helm and kustomize create from deploy/."""

import functools
import json
import os
import subprocess

import yaml

from . import cluster
from .paths import CHART, KUSTOMIZE

BUILD_PATIENCE = 900  # seconds, for the first build on a machine
RELEASE = "locust-operator"

try:
    from yaml import CSafeLoader as _Loader
except ImportError:
    from yaml import SafeLoader as _Loader


@functools.cache
def program(name):
    """Path of helm or kubectl in the pinned version."""
    return cluster.tool("program", name, timeout=BUILD_PATIENCE).strip()


def run(name, *words, stdin="", kubeconfig=None, check=True):
    environment = dict(os.environ)
    if kubeconfig:
        environment["KUBECONFIG"] = str(kubeconfig)
    done = subprocess.run(
        [program(name), *map(str, words)], input=stdin, text=True,
        capture_output=True, check=False, timeout=120, env=environment)
    if check and done.returncode != 0:
        raise AssertionError(f"{name} {' '.join(map(str, words))}: "
                             f"{done.stdout}{done.stderr}")
    return done


def helm(command, *words, values=None, **options):
    """`helm COMMAND RELEASE CHART`, with values."""
    return run("helm", command, RELEASE, CHART, "-f", "-", *words,
               stdin=json.dumps(values or {}), **options)


def template(values=None, namespace="locust"):
    return _template(json.dumps(values or {}), namespace)


@functools.cache
def _template(values, namespace):
    return helm("template", "-n", namespace, values=json.loads(values)).stdout


@functools.cache
def kustomize(folder):
    return run("kubectl", "kustomize", KUSTOMIZE / folder).stdout


def objects(text):
    return [one for one in yaml.load_all(text, _Loader) if one]


def of_kind(bodies, *kinds):
    return [one for one in bodies if one["kind"] in kinds]


def only(bodies, kind):
    [one] = of_kind(bodies, kind)
    return one


def rendered(values=None, namespace="locust"):
    return objects(template(values, namespace))


def container(deployment):
    [only_one] = deployment["spec"]["template"]["spec"]["containers"]
    return only_one


def environment(deployment):
    return {one["name"]: one.get("value", one.get("valueFrom"))
            for one in container(deployment)["env"]}
