"""Describes this machine, because results are only comparable on the same one."""

import os
import platform
import re
from pathlib import Path


def describe() -> dict[str, str | int]:
    cpu = _field("/proc/cpuinfo", "model name")
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0] or 0)
    return {"cpu": cpu, "cores": os.cpu_count() or 0,
            "memoryGiB": round(memory / (1 << 20)),
            "kernel": platform.release()}


def _field(file: str, name: str) -> str:
    found = re.search(rf"^{name}\s*: *(.*)$", Path(file).read_text(),
                      re.MULTILINE)
    return found[1] if found else ""
