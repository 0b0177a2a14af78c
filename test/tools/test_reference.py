"""Two readings of docs/behaviour/children.md: the golden files, which are what the operator
builds, and test/support/reference.py, which was written from the document. They differ where
we mean to."""

import json

import pytest

from support import reference
from support.paths import ROOT

GOLDEN = sorted((ROOT / "test/unit/resource_builder/golden").glob("*.json"))

# What the Go operator gives the master instead: it splits at white space alone
# (docs/behaviour/children.md#command-words), and adds --autoquit without --autostart, upon
# which Locust quits (docs/behaviour/children.md#autoquit).
ON_PURPOSE = {
    "autostart-off": ["-f", "a.py", "--master", "--master-port=5557", "--expect-workers=1",
                      "--autoquit", "60", "--enable-rebalancing", "--only-summary"],
    "words": ["locust", "-f", "a.py", "--host", "$(TARGET)", "\\", "--tags", '"a', 'b"', "'c",
              "d'", "e\\", "f", "--class-picker", '""', "--master", "--master-port=5557",
              "--expect-workers=3", "--autostart", "--autoquit", "60", "--enable-rebalancing",
              "--only-summary", "--tags", "a b", "--master-port=9999", '"q"', ""],
}


def lines(body):
    return json.dumps(body, indent=1, sort_keys=True)


@pytest.mark.parametrize("file", GOLDEN, ids=lambda path: path.stem)
def test_both_readings_make_the_same(file):
    golden = json.loads(file.read_text())
    built = reference.children({"metadata": golden["test"], "spec": golden["spec"]},
                               golden["environment"])
    if file.stem in ON_PURPOSE:
        of_master = built["MasterJob"]["spec"]["template"]["spec"]["containers"][0]
        assert of_master["args"] == ON_PURPOSE[file.stem]
        ours = golden["MasterJob"]["spec"]["template"]["spec"]["containers"][0]["args"]
        assert ours != of_master["args"]
        of_master["args"] = ours
    for child, body in built.items():
        assert lines(golden[child]) == lines(body)
