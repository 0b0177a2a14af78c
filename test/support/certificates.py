"""Certificate files like those of a mounted Secret."""

import os
import subprocess
from pathlib import Path


def make_certificate(folder, name):
    """Creates a self-signed certificate for 127.0.0.1; returns it and the key as
    text."""
    chain, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
         f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
         key, "-out", chain], check=True, capture_output=True)
    return chain.read_text(), key.read_text()


class MountedSecret:
    """Files that change as in a mounted Secret: the kubelet renames a link to the
    folder of the new version."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self._versions = 0

    def set(self, chain, key):
        self._versions += 1
        version = self.folder / f"..version-{self._versions}"
        version.mkdir()
        (version / "tls.crt").write_text(chain)
        (version / "tls.key").write_text(key)
        fresh = self.folder / "..data_tmp"
        fresh.symlink_to(version.name)
        os.rename(fresh, self.folder / "..data")
        for name in ("tls.crt", "tls.key"):
            link = self.folder / name
            if not link.is_symlink():
                link.symlink_to(f"..data/{name}")
