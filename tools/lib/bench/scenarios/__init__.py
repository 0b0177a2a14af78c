"""The scenarios by name. Each has a TITLE, the ROWS of its table, and `run`, which
measures one competitor once and returns numbers by name."""

from . import burst, latency

ALL = {"burst": burst, "latency": latency}
