"""Prints the path of the program of tools/replay; builds it first if needed."""

import sys

from ..shared import builds
from ..shared.progress import Failure, step


def main() -> int:
    try:
        with step("building locust-replay"):
            built = builds.provide("release", "locust-replay")
    except Failure as failure:
        print(failure.report("tools/replay"), file=sys.stderr)
        return 2
    print(built / "tools/lib/replay/locust-replay")
    return 0


if __name__ == "__main__":
    sys.exit(main())
