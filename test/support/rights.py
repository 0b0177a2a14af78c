"""Permissions that roles grant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    verb: str
    group: str
    resource: str        # with /subresource
    name: str            # empty: any
    namespace: str       # empty: cluster-wide

    def covers(self, entry):
        """Whether a request in the audit log needs this permission."""
        target = entry.get("objectRef") or {}
        resource = target.get("resource", "")
        if target.get("subresource"):
            resource += "/" + target["subresource"]
        return (entry["verb"] == self.verb
                and target.get("apiGroup", "") == self.group
                and resource == self.resource
                and self.name in ("", target.get("name", ""))
                and self.namespace in ("", target.get("namespace", "")))

    def __str__(self):
        where = f" in {self.namespace}" if self.namespace else ""
        what = f"{self.resource}.{self.group}".rstrip(".")
        return f"{self.verb} {what} {self.name}{where}".replace("  ", " ")


def grants(bodies):
    """The permissions of all roles among the objects."""
    return {
        Grant(verb, group, resource, name, body["metadata"].get("namespace", ""))
        for body in bodies if body["kind"] in ("Role", "ClusterRole")
        for rule in body["rules"] if "resources" in rule
        for verb in rule["verbs"] for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", [""])}
