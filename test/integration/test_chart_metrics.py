"""What the chart installs for metrics. Needs no cluster."""

import pytest
import yaml

from support import charts
from support.chart_values import MATRIX
from support.paths import ROOT


def rendered(**metrics):
    return charts.rendered({"crd": {"enabled": False},
                            "metrics": {**metrics, "enabled": True}})


@pytest.mark.parametrize("most, flags", [
    (None, []), (0, ["--metrics-max-tests=0"]), (7, ["--metrics-max-tests=7"]),
    (1000000, ["--metrics-max-tests=1000000"])])
def test_a_bound_of_the_series_becomes_a_flag(most, flags):
    deployment = charts.only(rendered(maxTests=most), "Deployment")
    assert [flag for flag in charts.container(deployment)["args"]
            if flag.startswith("--metrics-max-tests")] == flags


def test_monitors_keep_the_namespace_of_a_test():
    bodies = rendered(serviceMonitor={"enabled": True}, podMonitor={"enabled": True})
    [service] = charts.only(bodies, "ServiceMonitor")["spec"]["endpoints"]
    [pod] = charts.only(bodies, "PodMonitor")["spec"]["podMetricsEndpoints"]
    assert service["honorLabels"] is True
    assert pod["honorLabels"] is True


def test_rules_and_dashboard_reach_the_cluster_as_they_are():
    """Both contain braces that Helm must not expand."""
    bodies = rendered(**MATRIX["dashboard and alerts"]["metrics"])
    folder = ROOT / "deploy/observability"
    assert charts.only(bodies, "PrometheusRule")["spec"] == yaml.safe_load(
        (folder / "alert-rules.yaml").read_text())
    config = charts.only(bodies, "ConfigMap")
    assert config["data"] == {"locust-operator.json": (
        folder / "grafana-dashboard.json").read_text()}
    assert config["metadata"]["labels"]["grafana_dashboard"] == "1"
