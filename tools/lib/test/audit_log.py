"""Configures an audit log of the API server, which tests read."""

from pathlib import Path

# All requests of service accounts in this namespace are audited.
AUDITED = "audited"
# For other users: metadata of completed writes to kinds that the operator writes.
POLICY = f"""apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- level: Metadata
  userGroups: ["system:serviceaccounts:{AUDITED}"]
- level: Metadata
  verbs: [create, update, patch, delete]
  resources:
  - {{group: locust.io}}
  - {{group: batch, resources: [jobs]}}
  - {{group: "", resources: [services, events]}}
- level: None
"""


def flags(folder):
    """Flags of the API server for an audit log in `folder`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(POLICY)
    return [f"--audit-policy-file={folder}/policy.yaml",
            f"--audit-log-path={log_in(folder)}"]


def log_in(folder):
    return Path(folder) / "audit.log"
