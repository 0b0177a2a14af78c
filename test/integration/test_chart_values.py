"""The effect of chart values, with those of the Go operator's chart. Needs no
cluster."""

import base64
import re

import pytest
import yaml

from support import charts
from support.chart_values import AUTHORITY, GO_OPERATOR, LEGACY, MATRIX
from support.paths import CHART, ROOT

NO_CRD = {"crd": {"enabled": False}}


def deployment(values=None, namespace="locust"):
    bodies = charts.rendered({**NO_CRD, **(values or {})}, namespace)
    return next(body for body in charts.of_kind(bodies, "Deployment")
                if "otel" not in body["metadata"]["name"])


def args(values=None):
    return charts.container(deployment(values))["args"]


def environment(values=None):
    return charts.environment(deployment(values))


# -- names ----------------------------------------------------------------------


def test_a_release_of_the_go_operators_chart_can_be_upgraded():
    """The selector of a Deployment is immutable."""
    body = deployment()
    assert body["metadata"]["name"] == "locust-operator"
    assert body["spec"]["selector"]["matchLabels"] == {
        "app.kubernetes.io/name": "locust-k8s-operator",
        "app.kubernetes.io/instance": charts.RELEASE}
    assert charts.container(body)["name"] == "locust-k8s-operator"


@pytest.mark.parametrize("values, name", [
    ({}, "locust-operator"), ({"fullnameOverride": "mine"}, "mine"),
    ({"fullnameOverride": ""}, "locust-operator-locust-k8s-operator"),
    ({"fullnameOverride": "", "nameOverride": "locust"}, "locust-operator"),
    ({"fullnameOverride": "", "nameOverride": "n" * 60},
     "locust-operator-" + "n" * 47)])
def test_the_full_name(values, name):
    assert deployment(values)["metadata"]["name"] == name


def test_the_versions_are_that_of_the_project():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    [version] = re.findall(r"project\(locust_operator VERSION (\S+)",
                           (ROOT / "CMakeLists.txt").read_text())
    assert (chart["version"], chart["appVersion"]) == (version, version)
    assert charts.container(deployment())["image"] == \
        f"locust-operator:{version}"
    kustomized = charts.only(charts.objects(charts.kustomize("default")),
                             "Deployment")
    assert charts.container(kustomized)["image"] == f"locust-operator:{version}"


@pytest.mark.parametrize("image, named", [
    ({"repository": "example.org/o", "tag": "1"}, "example.org/o:1"),
    (GO_OPERATOR["image"], "locust-operator:0.1.0"),
    ({"repository": "docker.io/lotest/locust-k8s-operator", "tag": "2.4.1"},
     "locust-operator:0.1.0"),
    ({"repository": "registry.example.org/perf-team/locust-k8s-operator", "tag": "latest"},
     "locust-operator:0.1.0"),
    ({"repository": "locust-k8s-operator"}, "locust-operator:0.1.0"),
    ({"repository": "r.example.org/locust-k8s-operator@sha256:0a", "tag": "1"},
     "locust-operator:0.1.0"),
    ({"repository": "r.example.org/my-locust-k8s-operator", "tag": "1"},
     "r.example.org/my-locust-k8s-operator:1"),
    ({"repository": "r.example.org/locust-k8s-operator/ours", "tag": "1"},
     "r.example.org/locust-k8s-operator/ours:1")])
def test_the_image_is_never_that_of_the_go_operator(image, named):
    assert charts.container(deployment({"image": image}))["image"] == named


def test_the_operator_gets_as_much_cpu_as_a_locust_container():
    """The webhook must answer while Locust uses all CPUs of the node."""
    requests = charts.container(deployment())["resources"]["requests"]
    assert requests["cpu"] == "250m"
    kustomized = charts.only(charts.objects(charts.kustomize("default")), "Deployment")
    assert charts.container(kustomized)["resources"]["requests"] == requests


# -- flags ----------------------------------------------------------------------


