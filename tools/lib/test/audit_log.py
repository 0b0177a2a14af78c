"""Has the API server keep a log of the requests that it answered, which tests
read."""

from pathlib import Path

# Service accounts in this namespace have all their requests audited.
AUDITED = "audited"
# Metadata of the kinds that the operator writes, once each is answered.
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
    """Flags for the API server that make it keep an audit log in `folder`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(POLICY)
    return [f"--audit-policy-file={folder}/policy.yaml",
            f"--audit-log-path={log_in(folder)}"]


def log_in(folder):
    return Path(folder) / "audit.log"
