"""The report of a run, as the operator keeps it."""

import base64
import gzip


def report_of(test):
    """`.status.result.report` of a LocustTest; {} if there is none."""
    return (test or {}).get("status", {}).get("result", {}).get("report", {})


def files_of(config_map):
    """The content of each file in a ConfigMap: {name: text}."""
    return {name.removesuffix(".gz"): gzip.decompress(
                base64.b64decode(packed)).decode()
            for name, packed in config_map["binaryData"].items()}
