"""Which requests the API server answered, from its audit log."""

import json
import secrets
from collections import Counter
from pathlib import Path

from lib.test.audit_log import AUDITED

from .waiting import wait_for

USER_AGENT = "locust-operator"


class Audit:
    def __init__(self, log):
        self.log = Path(log)

    def _entries(self, since):
        with open(self.log, "rb") as file:
            file.seek(since)
            for line in file:
                if not line.endswith(b"\n"):
                    break  # it is just being written
                yield json.loads(line)

    def writes(self, namespace=None, since=0):
        """The operator's writes as (verb, resource/subresource, name, code).

        `since`: a value of `now` before them.
        """
        found = []
        for entry in self._entries(since):
            target = entry.get("objectRef") or {}
            if not entry.get("userAgent", "").startswith(USER_AGENT):
                continue
            if namespace in (None, target.get("namespace")):
                found.append(_row(entry, target))
        return found

    def of_accounts(self, since=0):
        """All requests of service accounts in AUDITED that are answered to
        their end, as (verb, URI, namespace, code)."""
        user = f"system:serviceaccount:{AUDITED}:"
        return [(entry["verb"], entry["requestURI"],
                 (entry.get("objectRef") or {}).get("namespace"),
                 entry.get("responseStatus", {}).get("code"))
                for entry in self._entries(since)
                if entry["user"]["username"].startswith(user)]

    def requests_of(self, account, since=0):
        """All requests of one service account in AUDITED, likewise, as audited."""
        user = f"system:serviceaccount:{AUDITED}:{account}"
        return [entry for entry in self._entries(since)
                if entry["user"]["username"] == user]

    def catch_up(self, api, namespace):
        """Waits for what was answered so far: the log is written after the
        answer, so it lacks the latest for a moment."""
        marker = f"audit-{secrets.token_hex(4)}"
        since = self.now()
        api.create({"kind": "Event", "apiVersion": "v1",
                    "metadata": {"name": marker}, "involvedObject": {
                        "kind": "ConfigMap", "name": "none",
                        "namespace": namespace}}, namespace)
        wait_for("the audit log catches up", lambda: marker.encode()
                 in self.log.read_bytes()[since:])

    def count(self, namespace=None, since=0):
        """How many of each (verb, resource)."""
        return Counter(row[:2] for row in self.writes(namespace, since))

    def now(self):
        """A place in the log: what comes later is after it."""
        return self.log.stat().st_size


def _row(entry, target):
    resource = target.get("resource", "")
    if target.get("subresource"):
        resource += "/" + target["subresource"]
    return (entry["verb"], resource, target.get("name", ""),
            entry.get("responseStatus", {}).get("code"))
