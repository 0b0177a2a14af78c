"""Reads the audit log of the API server: the requests that it answered."""

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
                    break  # the line is not complete yet
                yield json.loads(line)

    def writes(self, namespace=None, since=0):
        """The operator's writes as (verb, resource/subresource, name, code).

        `since` is a result of now(); older writes are left out.
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
        """All completed requests of service accounts in AUDITED, as (verb, URI,
        namespace, code)."""
        user = f"system:serviceaccount:{AUDITED}:"
        return [(entry["verb"], entry["requestURI"],
                 (entry.get("objectRef") or {}).get("namespace"),
                 entry.get("responseStatus", {}).get("code"))
                for entry in self._entries(since)
                if entry["user"]["username"].startswith(user)]

    def requests_of(self, account, since=0):
        """All completed requests of one service account in AUDITED, as log entries."""
        user = f"system:serviceaccount:{AUDITED}:{account}"
        return [entry for entry in self._entries(since)
                if entry["user"]["username"] == user]

    def catch_up(self, api, namespace):
        """Waits until the log has all requests answered so far. The API server writes
        the log after the response."""
        marker = f"audit-{secrets.token_hex(4)}"
        since = self.now()
        api.create({"kind": "Event", "apiVersion": "v1",
                    "metadata": {"name": marker}, "involvedObject": {
                        "kind": "ConfigMap", "name": "none",
                        "namespace": namespace}}, namespace)
        wait_for("the audit log is complete", lambda: marker.encode()
                 in self.log.read_bytes()[since:])

    def count(self, namespace=None, since=0):
        """Number of writes of each (verb, resource)."""
        return Counter(row[:2] for row in self.writes(namespace, since))

    def now(self):
        """The current position in the log."""
        return self.log.stat().st_size


def _row(entry, target):
    resource = target.get("resource", "")
    if target.get("subresource"):
        resource += "/" + target["subresource"]
    return (entry["verb"], resource, target.get("name", ""),
            entry.get("responseStatus", {}).get("code"))
