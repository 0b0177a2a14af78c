"""The scenarios by name. Each has the TITLE and ROWS of its table, the SIZES that its
run() takes, by their options, with their defaults, and HAS_FLOOR, whether the bare
client takes part. run() measures one competitor once. It returns numbers by name, and
the moments at which tests became Ready."""

from . import (
    burst,
    fairness,
    foreign,
    latency,
    live,
    replicas,
    restart,
    soak,
    steady,
    workers,
)

ALL = {"burst": burst, "latency": latency, "restart": restart,
       "workers": workers, "steady": steady, "foreign": foreign,
       "fairness": fairness, "live": live, "replicas": replicas, "soak": soak}
