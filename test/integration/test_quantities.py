"""Quantities that the operator accepts are valid for the API server."""

import random
import re
import string

import pytest

from support.api import Api, path_of
from support.operator_process import Operator

# Parts of the generated texts: relevant characters and complete suffixes.
PIECES = [*"0159.+-eE nkKmiMG", "Ki", "Gi", "12", "e3", "E-2", "m", "250"]
# docs/behaviour/children.md#resources.
CANONICAL = {"1000m": "1", "250m": "250m", "0.5": "500m", "2000m": "2",
             "1024Mi": "1Gi", "128Mi": "128Mi", "1.5Gi": "1536Mi",
             "30M": "30M", "0.0001": "1m"}


@pytest.fixture(scope="module")
def api(plane):
    return Api(plane.kubeconfig)


def quota(**hard):
    return {"apiVersion": "v1", "kind": "ResourceQuota",
            "metadata": {"name": "quantity"}, "spec": {"hard": hard}}


def server_reads(api, text):
    """Whether the API server could decode it; 422 is about the value."""
    path = path_of("ResourceQuota", "default") + "?dryRun=All"
    status, answer = api.exchange("POST", path, quota(memory=text))
    assert status in (201, 400, 422), answer
    return status != 400


def texts():
    """Generated texts, the same in each run."""
    generator = random.Random(5)
    made = [*CANONICAL]
    for length in range(1, 7):
        made += ["".join(generator.choices(PIECES, k=length))
                 for _ in range(50)]
    # Most of these are quantities.
    made += ["".join(map(generator.choice, (
        ["", "", "+", "-"], ["0", "1", "12", "250", "007"],
        ["", "", ".", ".5", ".05"], ["", "m", "k", "K", "Ki", "Gi", "E", "Ei",
                                     "e3", "E-2", "e+1", "n", "u", "mi"])))
             for _ in range(100)]
    # Valid quantities with one changed character.
    for _ in range(100):
        good = generator.choice([*CANONICAL, "1e3", "+.5Ki"])
        at = generator.randrange(len(good))
        made.append(good[:at] + generator.choice(string.printable[:94])
                    + good[at + 1:])
    return sorted(set(made))


def variables(plane, tmp_path):
    """Names of all variables that are quantities, from the operator."""
    operator = Operator(plane.kubeconfig, tmp_path / "operator.log",
                        flags=["--print-config"])
    operator.start(wait=False)
    operator.wait()
    names = [line.partition("=")[0] for line in operator.lines()]
    return operator, [name for name in names
                      if name.endswith(("_REQUEST", "_LIMIT"))]


def test_what_it_takes_the_server_takes(plane, api, tmp_path):
    operator, names = variables(plane, tmp_path)
    assert len(names) == 24
    ours = {}
    left = texts()
    while left:
        batch, left = left[:len(names)], left[len(names):]
        operator.environment.update(dict.fromkeys(names, ""))
        operator.environment.update(zip(names, batch))
        operator.start(wait=False)
        operator.wait()
        for name, text in zip(names, batch):
            [line] = operator.lines_with(f"{name}={text} ", "# environment")
            ours[text] = "is not a Kubernetes quantity" not in line
    assert sum(ours.values()) > 50 and len(ours) - sum(ours.values()) > 50
    theirs = {text: server_reads(api, text) for text in ours}
    assert {text for text in ours if ours[text] and not theirs[text]} == set()
    # The API server trims, and reads a unit without a number as zero. In a setting,
    # both are mistakes.
    lenient = {text for text in ours if theirs[text] and not ours[text]}
    assert {text for text in lenient
            if text == text.strip() and re.search("^[+-]?[.]?[0-9]", text)
            } == set()


def test_the_server_keeps_them_in_this_form(api):
    for sent, kept in CANONICAL.items():
        path = path_of("ResourceQuota", "default") + "?dryRun=All"
        answer = api.call("POST", path, quota(**{"requests.cpu": sent}))
        assert answer["spec"]["hard"]["requests.cpu"] == kept
