"""The children that docs/behaviour/children.md prescribes for a LocustTest.

This is a second implementation, written from the document and not from the
operator's builder, so equal results confirm both. `children` are those of the Go
operator; `add_our_own` adds what only this operator sends.
"""

import re

# Settings that affect pods, with their defaults (docs/configuration.md).
DEFAULTS = {
    "METRICS_EXPORTER_ENABLED": "true",
    "METRICS_EXPORTER_IMAGE": "containersol/locust_exporter:v0.5.0",
    "METRICS_EXPORTER_PORT": "9646",
    "METRICS_EXPORTER_IMAGE_PULL_POLICY": "Always",
    "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
    "KAFKA_SECURITY_ENABLED": "false",
    "KAFKA_SECURITY_PROTOCOL_CONFIG": "SASL_PLAINTEXT",
    "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "KAFKA_SASL_JAAS_CONFIG": "", "KAFKA_USERNAME": "", "KAFKA_PASSWORD": "",
    **{f"{pods}_{name}": amount
       for pods in ("POD", "METRICS_EXPORTER")
       for name, amount in {
           "CPU_REQUEST": "250m", "MEM_REQUEST": "128Mi",
           "EPHEMERAL_REQUEST": "30M", "CPU_LIMIT": "1000m",
           "MEM_LIMIT": "1024Mi", "EPHEMERAL_LIMIT": "50M"}.items()},
}
KAFKA = [name for name in DEFAULTS if name.startswith("KAFKA_")]
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
TRUE = ("1", "t", "T", "TRUE", "true", "True")
WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029"
                         "\u202f\u205f\u3000]+")


class Settings:
    def __init__(self, environment=None):
        given = {k: v for k, v in (environment or {}).items() if v}
        self.of = {**DEFAULTS, **given}

    def __getitem__(self, name):
        return self.of.get(name, "")

    def on(self, name):
        return self[name] in TRUE

    @property
    def port(self):
        return int(self["METRICS_EXPORTER_PORT"])


def generated_name(name, role):
    return f"{name}-{role}".replace(".", "-")


def children(test, environment=None):
    """The Service and the Jobs as the operator sends them, in order of creation."""
    settings = Settings(environment)
    return {"MasterService": service(test, settings),
            "MasterJob": job(test, "master", settings),
            "WorkerJob": job(test, "worker", settings)}


def add_our_own(built):
    """Adds what the Go operator does not send; returns the children."""
    for body in built.values():
        if body["kind"] == "Job":
            template = body["spec"]["template"]
            annotations = template["metadata"].setdefault("annotations", {})
            annotations.setdefault(DEFAULT_CONTAINER, body["metadata"]["name"])
            template["spec"]["enableServiceLinks"] = False
            [locust_container] = template["spec"]["containers"]
            locust_container["terminationMessagePolicy"] = "FallbackToLogsOnError"
    return built


def remove_our_own(body):
    """Removes from a child what the Go operator does not send; returns it. An annotation
    of the user with another value stays."""
    if body["kind"] == "Job":
        template = body["spec"]["template"]
        annotations = template["metadata"]["annotations"]
        if annotations.get(DEFAULT_CONTAINER) == body["metadata"]["name"]:
            del annotations[DEFAULT_CONTAINER]
        if not annotations:
            del template["metadata"]["annotations"]
        del template["spec"]["enableServiceLinks"]
        del template["spec"]["containers"][0]["terminationMessagePolicy"]
    return body


# -- Service and Jobs -----------------------------------------------------------


def metadata(test, role):
    meta = test["metadata"]
    return {"name": generated_name(meta["name"], role),
            "namespace": meta["namespace"],
            "ownerReferences": [{
                "apiVersion": "locust.io/v2", "kind": "LocustTest",
                "name": meta["name"], "uid": meta["uid"],
                "controller": True, "blockOwnerDeletion": True}]}


def service(test, settings):
    name = generated_name(test["metadata"]["name"], "master")
    ports = {"port5557": 5557, "port5558": 5558}
    if has_exporter(test["spec"], settings):
        ports["prometheus-metrics"] = settings.port
    # docs/behaviour/children.md#headless-service
    headless = {"clusterIP": "None", "publishNotReadyAddresses": True}
    return {"apiVersion": "v1", "kind": "Service",
            "metadata": metadata(test, "master"),
            "spec": {"selector": {"performance-test-pod-name": name},
                     "ports": [{"name": n, "protocol": "TCP", "port": p}
                               for n, p in ports.items()],
                     **(headless if settings["SERVICE_MODE"] == "headless" else {})}}


