"""Checks the dashboard and the alert rules with promtool."""

import json
import re
import subprocess

import yaml

from support import observability


def test_the_rules_are_good_and_the_alerts_come_when_they_should():
    code, output = observability.promtool("check", "rules", observability.RULES)
    assert code == 0, output
    tests = observability.FOLDER / "alert-rules.test.yaml"
    code, output = observability.promtool("test", "rules", tests)
    assert code == 0, output


def test_every_alert_is_tested_and_described():
    tested = (observability.FOLDER / "alert-rules.test.yaml").read_text()
    described = (observability.FOLDER / "README.md").read_text()
    assert observability.rules()
    for rule in observability.rules():
        assert f'"{rule["alert"]}"' in tested, rule["alert"]
        assert f"| {rule['alert']} |" in described, rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert set(rule["annotations"]) == {"summary", "description", "runbook"}


def test_every_expression_of_the_dashboard_is_promql(tmp_path):
    expressions = observability.dashboard_expressions()
    assert len(expressions) > 20
    assert not [one for one in expressions if "$" in one]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": [
        {"record": f"panel:{i}", "expr": one}
        for i, one in enumerate(expressions)]}]}))
    code, output = observability.promtool("check", "rules", file)
    assert code == 0, output


def test_the_dashboard_can_be_imported():
    dashboard = json.loads(observability.DASHBOARD.read_text())
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    places = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & places, panel["title"]
        places |= cells
    variables = {one["name"] for one in dashboard["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(dashboard["panels"])))
    assert used == variables


def test_the_rules_can_be_put_into_an_object(tmp_path):
    """With the command of the README."""
    [script] = re.findall(r"```sh\n(.*?)```",
                          (observability.FOLDER / "README.md").read_text(),
                          re.DOTALL)
    made = subprocess.run(
        ["bash", "-c", script.replace("kubectl apply -f -", "cat")],
        cwd=observability.FOLDER, check=True, text=True,
        stdout=subprocess.PIPE).stdout
    rule = yaml.safe_load(made)
    assert rule["kind"] == "PrometheusRule"
    assert rule["spec"]["groups"] == observability.groups()