def test_flags_stand_in_the_order_of_the_go_operators_chart():
    assert args() == [
        "--health-probe-bind-address=:8081", "--leader-elect=true",
        "--enable-webhooks=true", "--webhook-self-managed-certs",
        "--webhook-service-name=locust-operator-webhook",
        "--webhook-secret-name=locust-operator-webhook-self-managed",
        "--webhook-configuration-name=locust-operator-validating",
        "--webhook-bind-address=:9443"]
    assert args(GO_OPERATOR)[:6] == [
        "--health-probe-bind-address=:8081", "--leader-elect=true",
        "--metrics-bind-address=:8080", "--metrics-secure=false",
        "--enable-webhooks=true",
        "--webhook-cert-path=/tmp/k8s-webhook-server/serving-certs"]
    assert args({"webhook": {"enabled": False},
                 "leaderElection": {"enabled": False}}) == [
        "--health-probe-bind-address=:8081", "--enable-webhooks=false"]


def test_timings_of_the_lease_can_be_set():
    timings = {"leaseDuration": "4s", "renewDeadline": "3s", "retryPeriod": "500ms"}
    assert args({"leaderElection": timings})[1:5] == [
        "--leader-elect=true", "--leader-elect-lease-duration=4s",
        "--leader-elect-renew-deadline=3s", "--leader-elect-retry-period=500ms"]


def test_more_flags_come_last():
    assert args(MATRIX["extras"])[-3:] == [
        "--zap-log-level=2", "--log-format=json", "--zap-devel"]


@pytest.mark.parametrize("values, watched", [
    ({}, []), ({"k8s": {"clusterRole": {"enabled": False}}}, ["locust"]),
    ({"watchNamespaces": ["a", "b"]}, ["a", "b"])])
def test_it_keeps_to_namespaces_with_roles(values, watched):
    bodies = charts.rendered({**NO_CRD, **values})
    flags = [flag for flag in args(values) if "--watch-namespaces" in flag]
    assert flags == ([f"--watch-namespaces={','.join(watched)}"]
                    if watched else [])
    roles = [body["metadata"]["namespace"]
             for body in charts.of_kind(bodies, "Role")
             if body["metadata"]["name"] == "locust-operator"]
    assert roles == watched
    assert bool(charts.of_kind(bodies, "ClusterRole")) is not bool(watched)


@pytest.mark.parametrize("values, replicas", [
    ({}, 2), ({"replicaCount": 3}, 3),
    ({"replicaCount": 3, "leaderElection": {"enabled": False}}, 1)])
def test_several_run_only_if_they_elect_one(values, replicas):
    spec = deployment(values)["spec"]
    assert spec["replicas"] == replicas
    assert (spec.get("strategy", {}).get("type") == "Recreate") is (
        replicas == 1)


# -- certificates ---------------------------------------------------------------


@pytest.mark.parametrize("webhook, kind", [
    ({}, "selfManaged"), ({"enabled": True}, "selfManaged"),
    ({"enabled": False, "certManager": {"enabled": True}}, None),
    ({"certManager": {"enabled": True}}, "certManager"),
    ({"certManager": {"enabled": False}}, "secret"),
    ({"certManager": {"enabled": True}, "certificates": "selfManaged"},
     "selfManaged"),
    ({"certificates": "certManager"}, "certManager"),
    ({"certificates": "secret"}, "secret")])
def test_who_makes_the_certificate(webhook, kind):
    bodies = charts.rendered({"webhook": webhook})
    flags = " ".join(args({"webhook": webhook}))
    assert ("--webhook-self-managed-certs" in flags) is (kind == "selfManaged")
    assert ("--webhook-cert-path" in flags) is (
        kind in ("certManager", "secret"))
    assert bool(charts.of_kind(bodies, "Certificate")) is (
        kind == "certManager")
    crd = charts.only(bodies, "CustomResourceDefinition")
    assert ("conversion" in crd["spec"]) is (kind is not None)
    assert ("cert-manager.io/inject-ca-from" in crd["metadata"][
        "annotations"]) is (kind == "certManager")
    # Its owner writes it, and an upgrade must not remove it.
    assert "caBundle" not in str(bodies)


