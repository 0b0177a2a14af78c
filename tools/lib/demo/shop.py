"""A sample shop to test: some pages are fast, some are slow."""

import random
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Response time of each page in seconds: minimum and maximum.
PAGES = {"/": (0, 0), "/search": (0.02, 0.06), "/cart": (0.005, 0.01),
         "/checkout": (0.15, 0.4)}


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        page = self.path.partition("?")[0]
        known = page in PAGES
        if known:
            time.sleep(random.uniform(*PAGES[page]))
        body = b"welcome\n" if known else b"no such page\n"
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # all users may connect at once


Server(("", 8080), Shop).serve_forever()
