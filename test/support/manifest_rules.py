"""Rules for the objects of every installation: those of kube-linter and some
others. Each rule yields its findings."""

from collections import Counter

WRITES_ANY = {"create"}  # the only verb that cannot be restricted to a name


def complaints(bodies):
    return [text for rule in (_unique, _workloads, _selectors, _monitors,
                              _roles, _bindings) for text in rule(bodies)]


def _title(body):
    return f"{body['kind']} {body['metadata']['name']}"


def _unique(bodies):
    seen = Counter((body["kind"], body["metadata"].get("namespace"),
                    body["metadata"]["name"]) for body in bodies)
    yield from (f"{key} exists twice" for key, n in seen.items() if n > 1)


def _deployments(bodies):
    return [body for body in bodies if body["kind"] == "Deployment"]


def _workloads(bodies):
    for body in _deployments(bodies):
        for text in _pod(body["spec"]["template"]["spec"], bodies):
            yield f"{_title(body)}: {text}"


def _pod(pod, bodies):
    security = pod["securityContext"]
    if not security.get("runAsNonRoot"):
        yield "may run as root"
    if security.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "has no seccomp profile"
    if any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
        yield "shares a namespace of the node"
    if any("hostPath" in volume for volume in pod.get("volumes", ())):
        yield "mounts a path of the node"
    if pod.get("automountServiceAccountToken") is not False and \
            not pod.get("serviceAccountName"):
        yield "names no service account"
    named = {volume["name"] for volume in pod.get("volumes", ())}
    for one in pod["containers"]:
        yield from _container(one)
        for mount in one.get("volumeMounts", ()):
            if mount["name"] not in named:
                yield f"mounts {mount['name']}, which is not a volume"


def _container(one):
    for part in ("requests", "limits"):
        if set(one["resources"].get(part, {})) < {"cpu", "memory"}:
            yield f"has no {part}"
    for probe in ("livenessProbe", "readinessProbe"):
        ports = {port["name"] for port in one["ports"]}
        if one.get(probe, {}).get("httpGet", {}).get("port") not in ports:
            yield f"has no {probe} at one of its ports"
    name, _, tag = one["image"].rpartition(":")
    if not name or tag in ("", "latest"):
        yield f"image {one['image']} has no version"
    security = one["securityContext"]
    if security.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if not security.get("readOnlyRootFilesystem"):
        yield "can write its root file system"
    if security.get("capabilities") != {"drop": ["ALL"]}:
        yield "has capabilities"


def _selectors(bodies):
    pods = [body["spec"]["template"] for body in _deployments(bodies)]
    for body in bodies:
        spec = body.get("spec", {})
        if body["kind"] == "Service":
            selector = spec["selector"]
        elif body["kind"] in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
            selector = spec["selector"]["matchLabels"]
        elif body["kind"] == "NetworkPolicy":
            selector = spec["podSelector"]["matchLabels"]
        else:
            continue
        found = [pod for pod in pods
                 if selector.items() <= pod["metadata"]["labels"].items()]
        if len(found) != 1:
            yield f"{_title(body)} selects the pods of {len(found)} Deployments"
        elif body["kind"] == "Service":
            yield from (f"{_title(body)} has no target port {port}"
                        for port in _missing_ports(spec, found[0]))


def _monitors(bodies):
    services = [body for body in bodies if body["kind"] == "Service"]
    for body in bodies:
        if body["kind"] != "ServiceMonitor":
            continue
        selector = body["spec"]["selector"]["matchLabels"]
        found = [one for one in services
                 if selector.items() <= one["metadata"]["labels"].items()]
        ports = [[port["name"] for port in one["spec"]["ports"]]
                 for one in found]
        if ports != [[end["port"] for end in body["spec"]["endpoints"]]]:
            yield f"{_title(body)} scrapes the ports {ports}"


def _missing_ports(service, pod):
    named = {port["name"] for one in pod["spec"]["containers"]
             for port in one["ports"]}
    return [port["targetPort"] for port in service["ports"]
            if port["targetPort"] not in named]


def _roles(bodies):
    for body in bodies:
        if body["kind"] not in ("Role", "ClusterRole"):
            continue
        for rule in body["rules"]:
            if "*" in [part for key in ("apiGroups", "resources", "verbs",
                                        "nonResourceURLs")
                       for part in rule.get(key, ())]:
                yield f"{_title(body)} grants *"
            for resource in rule.get("resources", ()):
                yield from (f"{_title(body)}: {text}"
                            for text in _grant(resource, rule, body["kind"]))


def _grant(resource, rule, kind):
    beyond = set(rule["verbs"]) - WRITES_ANY
    if resource in ("pods/exec", "pods/log", "nodes") or (
            resource == "configmaps" and rule["verbs"] != ["create"]):
        yield f"grants {resource}"
    if resource == "secrets" and kind == "ClusterRole":
        yield "grants secrets of all namespaces"
    if (resource in ("secrets", "leases", "customresourcedefinitions",
                     "validatingwebhookconfigurations")
            and beyond and not rule.get("resourceNames")):
        yield f"grants {resource} that it does not name"


def _bindings(bodies):
    accounts = {(body["metadata"]["namespace"], body["metadata"]["name"])
                for body in bodies if body["kind"] == "ServiceAccount"}
    roles = {(body["kind"], body["metadata"].get("namespace"),
              body["metadata"]["name"]) for body in bodies}
    for body in bodies:
        if not body["kind"].endswith("RoleBinding"):
            continue
        place = body["metadata"].get("namespace")
        role = body["roleRef"]
        if (role["kind"], place, role["name"]) not in roles:
            yield f"{_title(body)}: there is no {role['kind']} {role['name']}"
        for subject in body["subjects"]:
            if (subject["namespace"], subject["name"]) not in accounts:
                yield f"{_title(body)}: there is no account {subject['name']}"
