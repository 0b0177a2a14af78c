"""The target of the load tests: a small HTTP server on the host."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        refused = self.path == "/refused" or (
            self.path == "/over" and not self.server.is_over)
        body = b"refused\n" if refused else b"welcome\n"
        self.send_response(500 if refused else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass  # avoids thousands of log lines


class Target:
    """Listens on a free port of `address` until it is closed."""

    def __init__(self, address):
        self._server = ThreadingHTTPServer((address, 0), _Handler)
        self._server.daemon_threads = True
        self._server.is_over = False
        threading.Thread(target=self._server.serve_forever,
                         daemon=True).start()
        host, port = self._server.server_address
        self.url = f"http://{host}:{port}"

    def end_runs(self):
        """Ends the runs of locustfiles/until_stopped.py."""
        self._server.is_over = True

    def close(self):
        self._server.shutdown()
        self._server.server_close()
