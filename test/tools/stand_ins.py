"""Scripts that replace slow programs: they come first on PATH. They write to both
output streams, as the real programs may do, and can be delayed."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from support.paths import ROOT

TIMEOUT = 60  # seconds; the scripts take a tenth of a second
SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"
VERSION = "locust-operator 1.2.3, commit abc of 2001-02-03T04:05:06Z"

_NOISE = """echo "noise of $0 $*"
echo "noise of $0 $*" >&2
"""
_HOLD = """touch "$STAND_INS/held"
while [ -e "$STAND_INS/hold" ]; do sleep 0.02; done
"""
_SCRIPTS = {
    # Builds the program of that name, or one that runs until it is killed.
    "go": """case $1 in
env) echo go1.26.8; exit ;;
mod) printf '{"Dir": "%s"}' "$STAND_INS/module"; echo "noise" >&2; exit ;;
esac
""" + _NOISE + _HOLD + """while [ "$1" != -o ]; do shift; done
mkdir -p "$(dirname "$2")"
built=$STAND_INS/programs/$(basename "$2")
[ -e "$built" ] || built=$STAND_INS/programs/daemon
cp "$built" "$2"
""",
    "cmake": _NOISE + _HOLD + """[ "$1" = --build ] || exit 0
mkdir -p "$2/actors" "$2/tools/lib/replay"
# Like ninja, which leaves alone what is up to date: another run may be reading it.
for built in actors/locust-operator tools/lib/replay/locust-replay; do
    [ -e "$2/$built" ] && continue
    cp "$STAND_INS/programs/$(basename $built)" "$2/new"
    mv "$2/new" "$2/$built"
done
""",
    # Nothing is installed; other options run the real program.
    "dpkg-query": """[ "$1" != -W ] || exit 1
exec /usr/bin/dpkg-query "$@"
""",
    "apt-get": _NOISE + """case "$*" in
*download*)
""" + _HOLD + """
    cp "$STAND_INS/prometheus_1_all.deb" . ;;
esac
""",
}
_PROGRAMS = {
    "daemon": _NOISE + "exec sleep 600\n",
    "kubectl": 'echo "kubectl $1"\n',
    "helm": 'echo "helm $1"\n',
    "locust-replay": 'echo "replayed $*"\n',
}
# Returns an object for every request.
_API_SERVER = """#!/usr/bin/python3
import http.server, ssl, sys
flags = dict(word[2:].split("=", 1) for word in sys.argv[1:] if "=" in word)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")
server = http.server.ThreadingHTTPServer(
    (flags["bind-address"], int(flags["secure-port"])), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(flags["tls-cert-file"], flags["tls-private-key-file"])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""


class Machine:
    """A machine with no installed packages and an empty cache."""

    def __init__(self, folder):
        self.folder = folder
        self.cache = folder / "cache"
        self._hold = folder / "hold"
        self._held = folder / "held"
        self.path = f"{folder / 'bin'}:{SYSTEM}"
        self._runs = []
        for name, text in _SCRIPTS.items():
            self._write(f"bin/{name}", "#!/bin/sh\n" + text)
        for name, text in _PROGRAMS.items():
            self._write(f"programs/{name}", "#!/bin/sh\n" + text)
        self._write("programs/kube-apiserver", _API_SERVER)
        (folder / "home").mkdir()

    def _write(self, name, text):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def with_operator(self):
        """Lets cmake build a program that has a version and needs a library."""
        subprocess.run(
            ["gcc", "-x", "c", "-o", self.folder / "programs/locust-operator",
             "-"], check=True, text=True, input="#include <stdio.h>\n"
            f'int main(void) {{ puts("{VERSION}"); }}\n')
        return self

    def with_promtool(self):
        """Lets apt-get provide the package of promtool."""
        package = self.folder / "package"
        self._write("package/usr/bin/promtool",
                    '#!/bin/sh\necho "promtool $*"\n')
        (package / "DEBIAN").mkdir()
        (package / "DEBIAN/control").write_text(
            "Package: prometheus\nVersion: 1\nArchitecture: all\n"
            "Maintainer: nobody <nobody@example.com>\nDescription: none\n")
        subprocess.run(["dpkg-deb", "--build", package,
                        self.folder / "prometheus_1_all.deb"], check=True,
                       capture_output=True)
        return self

    def start(self, tool, *words, root=ROOT):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("PYTHON", "XDG_", "LOCUST_"))}
        self._runs.append(Run([root / "tools" / tool, *words], self.folder, {
            **environment, "PATH": self.path,
            "HOME": str(self.folder / "home"), "STAND_INS": str(self.folder),
            "LOCUST_OPERATOR_CACHE": str(self.cache),
            "LOCUST_OPERATOR_STATE": str(self.folder / "state")}))
        return self._runs[-1]

    def stop(self):
        """Kills the processes of a failed test."""
        for run in self._runs:
            run.stop()

    def run(self, tool, *words, **options):
        """Runs a tool; returns its standard output."""
        return self.start(tool, *words, **options).result()

    def run_two(self, waiting, tool, *words):
        """Starts a tool while another run of it is building. `waiting` is its message
        then. Returns the standard output of both."""
        self._hold.touch()
        first = self.start(tool, *words)
        try:
            first.wait_until(self._held.exists)
            second = self.start(tool, *words)
            second.wait_until(lambda: waiting in second.errors())
        finally:
            self._hold.unlink()
        return [first.result(), second.result()]

    def has(self, program):
        return shutil.which(program, path=self.path)


class Run:
    """A running tool."""

    def __init__(self, words, folder, environment):
        handle, name = tempfile.mkstemp(dir=folder)
        self._said = Path(name)
        with open(handle, "w") as stderr:
            self._process = subprocess.Popen(
                words, text=True, cwd=folder, env=environment, stderr=stderr,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)

    def errors(self):
        """Its standard error so far."""
        return self._said.read_text()

    def wait_until(self, holds):
        end = time.monotonic() + TIMEOUT
        while not holds():
            assert self._process.poll() is None, self.errors()
            assert time.monotonic() < end, self.errors()
            time.sleep(0.02)

    def stop(self):
        self._process.kill()
        self._process.communicate()

    def result(self):
        """Its standard output; it must exit with 0."""
        printed, _ = self._process.communicate(timeout=TIMEOUT)
        assert self._process.returncode == 0, printed + self.errors()
        return printed
