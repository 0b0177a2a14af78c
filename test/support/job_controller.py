"""Acts as the Job controller and the kubelet, by writing what they would write."""

import datetime

from .waiting import wait_for


def now():
    return datetime.datetime.now(datetime.UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


class JobController:
    def __init__(self, api, namespace):
        self._api = api
        self._namespace = namespace

    def job(self, name):
        return wait_for(f"Job {name}", lambda: self._api.get(
            "Job", self._namespace, name))

    # -- Jobs ----------------------------------------------------------------

    def set_active(self, name, count=1, ready=0):
        self._write("Job", name, {
            "startTime": self._start_of(name), "active": count,
            "ready": ready})

    def complete(self, name):
        """The pods of the Job end before it is complete."""
        for pod in self._api.list("Pod", self._namespace):
            owner = pod["metadata"].get("ownerReferences", [{}])[0]
            if owner.get("name") == name and \
                    pod.get("status", {}).get("phase") == "Running":
                self.end_pod(pod["metadata"]["name"], 0)
        self._finish(name, "SuccessCriteriaMet", "Complete",
                     {"completionTime": now(), "succeeded": 1}, None)

    def fail(self, name, reason="BackoffLimitExceeded"):
        self._finish(name, "FailureTarget", "Failed", {"failed": 1}, reason)

    def _finish(self, name, first, last, status, reason):
        self._write("Job", name, {
            "startTime": self._start_of(name), "active": 0, "ready": 0,
            "terminating": 0, "uncountedTerminatedPods": {}, **status,
            "conditions": [
                {"type": kind, "status": "True", "lastTransitionTime": now(),
                 "lastProbeTime": now(),
                 **({"reason": reason, "message": "played"} if reason else {})}
                for kind in (first, last)]})

    def _start_of(self, name):
        return self.job(name).get("status", {}).get("startTime") or now()

    # -- pods ----------------------------------------------------------------

    def make_pod(self, job_name, suffix="aaaaa"):
        """Creates a pod like the Job controller; returns its name."""
        job = self.job(job_name)
        template = job["spec"]["template"]
        name = f"{job_name}-{suffix}"
        self._api.create({
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {
                "name": name, "labels": template["metadata"]["labels"],
                "annotations": template["metadata"].get("annotations"),
                "ownerReferences": [{
                    "apiVersion": "batch/v1", "kind": "Job",
                    "name": job_name, "uid": job["metadata"]["uid"],
                    "controller": True, "blockOwnerDeletion": True}]},
            "spec": {**template["spec"],
                     "automountServiceAccountToken": False}}, self._namespace)
        return name

    def run_job(self, job_name, ready=0, ip=None):
        """Creates a pod of the Job and runs its containers; returns its name."""
        pod = self.make_pod(job_name)
        self.set_active(job_name, ready=ready)
        self.run_pod(pod, ip)
        return pod

    def run_pod(self, name, ip=None):
        self._write_pod(name, "Running", {"running": {"startedAt": now()}}, ip)

    def end_pod(self, name, code, reason=None):
        self._write_pod(
            name, "Failed" if code else "Succeeded",
            {"terminated": {"exitCode": code, "startedAt": now(),
                            "finishedAt": now(), "reason": reason or
                            ("Error" if code else "Completed")}})

    def hold_pod(self, name, reason, message):
        """Sets the container of a pod to waiting, with this reason."""
        self._write_pod(name, "Pending", {"waiting": {
            "reason": reason, "message": message}})

    def _write_pod(self, name, phase, state, ip=None):
        pod = self._api.get("Pod", self._namespace, name)
        self._write("Pod", name, {
            "phase": phase, "startTime": now(),
            **({"podIP": ip, "podIPs": [{"ip": ip}]} if ip else {}),
            "containerStatuses": [{
                "name": container["name"], "image": container["image"],
                "imageID": "", "restartCount": 0, "state": state,
                "ready": "running" in state}
                for container in pod["spec"]["containers"]]})

    def _write(self, kind, name, status):
        self._api.patch(kind, self._namespace, name, {"status": status},
                        "status")
