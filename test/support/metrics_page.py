"""Reads the metrics page of an operator."""

import http.client
import re
import ssl

PLAIN = ["--metrics-bind-address=127.0.0.1:0", "--metrics-secure=false"]
SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def port_of(operator, name):
    line = operator.wait_for_line(f"{name} at http")
    return int(re.search(r":(\d+)\b", line.partition(" at ")[2]).group(1))


def get(operator, token=None, secure=False, path="/metrics", trusted=None):
    """Returns status, headers and body."""
    port = port_of(operator, "metrics")
    if secure:
        context = ssl.create_default_context(cadata=trusted)
        if trusted is None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        client = http.client.HTTPSConnection("127.0.0.1", port, timeout=20,
                                             context=context)
    else:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request("GET", path, headers={"Authorization": f"Bearer {token}"}
                   if token is not None else {})
    answer = client.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode()


def samples(text):
    """{(series, sorted labels): value}"""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, labels, number = SAMPLE.fullmatch(line).groups()
            key = name, tuple(sorted(LABEL.findall(labels or "")))
            assert key not in found, f"{line} occurs twice"
            found[key] = float(number)
    return found


def scrape(operator):
    return samples(get(operator)[2])


def value(seen, name, **labels):
    """The sum of the series that have these labels."""
    return sum(number for (series, its), number in seen.items()
               if series == name and labels.items() <= dict(its).items())


def of_tests(seen, namespace):
    """The series of single tests in this namespace: {test: {series and further label:
    value}}, with names as after `locust_operator_test_`."""
    found = {}
    for (series, its), number in seen.items():
        labels = dict(its)
        if labels.pop("namespace", None) == namespace:
            test = labels.pop("test")
            name = series.removeprefix("locust_operator_test_")
            found.setdefault(test, {})[" ".join([name, *labels.values()])] = number
    return found
