"""The image of the operator, built with tools/image."""

import json
import os
import subprocess
from pathlib import Path

from lib.image import archive

from .operator_process import binary
from .paths import ROOT

TOOL = ROOT / "tools/image"
TIMEOUT = 120  # seconds; the program has been built before


class Image:
    """An archive that is unpacked into a temporary folder."""

    def __init__(self, file, folder):
        self.file = file
        self.root = folder / "root"
        described = archive.extract_root(file, self.root)
        self.config = described["config"]
        self.labels = self.config["Labels"]
        self.sbom = json.loads(
            file.with_suffix(".spdx.json").read_text())

    def files(self):
        """All regular files."""
        return [path for path in sorted(self.root.rglob("*"))
                if path.is_file() and not path.is_symlink()]

    def name_of(self, path):
        return str(path.relative_to(self.root))

    def run(self, *words, **options):
        """Runs a command as the user of the image, in a read-only root file system,
        as a kubelet would."""
        return subprocess.Popen(
            ["unshare", "--mount", "sh", "-ec", _ENTER, "sh",
             self.config["User"], self.root, *words],
            stdin=subprocess.DEVNULL, **options)

    def output_of(self, *words):
        process = self.run(*words, stdout=subprocess.PIPE, text=True,
                           stderr=subprocess.STDOUT)
        text, _ = process.communicate(timeout=20)
        assert process.returncode == 0, text
        return text


_ENTER = """user=$1 root=$2; shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs chroot --userspec="$user" "$root" "$@"
"""


def build(cache=None):
    """Builds the archive of the program under test, optionally in a new cache."""
    environment = {**os.environ,
                   **({"LOCUST_OPERATOR_CACHE": str(cache)} if cache else {})}
    done = subprocess.run(
        [TOOL, "build", "--engine", "none", "--binary", binary()],
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
        timeout=TIMEOUT, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return Path(done.stdout.strip())


