"""The golden files, which are what the operator builds, equal the children that
test/support/expected_children.py builds from docs/behaviour/children.md, except for
deliberate differences from the Go operator."""

import copy
import json

import pytest

from support import expected_children
from support.paths import ROOT

GOLDEN = sorted((ROOT / "test/unit/resource_builder/golden").glob("*.json"))

# Arguments of the master with the Go operator. It splits only at white space
# (docs/behaviour/children.md#command-words), and sets --autoquit without --autostart,
# which makes Locust exit (docs/behaviour/children.md#autoquit).
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
    theirs = expected_children.children({"metadata": golden["test"], "spec": golden["spec"]},
                                        golden["environment"])
    built = expected_children.add_our_own(copy.deepcopy(theirs))
    if file.stem in ON_PURPOSE:
        of_master = built["MasterJob"]["spec"]["template"]["spec"]["containers"][0]
        assert of_master["args"] == ON_PURPOSE[file.stem]
        ours = golden["MasterJob"]["spec"]["template"]["spec"]["containers"][0]["args"]
        assert ours != of_master["args"]
        of_master["args"] = ours
    for child, body in built.items():
        assert lines(golden[child]) == lines(body)
    if file.stem not in ON_PURPOSE:
        for child, body in theirs.items():
            assert lines(expected_children.remove_our_own(golden[child])) == lines(body)
