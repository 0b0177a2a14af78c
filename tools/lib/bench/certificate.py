"""A self-signed certificate for a server on this machine."""

import subprocess
from pathlib import Path

from ..shared.progress import Failure


def make(folder: Path) -> tuple[Path, Path]:
    """Returns the files of the certificate and its key, with the names that they
    have in a Secret. Raises Failure."""
    files = folder / "tls.crt", folder / "tls.key"
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-noenc", "-days", "1", "-subj",
         "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1",
         "-out", files[0], "-keyout", files[1]],
        capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"openssl cannot make a certificate: {done.stderr}")
    return files
