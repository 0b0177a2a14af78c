"""The dashboard, the alert rules, and the series that they use."""

import json
import re
import subprocess

import yaml

from .paths import ROOT

FOLDER = ROOT / "deploy/observability"
RULES = FOLDER / "alert-rules.yaml"
DASHBOARD = FOLDER / "grafana-dashboard.json"
PROMTOOL = ROOT / "tools/promtool"

# Values for the variables of Grafana.
VARIABLES = {"$__rate_interval": "5m", "$instance": ".*",
             "$namespace": ".*", "$test": ".*"}
# Names in an expression that are followed by labels or a range, or stand alone.
SERIES = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
NOT_SERIES = {"histogram_quantile", "group_left", "min_over_time"}


def promtool(*words, text=None):
    """Runs promtool; returns exit code and output."""
    done = subprocess.run([PROMTOOL, *words], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode, done.stdout


def groups():
    return yaml.safe_load(RULES.read_text())["groups"]


def rules():
    return [rule for group in groups() for rule in group["rules"]]


def panels():
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"]
            if panel["type"] != "row"]


def dashboard_expressions():
    """The expressions, with values for the variables of Grafana."""
    found = []
    for panel in panels():
        for target in panel["targets"]:
            expression = target["expr"]
            for name, value in VARIABLES.items():
                expression = expression.replace(name, value)
            found.append(expression)
    return found


def series_of(expression):
    """Names of the series in an expression, without labels."""
    bare = re.sub(r'"[^"]*"|\b(?:by|on|without)\s*\([^)]*\)', "", expression)
    return set(SERIES.findall(bare)) - NOT_SERIES


def all_series():
    expressions = dashboard_expressions() + [rule["expr"] for rule in rules()]
    return set().union(*map(series_of, expressions))