@pytest.mark.parametrize("form", ["PEM", "base64"])
def test_a_given_authority_is_entered_in_both_places(form):
    encoded = base64.b64encode(AUTHORITY.encode()).decode()
    bodies = charts.rendered({"webhook": {
        "certificates": "secret",
        "caBundle": AUTHORITY if form == "PEM" else encoded}})
    crd = charts.only(bodies, "CustomResourceDefinition")
    configs = [crd["spec"]["conversion"]["webhook"]["clientConfig"],
               charts.only(bodies, "ValidatingWebhookConfiguration")[
                   "webhooks"][0]["clientConfig"]]
    assert [config["caBundle"] for config in configs] == [encoded] * 2


def test_a_certificate_of_cert_manager_is_not_taken_for_our_own():
    """The Secret of the Go operator's chart may still exist."""
    [certificate] = charts.of_kind(charts.rendered(
        {**NO_CRD, "webhook": {"certificates": "certManager"}}), "Certificate")
    theirs = certificate["spec"]["secretName"]
    assert theirs == "locust-operator-webhook-certs"
    assert f"--webhook-secret-name={theirs}" not in args()


# -- environment ----------------------------------------------------------------


def test_defaults_are_those_of_the_go_operators_chart():
    assert environment() == environment(GO_OPERATOR)
    assert environment()["POD_CPU_LIMIT"] == "1000m"
    assert environment()["METRICS_EXPORTER_IMAGE_PULL_POLICY"] == "IfNotPresent"


def test_old_values_are_in_effect():
    assert environment(LEGACY) == {
        "POD_CPU_REQUEST": "111m", "POD_MEM_REQUEST": "112Mi",
        "POD_EPHEMERAL_REQUEST": "13M", "POD_CPU_LIMIT": "1114m",
        "POD_MEM_LIMIT": "1115Mi", "POD_EPHEMERAL_LIMIT": "16M",
        "ENABLE_AFFINITY_CR_INJECTION": "false",
        "ENABLE_TAINT_TOLERATIONS_CR_INJECTION": "false",
        "JOB_TTL_SECONDS_AFTER_FINISHED": "3600",
        "METRICS_EXPORTER_IMAGE": "example.org/exporter:1.2",
        "METRICS_EXPORTER_PORT": "9999",
        "METRICS_EXPORTER_IMAGE_PULL_POLICY": "Never",
        "METRICS_EXPORTER_CPU_REQUEST": "21m",
        "METRICS_EXPORTER_MEM_REQUEST": "22Mi",
        "METRICS_EXPORTER_EPHEMERAL_REQUEST": "23M",
        "METRICS_EXPORTER_CPU_LIMIT": "24m",
        "METRICS_EXPORTER_MEM_LIMIT": "25Mi",
        "METRICS_EXPORTER_EPHEMERAL_LIMIT": "26M",
        "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
        "KAFKA_SECURITY_ENABLED": "true",
        "KAFKA_SECURITY_PROTOCOL_CONFIG": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_SASL_JAAS_CONFIG": "jaas",
        "KAFKA_USERNAME": {"secretKeyRef": {"name": "kafka-user",
                                            "key": "user"}},
        "KAFKA_PASSWORD": {"secretKeyRef": {"name": "kafka-user",
                                            "key": "pass"}}}


def test_new_values_win_over_old_ones():
    """All new values are set, to the defaults, together with all old ones."""
    assert environment({**LEGACY, "locustPods": GO_OPERATOR["locustPods"],
                        "kafka": GO_OPERATOR["kafka"]}) == {
        **environment(), "JOB_TTL_SECONDS_AFTER_FINISHED": "3600"}