def job(test, role, settings):
    master = role == "master"
    body = {"parallelism": 1 if master else test["spec"]["worker"]["replicas"],
            "backoffLimit": 0, "template": template(test, role, settings)}
    if settings["JOB_TTL_SECONDS_AFTER_FINISHED"]:
        body["ttlSecondsAfterFinished"] = int(
            settings["JOB_TTL_SECONDS_AFTER_FINISHED"])
    return {"apiVersion": "batch/v1", "kind": "Job",
            "metadata": metadata(test, role), "spec": body}


def template(test, role, settings):
    name, spec = test["metadata"]["name"], test["spec"]
    fixed = {"performance-test-pod-name": generated_name(name, role),
             "managed-by": "locust-k8s-operator"}
    labels = {"app": name, "performance-test-name": name,
              **spec[role].get("labels", {}), **fixed}
    annotations = {}
    if role == "master" and has_exporter(spec, settings):
        annotations = {"prometheus.io/scrape": "true",
                       "prometheus.io/path": "/metrics",
                       "prometheus.io/port": str(settings.port)}
    annotations |= spec[role].get("annotations", {})
    meta = {"labels": labels}
    if annotations:
        meta["annotations"] = annotations
    return {"metadata": meta, "spec": pod(test, role, settings)}


# -- pods -----------------------------------------------------------------------


def pod(test, role, settings):
    spec = test["spec"]
    volumes, mounts = volumes_and_mounts(test, role)
    body = {"restartPolicy": "Never",
            "containers": [locust(test, role, settings, mounts)],
            "securityContext": spec.get("security", {}).get(
                "podSecurityContext",
                {"seccompProfile": {"type": "RuntimeDefault"}})}
    if role == "master" and has_exporter(spec, settings):
        body["initContainers"] = [exporter(settings)]
    scheduling = spec.get("scheduling", {})
    body |= present(
        volumes=volumes, imagePullSecrets=spec.get("imagePullSecrets"),
        nodeSelector=scheduling.get("nodeSelector"),
        runtimeClassName=scheduling.get(
            "runtimeClassName", settings["DEFAULT_RUNTIME_CLASS_NAME"]))
    if settings.on("ENABLE_AFFINITY_CR_INJECTION"):
        body |= present(affinity=scheduling.get("affinity"))
    if settings.on("ENABLE_TAINT_TOLERATIONS_CR_INJECTION"):
        body |= present(tolerations=scheduling.get("tolerations"))
    return body


def locust(test, role, settings, mounts):
    spec = test["spec"]
    ports = (5557, 5558, 8089) if role == "master" else (8080,)
    security = spec.get("security", {})
    container = {
        "name": generated_name(test["metadata"]["name"], role),
        "image": spec["image"],
        "imagePullPolicy": spec.get("imagePullPolicy") or "IfNotPresent",
        "args": arguments(test, role),
        "ports": [{"containerPort": port} for port in ports],
        "env": variables(spec, settings)}
    container |= present(envFrom=sources(spec), volumeMounts=mounts,
                         resources=resources(spec, role, settings))
    if "containerSecurityContext" in security:
        container["securityContext"] = security["containerSecurityContext"]
    return container


def has_exporter(spec, settings):
    return settings.on("METRICS_EXPORTER_ENABLED") and not telemetry(spec)


def exporter(settings):
    return {
        "name": "locust-metrics-exporter",
        "image": settings["METRICS_EXPORTER_IMAGE"],
        "imagePullPolicy": settings["METRICS_EXPORTER_IMAGE_PULL_POLICY"],
        "restartPolicy": "Always",
        "ports": [{"containerPort": settings.port}],
        "env": [{"name": "LOCUST_EXPORTER_URI",
                 "value": "http://localhost:8089"},
                {"name": "LOCUST_EXPORTER_WEB_LISTEN_ADDRESS",
                 "value": f":{settings.port}"}],
        "resources": amounts(settings, "METRICS_EXPORTER"),
        "securityContext": {"allowPrivilegeEscalation": False,
                            "capabilities": {"drop": ["ALL"]},
                            "readOnlyRootFilesystem": True}}


