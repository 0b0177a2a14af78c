"""A Locust master that has a report, without Locust."""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPORT = {"/stats/requests/csv": "requests\r\n", "/stats/report": "<html>",
          "/stats/failures/csv": "failures\r\n", "/exceptions/csv": "exceptions\r\n"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        master = self.server.master
        path = urllib.parse.urlsplit(self.path).path
        if path == "/stats/requests":
            self._answer(200, json.dumps({
                "state": master.state, "worker_count": 1,
                "workers": [{"id": "t-worker-aaaaa_1", "state": master.state}]}))
        elif path in master.files:
            master.asked.append(self.path)
            self._answer(200, master.files[path])
        else:
            master.asked.append(self.path)
            self._answer(404, "no such page")

    def _answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class ReportingMaster:
    """Serves on a free port of `address` until it is closed."""

    def __init__(self, address, files=None):
        self.state = "ready"
        self.files = dict(REPORT if files is None else files)
        self.asked = []  # paths other than that of the statistics
        self._server = ThreadingHTTPServer((address, 0), _Handler)
        self._server.daemon_threads = True
        self._server.master = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address, self.port = self._server.server_address

    @property
    def command(self):
        """The command of a master that listens on this port."""
        return f"-f a.py --web-port={self.port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
