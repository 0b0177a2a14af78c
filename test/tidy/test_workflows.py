"""Commands and files in the workflows and in RELEASE.md exist."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTIONS = {"actions/checkout", "actions/setup-go", "actions/upload-artifact"}
COMMAND = re.compile(r"(?<![\w/.-])(?:tools/[\w-]+|\.ci/run)")


def steps_of(workflow):
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_use_few_actions(workflow):
    used = {step["uses"].partition("@")[0] for step in steps_of(workflow) if "uses" in step}
    assert used and used <= ACTIONS


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_the_go_of_the_modules(workflow):
    [module] = (ROOT / "tools").glob("**/modules/kubernetes/go.mod")
    wanted = re.search(r"^go (\d+\.\d+)", module.read_text(), re.MULTILINE)[1]
    assert [step["with"]["go-version"] for step in steps_of(workflow)
            if "setup-go" in step.get("uses", "")] == [wanted]


@pytest.mark.parametrize("document", [*WORKFLOWS, ROOT / "RELEASE.md"], ids=lambda path: path.name)
def test_the_commands_exist(document):
    commands = set(COMMAND.findall(document.read_text()))
    assert commands
    assert not [command for command in commands if not (ROOT / command).is_file()]


def test_the_files_that_a_release_changes_have_the_version():
    version = re.search(r"project\(.* VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    section = (ROOT / "RELEASE.md").read_text().partition("## 2.")[2].partition("## 3.")[0]
    files = re.findall(r"`([\w./-]+\.(?:txt|yaml|md))`", section.partition("Then:")[0])
    assert len(files) >= 5
    assert not [file for file in files if version not in (ROOT / file).read_text()]