def arguments(test, role):
    spec, name = test["spec"], test["metadata"]["name"]
    words = [word for word in WHITE_SPACE.split(spec[role]["command"]) if word]
    if telemetry(spec):
        words.append("--otel")
    words += [f"--{role}", "--master-port=5557"]
    if role == "worker":
        words.append(f"--master-host={generated_name(name, 'master')}")
    else:
        words.append(f"--expect-workers={spec['worker']['replicas']}")
        if spec["master"].get("autostart", True):
            words.append("--autostart")
        autoquit = spec["master"].get("autoquit", {})
        if autoquit.get("enabled", True):
            words += ["--autoquit", str(autoquit.get("timeout", 60))]
        words += ["--enable-rebalancing", "--only-summary"]
    return words + spec[role].get("extraArgs", [])


# -- environment, resources, volumes ----------------------------------------------


def telemetry(spec):
    found = spec.get("observability", {}).get("openTelemetry", {})
    return found if found.get("enabled") else None


def variables(spec, settings):
    values = {name: settings[name] for name in KAFKA}
    values["KAFKA_SECURITY_ENABLED"] = (
        "true" if settings.on("KAFKA_SECURITY_ENABLED") else "false")
    pairs = list(values.items())
    if on := telemetry(spec):
        pairs += [("OTEL_TRACES_EXPORTER", "otlp"),
                  ("OTEL_METRICS_EXPORTER", "otlp")]
        if on.get("endpoint"):
            pairs.append(("OTEL_EXPORTER_OTLP_ENDPOINT", on["endpoint"]))
        pairs.append(("OTEL_EXPORTER_OTLP_PROTOCOL",
                      on.get("protocol") or "grpc"))
        if on.get("insecure"):
            pairs.append(("OTEL_EXPORTER_OTLP_INSECURE", "true"))
        pairs += sorted(on.get("extraEnvVars", {}).items(),
                        key=lambda pair: pair[0].encode())
    return [{"name": name} | present(value=value) for name, value in pairs
            ] + spec.get("env", {}).get("variables", [])


def sources(spec):
    return [present(prefix=one.get("prefix")) | {kind: {"name": one["name"]}}
            for key, kind in (("configMapRefs", "configMapRef"),
                              ("secretRefs", "secretRef"))
            for one in spec.get("env", {}).get(key, [])]


def resources(spec, role, settings):
    own = spec[role].get("resources", {})
    if own.get("requests") or own.get("limits"):
        return own
    return amounts(settings, f"{role.upper()}_POD", "POD")


def amounts(settings, *levels):
    """Requests and limits; for each, the first level that has it."""
    found = {}
    for kind in ("requests", "limits"):
        for resource, short in (("cpu", "CPU"), ("memory", "MEM"),
                                ("ephemeral-storage", "EPHEMERAL")):
            for level in levels:
                amount = settings[f"{level}_{short}_{kind[:-1].upper()}"]
                if amount:
                    found.setdefault(kind, {})[resource] = amount
                    break
    return found


def volumes_and_mounts(test, role):
    spec, volumes, mounts = test["spec"], [], []
    files = spec.get("testFiles", {})
    for key, name, path, default in (
            ("configMapRef", generated_name(test["metadata"]["name"], role),
             "srcMountPath", "/lotest/src"),
            ("libConfigMapRef", "locust-lib", "libMountPath",
             "/opt/locust/lib")):
        if files.get(key):
            volumes.append({"name": name, "configMap": {"name": files[key]}})
            mounts.append({"name": name,
                           "mountPath": files.get(path) or default})
    for secret in spec.get("env", {}).get("secretMounts", []):
        name = f"secret-{secret['name']}"
        volumes.append({"name": name,
                        "secret": {"secretName": secret["name"]}})
        mounts.append({"name": name, "mountPath": secret["mountPath"]}
                      | present(readOnly=secret.get("readOnly", True)))
    aimed = [mount for mount in spec.get("volumeMounts", [])
             if (mount.get("target") or "both") in ("both", role)]
    named = {mount["name"] for mount in aimed}
    volumes += [volume for volume in spec.get("volumes", [])
                if volume["name"] in named]
    mounts += [{key: value for key, value in mount.items() if key != "target"}
               for mount in aimed]
    return volumes, mounts


def present(**members):
    """The entries that are not empty."""
    return {key: value for key, value in members.items() if value}
