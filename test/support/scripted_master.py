"""A Locust master on this machine that answers as a test defines, mostly unlike
Locust, and the run that it seems to belong to."""

import contextlib
import http.server
import json
import socket
import threading
import time

from .objects import locust_test
from .waiting import wait_for

LOOPBACK = "127.0.0.1"
FLOOD = 100_000_000  # bytes


def stats(**changes):
    """The answer of Locust 2.46 to GET /stats/requests, shortened."""
    return {
        "stats": [{"name": "/", "num_requests": 9}, {
            "name": "Aggregated", "num_requests": 40, "num_failures": 10,
            "median_response_time": 7, "response_time_percentile_0.95": 50,
            "response_time_percentile_0.99": 90}],
        "errors": [], "current_rps": 12.25, "current_fail_per_sec": 3.0,
        "fail_ratio": 0.25, "current_response_time_percentiles": {
            "response_time_percentile_0.5": 6, "response_time_percentile_0.95": 61},
        "state": "running", "user_count": 10, "worker_count": 1,
        "workers": [{"id": "w-a_1", "state": "running", "user_count": 10,
                     "cpu_usage": 91.5}],
        **changes}


# `status.load` of a test with 20 wanted users and this master, without sampledAt.
FIGURES = {"state": "running", "users": 10, "targetUsers": 20, "requestsPerSecond": 12.3,
           "failuresPerSecond": 3, "failRatio": 0.25, "failPercent": 25, "p50": 6, "p95": 61,
           "p99": 90, "requests": 40, "failures": 10, "workers": {
               "connected": 1, "missing": 0, "busiestCPU": 91.5, "overloaded": 1},
           "peak": {"users": 10, "requestsPerSecond": 12.3, "workers": 1}}


class ScriptedMaster:
    """Each request is passed to `answer(handler)`, in a thread of its own."""

    def __init__(self, answer, address=LOOPBACK):
        self.address = address
        self.requests = 0
        master = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                master.requests += 1
                try:
                    answer(self)
                except OSError:
                    pass  # the operator has had enough
                self.close_connection = True

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def send(handler, body, status=200, **headers):
    if not isinstance(body, bytes):
        body = body.encode()
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def answers(**changes):
    return lambda handler: send(handler, json.dumps(stats(**changes)))


def counts_up(handler):
    """Other figures each time."""
    send(handler, json.dumps(stats(user_count=int(time.time() * 100) % 1_000_000)))


def hangs(handler):
    time.sleep(60)


def drips(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(600):
        handler.wfile.write(b" ")
        time.sleep(0.1)


def redirects(handler):
    send(handler, "", 302, Location="/login")


def floods(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(FLOOD))
    handler.end_headers()
    for _ in range(FLOOD // 1_000_000):
        handler.wfile.write(b" " * 1_000_000)


def says(text):
    return lambda handler: send(handler, text)


def network_address():
    """An address of this machine other than loopback, to which the API server passes
    no requests on; None if there is none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


@contextlib.contextmanager
def masters(address=LOOPBACK):
    """Yields a function that starts a master."""
    with contextlib.ExitStack() as made:
        def start(answer):
            one = ScriptedMaster(answer, address)
            made.callback(one.close)
            return one
        yield start


def run(case, start, name, answer, more=""):
    """Creates a test whose running master answers so; returns the master."""
    one = start(answer)
    case.create(locust_test(
        name, master__command=f"-f a.py --users 20 --web-port {one.port} {more}"))
    case.first("Job", f"{name}-worker", lambda _: True)
    case.jobs.run_job(f"{name}-master", ip=one.address)
    case.jobs.set_active(f"{name}-worker", ready=1)
    return one


def load(case, name="t"):
    return ((case.test(name) or {}).get("status") or {}).get("load") or {}


def wait_for_load(case, name="t", holds=bool, timeout=15):
    return wait_for(f"live figures of {name}", lambda: load(case, name), holds, timeout)


def without_time(figures):
    return {key: value for key, value in figures.items() if key != "sampledAt"}
