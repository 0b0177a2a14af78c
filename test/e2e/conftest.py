"""One operator on a real node; cases run concurrently.

Needs KUBECONFIG, LOCUST_OPERATOR_BINARY and LOCUST_OPERATOR_AUDIT_LOG, which
`tools/test e2e` sets.
"""

import os

import pytest

from support import concurrent_cases
from support.concurrent_cases import (  # noqa: F401
    case,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_pyfunc_call,
)
from support.target import Target
from support.testbed import Testbed

# Shorter than the default of two minutes, to save time, but longer than a repair and
# the next retry of the kubelet.
GRACE = 15  # seconds

NEEDED = ("KUBECONFIG", "LOCUST_OPERATOR_BINARY", "LOCUST_OPERATOR_AUDIT_LOG")


@pytest.fixture(scope="session")
def journal(tmp_path_factory):
    return tmp_path_factory.mktemp("journal") / "journal.jsonl"


@pytest.fixture(scope="session")
def testbed(request, tmp_path_factory, journal):
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        pytest.skip(f"{', '.join(missing)} unset: use `tools/test e2e`")
    made = Testbed(os.environ["KUBECONFIG"],
                 os.environ["LOCUST_OPERATOR_AUDIT_LOG"],
                 tmp_path_factory.mktemp("operator"),
                 {"POD_HEALTH_GRACE_SECONDS": str(GRACE)},
                 [f"--journal={journal}"])
    made.grace = GRACE
    made.target = Target(made.host_address)
    made.operator.start()
    concurrent_cases.begin(request.session, made)
    yield made
    concurrent_cases.end(request.session)
    made.close()
    made.target.close()
    for seconds, title in made.delays():
        print(f"reported after {seconds:5.2f} s: {title}")