@pytest.mark.parametrize("pods, variable, text", [
    ({"ttlSecondsAfterFinished": 0}, "JOB_TTL_SECONDS_AFTER_FINISHED", "0"),
    ({"ttlSecondsAfterFinished": "0"}, "JOB_TTL_SECONDS_AFTER_FINISHED", "0"),
    ({"ttlSecondsAfterFinished": 100000000},
     "JOB_TTL_SECONDS_AFTER_FINISHED", "100000000"),
    ({"ttlSecondsAfterFinished": ""}, "JOB_TTL_SECONDS_AFTER_FINISHED", None),
    ({"affinityInjection": False}, "ENABLE_AFFINITY_CR_INJECTION", "false"),
    ({"resources": {"limits": {"memory": 1073741824}}}, "POD_MEM_LIMIT",
     "1073741824"),
    ({"resources": {"limits": {"cpu": 0.5}}}, "POD_CPU_LIMIT", "0.5"),
    ({"resources": {"limits": {"cpu": ""}}}, "POD_CPU_LIMIT", "1000m"),
    ({"masterResources": {"limits": {"cpu": "2"}}}, "MASTER_POD_CPU_LIMIT",
     "2"),
    ({}, "MASTER_POD_CPU_LIMIT", None),
    ({"workerResources": {"requests": {"ephemeralStorage": "1G"}}},
     "WORKER_POD_EPHEMERAL_REQUEST", "1G"),
    ({"runtimeClassName": "kata"}, "DEFAULT_RUNTIME_CLASS_NAME", "kata"),
    ({"healthGraceSeconds": 30}, "POD_HEALTH_GRACE_SECONDS", "30"),
    ({"serviceMode": "headless"}, "SERVICE_MODE", "headless"),
    ({}, "SERVICE_MODE", None),
    ({"metricsExporter": {"enabled": False}}, "METRICS_EXPORTER_ENABLED", "false"),
    ({"metricsExporter": {"enabled": True}}, "METRICS_EXPORTER_ENABLED", "true"),
    ({}, "METRICS_EXPORTER_ENABLED", None),
    ({"metricsExporter": {"port": 9000}}, "METRICS_EXPORTER_PORT", "9000")])
def test_a_value_becomes_a_variable(pods, variable, text):
    assert environment({"locustPods": pods}).get(variable) == text


@pytest.mark.parametrize("access", [None, "direct", "off", "proxy"])
def test_only_access_through_the_api_server_needs_a_right(access):
    values = {"masterAccess": access} if access else {}
    assert environment(values).get("MASTER_ACCESS") == access
    granted = [rule for body in charts.of_kind(charts.rendered(values), "ClusterRole")
               for rule in body["rules"] if "pods/proxy" in rule.get("resources", ())]
    assert granted == ([{"apiGroups": [""], "resources": ["pods/proxy"], "verbs": ["get"]}]
                       if access == "proxy" else [])


def test_kafka_gets_only_enabled_settings():
    def names(kafka):
        return sorted(name for name in environment({"kafka": kafka})
                      if name.startswith("KAFKA"))

    assert names({"bootstrapServers": "k:1"}) == []
    assert names({"enabled": True, "credentials": {"secretName": "s"}}) == [
        "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_SECURITY_ENABLED"]
    assert names({"enabled": True, "security": {"enabled": True}}) == [
        "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_SASL_MECHANISM",
        "KAFKA_SECURITY_ENABLED", "KAFKA_SECURITY_PROTOCOL_CONFIG"]
    assert names({"enabled": False}) == []
    assert not [name for name in environment(
        {**LEGACY, "kafka": {"enabled": False}}) if "KAFKA" in name]


# -- documentation of values -------------------------------------------------------

VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA = yaml.safe_load((CHART / "values.schema.json").read_text())


def paths(node, known):
    """Paths of all values; `known` decides which maps have fixed keys."""
    for key, value in node.items():
        below = known.get("properties", {}).get(key)
        if "$ref" in (below or {}):
            below = SCHEMA["$defs"][below["$ref"].rpartition("/")[2]]
        yield key, below
        if isinstance(value, dict) and "properties" in (below or {}):
            for path, found in paths(value, below):
                yield f"{key}.{path}", found


