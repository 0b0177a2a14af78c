"""The tables that Locust prints when it ends."""

import re

_ROW = re.compile(r"(?P<name>.*?)\s+(?P<requests>\d+)\s+(?P<failures>\d+)\([\d.]+%\) \|"
                  r"(?P<avg>.{7})(?P<min>.{8})(?P<max>.{8})(?P<med>.{7}) \|"
                  r"\s+(?P<rate>[\d.]+)\s+[\d.]+$")


def read(log):
    """`requests`, `failures`, `rate`, `max`, percentiles and `errors` of the whole run, and
    `rows`: {name: (requests, failures)}."""
    begin = log.rindex("Response time percentiles")
    statistics = log[log.rindex("Type ", 0, begin):begin]
    rows = {m["name"].strip(): m for m in map(_ROW.match, statistics.splitlines()) if m}
    total = rows.pop("Aggregated")
    table, _, errors = log[begin:].partition("Error report")
    header = re.search(r"^Type +Name +(.*) +# reqs$", table, re.MULTILINE)[1].split()
    sums = re.search(r"^ +Aggregated +(.*)$", table, re.MULTILINE)[1].split()
    return {"requests": int(total["requests"]), "failures": int(total["failures"]),
            "rate": float(total["rate"]), "max": int(total["max"]),
            **dict(zip(header, map(int, sums), strict=False)),
            "rows": {re.sub(" +", " ", name): (int(m["requests"]), int(m["failures"]))
                     for name, m in rows.items()},
            "errors": [(int(count), text) for count, text in
                       re.findall(r"^(\d+) +(\S.*?) *$", errors, re.MULTILINE)]}
