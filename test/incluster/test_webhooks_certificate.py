"""The certificate that the operator makes for its webhooks, replaced by hand."""

import time

from support.installed import NAMESPACE, SECRET
from support.objects import locust_test
from support.waiting import wait_for

REPLACED_WITHIN = 90.0  # seconds, as docs/webhook-certificates.md has it


def test_a_deleted_certificate_is_replaced_and_no_call_fails(case):
    case.create(locust_test())
    v1 = f"/apis/locust.io/v1/namespaces/{case.namespace}/locusttests/t"
    before = case.api.get("Secret", NAMESPACE, SECRET)["metadata"]["uid"]
    case.api.delete("Secret", NAMESPACE, SECRET)
    begin = time.monotonic()

    def replaced():
        status, answer = case.api.exchange("GET", v1)
        assert status == 200, answer
        secret = case.api.get("Secret", NAMESPACE, SECRET)
        return secret and secret["metadata"]["uid"] != before

    wait_for("there is a new Secret", replaced, timeout=REPLACED_WITHIN,
             pause=0.2)
    case.world.note_delay("a new webhook certificate is there",
                          time.monotonic() - begin)
    # Now and then each replica answers.
    for number in range(10):
        assert case.api.exchange("GET", v1)[0] == 200
        case.create(locust_test(f"judged-{number}"))
        time.sleep(0.2)
