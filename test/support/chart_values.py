"""Values for tests of the chart: each option alone, and files of existing
installations."""

import yaml

from .paths import ROOT

NAMESPACE = "chart"
WATCHED = ["chart-a", "chart-b"]
FOLDER = ROOT / "test/support/values"
GO_OPERATOR = yaml.safe_load((FOLDER / "go-operator.yaml").read_text())
LEGACY = yaml.safe_load((FOLDER / "legacy.yaml").read_text())
AUTHORITY = (FOLDER / "authority.pem").read_text()

MATRIX = {
    "nothing": {},
    "go operator": GO_OPERATOR,
    "legacy": LEGACY,
    "one replica": {"replicaCount": 1, "leaderElection": {"enabled": False},
                    "podDisruptionBudget": {"enabled": False}},
    "namespaced": {"k8s": {"clusterRole": {"enabled": False}}},
    "some namespaces": {"watchNamespaces": WATCHED},
    "some namespaces with webhooks": {
        "watchNamespaces": WATCHED, "webhook": {"enabled": True},
        "userRoles": {"enabled": True}},
    "no webhooks": {"webhook": {"enabled": False}},
    "cert-manager": {"webhook": {"certificates": "certManager"}},
    "a secret": {"webhook": {"certificates": "secret", "secretName": "mine",
                             "caBundle": AUTHORITY}},
    "a webhook port": {"webhook": {"port": 10250, "failurePolicy": "Ignore"}},
    "metrics": {"metrics": {"enabled": True, "port": 9090,
                            "serviceAnnotations": {"a": "b"}}},
    "guarded metrics": {"metrics": {
        "enabled": True, "secure": True, "secretName": "metrics-cert",
        "serviceMonitor": {"enabled": True, "interval": "30s",
                           "scrapeTimeout": "10s", "labels": {"a": "b"}},
        "podMonitor": {"enabled": True, "interval": "30s", "authorization": {
            "key": "token", "name": "scraper"}}}},
    "open metrics": {"metrics": {"enabled": True, "serviceMonitor": {
        "enabled": True}, "podMonitor": {"enabled": True}}},
    "dashboard and alerts": {"metrics": {
        "enabled": True, "prometheusRule": {"enabled": True},
        "dashboard": {"enabled": True, "annotations": {"folder": "load"}}}},
    "network policy": {"networkPolicy": {"enabled": True},
                       "metrics": {"enabled": True}},
    "collector": {"otelCollector": {"enabled": True, "replicas": 2}},
    "kafka": {"kafka": {"enabled": True, "security": {"enabled": True},
                        "credentials": {"secretName": "kafka"}}},
    "no crd": {"crd": {"enabled": False}},
    "crd for the release": {"crd": {"keep": False}},
    "another account": {"serviceAccount": {"create": False, "name": "default"}},
    "other names": {"nameOverride": "load", "fullnameOverride": "",
                    "serviceAccount": {"name": "me",
                                       "annotations": {"a": "b"}}},
    "placed": {
        "nodeSelector": {"a": "b"}, "priorityClassName": "system-node-critical",
        "tolerations": [{"key": "a", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [
                    {"key": "a", "operator": "Exists"}]}]}}},
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "zone",
             "whenUnsatisfiable": "DoNotSchedule"}]},
    "extras": {
        "image": {"repository": "example.org/o", "tag": "1",
                  "pullPolicy": "Always", "pullSecrets": ["registry"]},
        "commonLabels": {"team": "load", "app.kubernetes.io/name": "mine"},
        "commonAnnotations": {"owner": "me"}, "podLabels": {"team": "pods"},
        "podAnnotations": {"p": "q"}, "extraArgs": ["--zap-devel"],
        "extraEnv": [{"name": "A", "value": "b"}],
        "extraEnvFrom": [{"configMapRef": {"name": "more", "optional": True}}],
        "extraVolumes": [{"name": "v", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "v", "mountPath": "/v"}],
        "log": {"level": 2, "format": "json"},
        "strategy": {"type": "RollingUpdate",
                     "rollingUpdate": {"maxUnavailable": 1}},
        "terminationGracePeriodSeconds": 30},
    "numbers": {
        "resources": {"limits": {"cpu": 1, "memory": 268435456}},
        "locustPods": {
            "ttlSecondsAfterFinished": 0, "healthGraceSeconds": 1000000,
            "resources": {"limits": {"cpu": 2, "memory": 1073741824}},
            "masterResources": {"requests": {"cpu": 0.5}},
            "workerResources": {"limits": {"memory": "2Gi"}},
            "runtimeClassName": "kata", "affinityInjection": False,
            "metricsExporter": {"port": "9647"}}},
}