def test_every_value_has_a_schema():
    found = dict(paths(VALUES, SCHEMA))
    assert len(found) > 100
    assert [path for path, below in found.items() if below is None] == []
    assert set(SCHEMA["properties"]) - set(VALUES) == {"config"}


def test_every_value_of_the_go_operators_chart_is_there():
    assert {path for path, _ in paths(GO_OPERATOR, SCHEMA)} <= {
        path for path, _ in paths(VALUES, SCHEMA)}


def test_values_that_the_documentation_names_are_there():
    known = {path for path, _ in paths(VALUES, SCHEMA)}
    roots = {path.partition(".")[0] for path in known}
    text = (ROOT / "docs/install.md").read_text()
    named = {path for path in re.findall(r"`(\w+(?:\.\w+)+)[^`.\w]?[^`]*`", text)
             if path.partition(".")[0] in roots}
    assert len(named) > 10 and named <= known


# -- refusals --------------------------------------------------------------------


BAD = {
    "replicaCount": 0,
    "image": {"pullPolicy": "Sometimes", "pullSecrets": [{"name": "x"}]},
    "metrics": {"port": 70000},
    "webhook": {"port": 0, "certificates": "mine"},
    "resources": {"limits": {"cpu": "1x", "memory": "1Ti"}},
    "locustPods": {
        "ttlSecondsAfterFinished": -1, "healthGraceSeconds": "1h",
        "runtimeClassName": "Kata", "serviceMode": "None",
        "resources": {"limits": {"cpu": "1GG"}},
        "metricsExporter": {"pullPolicy": "Ever"}},
    "runtimeClassName": "a_b", "masterAccess": "yes",
    "watchNamespaces": ["a", "B", "a"],
    "config": {"loadGenerationPods": {"resource": {"cpuLimit": "x"}}}}
MESSAGES = [
    "'/replicaCount': minimum: got 0, want 1",
    "'/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'",
    "'/image/pullSecrets/0': got object, want string",
    "'/metrics/port': maximum: got 70,000, want 65,535",
    "'/webhook/port': minimum: got 0, want 1",
    "'/webhook/certificates': value must be one of '', 'selfManaged', "
    "'certManager', 'secret'",
    "'/resources/limits/cpu': '1x' does not match pattern",
    "'/resources/limits/memory': '1Ti' does not match pattern",
    "'/locustPods/ttlSecondsAfterFinished': minimum: got -1, want 0",
    "'/locustPods/healthGraceSeconds': '1h' does not match pattern",
    "'/locustPods/runtimeClassName': 'Kata' does not match pattern",
    "'/locustPods/serviceMode': value must be one of '', 'cluster-ip', 'headless'",
    "'/locustPods/resources/limits/cpu': '1GG' does not match pattern",
    "'/locustPods/metricsExporter/pullPolicy': value must be one of",
    "'/runtimeClassName': 'a_b' does not match pattern",
    "'/masterAccess': value must be one of '', 'auto', 'direct', 'proxy', 'off'",
    "'/watchNamespaces': items at 0 and 2 are equal",
    "'/watchNamespaces/1': 'B' does not match pattern",
    "'/config/loadGenerationPods/resource/cpuLimit': 'x' does not match"]


def test_all_bad_values_are_named_at_once():
    done = charts.helm("template", values=BAD, check=False)
    assert done.returncode != 0
    lines = [line.strip().removeprefix("- at ")
             for line in done.stderr.splitlines()
             if "- at " in line and "validation failed" not in line]
    assert len(lines) == len(MESSAGES)
    missing = [message for message in MESSAGES
               if not any(line.startswith(message) for line in lines)]
    assert missing == [], lines


def test_unknown_values_are_accepted():
    assert deployment({"someday": {"maybe": 1}}) == deployment()
