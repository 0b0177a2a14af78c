"""Acts as the Go operator (v2.3): writes LocustTests, their children and their
status exactly as the Go operator leaves them."""

import copy
import datetime
import json

from . import expected_children
from .api import path_of
from .paths import ROOT

FINALIZER = "locust.io/cleanup"
GOLDEN = ROOT / "test/unit/resource_builder/golden"
CHILDREN = ("MasterService", "MasterJob", "WorkerJob")


def ago(seconds=0.0):
    """A time in the format of Kubernetes."""
    then = datetime.datetime.now(datetime.UTC)
    return (then - datetime.timedelta(seconds=seconds)).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


class GoOperator:
    def __init__(self, api, namespace, environment=None):
        self.api = api
        self.namespace = namespace
        self.environment = environment

    def create(self, body):
        """Creates a LocustTest as a user, then accepts it."""
        return self.accept(self.api.create(body, self.namespace))

    def accept(self, made):
        """Does the first write of the Go operator, which adds the finalizer and
        rewrites the spec from typed structures. Returns the stored object."""
        made["metadata"]["finalizers"] = [FINALIZER]
        for role in ("master", "worker"):
            made["spec"][role].setdefault("resources", {})
        return self._put(made)

    def create_children(self, test, *which):
        """Creates children, all of them without `which`; returns them."""
        built = expected_children.children(test, self.environment)
        return {child: self.api.create(built[child], self.namespace)
                for child in which or CHILDREN}

    def create_golden(self, name):
        """Creates the LocustTest of a golden file and exactly its children, without
        what only this operator sends. Returns the LocustTest and the children."""
        body = golden(name)
        test = self.create({
            "apiVersion": "locust.io/v2", "kind": "LocustTest",
            "metadata": {"name": body["test"]["name"]}, "spec": body["spec"]})
        made = {}
        for child in CHILDREN:
            sent = expected_children.remove_our_own(body[child])
            sent["metadata"]["namespace"] = self.namespace
            [owner] = sent["metadata"]["ownerReferences"]
            owner["uid"] = test["metadata"]["uid"]
            made[child] = self.api.create(sent, self.namespace)
        return test, made

    def write_status(self, test, status):
        """Writes the whole status; returns the LocustTest."""
        latest = self.api.get("LocustTest", self.namespace,
                              test["metadata"]["name"])
        return self._put({**latest, "status": status}, "status")

    # -- states ----------------------------------------------------------------

    def pending(self, test):
        """The status after the first reconcile."""
        return self.write_status(test, first_status(test))

    def running(self, test, since=3600, **changes):
        """The status of a test whose children were created `since` seconds ago."""
        return self.write_status(test, {**running_status(test, since), **changes})

    def finished(self, test, phase, since=3600):
        return self.write_status(test, final_status(test, phase, since))

    def _put(self, body, subresource=None):
        return self.api.call("PUT", path_of(
            "LocustTest", self.namespace, body["metadata"]["name"],
            subresource), body)


# -- the status -----------------------------------------------------------------


def condition(test, kind, status, reason, message, since):
    return {"type": kind, "status": status, "reason": reason,
            "message": message, "lastTransitionTime": ago(since),
            "observedGeneration": test["metadata"]["generation"]}


def first_status(test, since=3600):
    return {
        "phase": "Pending",
        "expectedWorkers": test["spec"]["worker"]["replicas"],
        "conditions": [
            condition(test, "Ready", "False", "ResourcesCreating",
                      "Creating resources", since),
            condition(test, "WorkersConnected", "False", "WaitingForWorkers",
                      "Waiting for workers to connect", since),
            condition(test, "TestCompleted", "False", "TestInProgress",
                      "Test has not started", since),
            condition(test, "PodsHealthy", "True", "PodsStarting",
                      "Waiting for pods to start", since)]}


def running_status(test, since):
    status = first_status(test, since + 1)
    workers = status["expectedWorkers"]
    generation = test["metadata"]["generation"]
    status |= {"phase": "Running", "startTime": ago(since),
               "connectedWorkers": workers, "observedGeneration": generation}
    status["conditions"][:2] = [
        condition(test, "Ready", "True", "ResourcesCreated",
                  "All resources created", since),
        condition(test, "WorkersConnected", "True", "AllWorkersConnected",
                  f"{workers}/{workers} workers connected", since - 1)]
    status["conditions"][3] |= {"reason": "PodsHealthy",
                                "message": "All pods are healthy"}
    if generation > 1:
        status["conditions"].append(condition(
            test, "SpecDrifted", "True", "SpecChangeIgnored",
            "Spec changes after creation are ignored. Delete and recreate the "
            "CR to apply changes.", since - 1))
    return status


def final_status(test, phase, since):
    status = running_status(test, since)
    status |= {"phase": phase, "completionTime": ago(since - 60)}
    succeeded = phase == "Succeeded"
    status["conditions"][2] = condition(
        test, "TestCompleted", "True",
        "TestSucceeded" if succeeded else "TestFailed",
        "Test completed successfully" if succeeded else "Test failed",
        since - 60)
    if not succeeded:
        status["conditions"][0] = condition(
            test, "Ready", "False", "ResourcesFailed", "Test failed",
            since - 60)
    return status


def go_operator_crd(ours):
    """The CRD of the Go operator, as far as it keeps other fields than ours."""
    crd = copy.deepcopy(ours)
    for version in crd["spec"]["versions"]:
        schema = version["schema"]["openAPIV3Schema"]
        status = schema["properties"]["status"].get("properties", {})
        for ours_alone in ("history", "runSpec", "specHash"):
            status.pop(ours_alone, None)
        _drop_rules(schema)
    return crd


def _drop_rules(schema):
    if isinstance(schema, dict):
        schema.pop("x-kubernetes-validations", None)
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            _drop_rules(part)
