"""Locust masters that only answer GET /stats/requests, each at an address of its own on
the loopback interface, with other figures each time."""

import asyncio
import contextlib
import json
import resource
import socket
import threading
from collections.abc import Iterator

_PER_NETWORK = 250
# Descriptors of this process that are no masters or connections to them.
_OTHER_FILES = 256
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_END_OF_REQUEST = b"\r\n\r\n"
_COUNT = 987654321  # stands for a number that grows


class Masters:
    """`samples`: how often all masters together were asked."""

    def __init__(self, addresses: list[str], port: int, endpoints: int):
        self.addresses = addresses
        self.port = port
        self.samples = 0
        self._parts = stats(endpoints, _COUNT).split(str(_COUNT))

    def answer(self) -> bytes:
        self.samples += 1
        body = str(self.samples).join(self._parts).encode()
        return (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body))


def stats(endpoints: int, count: int) -> str:
    """The answer of Locust 2.46 with so many endpoints and, where its figures grow,
    `count`."""
    row = {"method": "GET", "num_requests": count, "num_failures": 7,
           "min_response_time": 1, "max_response_time": 812,
           "avg_response_time": 41.72839506, "median_response_time": 37,
           "ninetieth_response_time": 91, "ninety_ninth_response_time": 230,
           "avg_content_length": 5120.0, "current_rps": 35.5,
           "current_fail_per_sec": 0.1, "total_rps": 35.12345678,
           "total_fail_per_sec": 0.01234567,
           "response_time_percentile_0.95": 110,
           "response_time_percentile_0.99": 230}
    rows = [{**row, "name": f"/shop/articles/{number}",
             "safe_name": f"/shop/articles/{number}"}
            for number in range(endpoints)]
    return json.dumps({
        "stats": [*rows, {**row, "name": "Aggregated",
                          "safe_name": "Aggregated", "method": ""}],
        "errors": [], "total_rps": 35.5, "total_fail_per_sec": 0.1,
        "current_rps": 35.5, "current_fail_per_sec": 0.1, "fail_ratio": 0.003,
        "current_response_time_percentiles": {
            "response_time_percentile_0.5": 37,
            "response_time_percentile_0.95": 110},
        "total_avg_response_time": 41.72839506, "state": "running",
        "user_count": 100, "worker_count": 2,
        "workers": [{"id": f"worker-{number}_0", "state": "running",
                     "user_count": 50, "cpu_usage": 20.5,
                     "memory_usage": 48123904} for number in range(2)]})


@contextlib.contextmanager
def masters(count: int, endpoints: int) -> Iterator[Masters]:
    """Runs them in a thread."""
    _allow_files(2 * count + _OTHER_FILES)
    addresses = [f"127.{1 + place // _PER_NETWORK}.0.{1 + place % _PER_NETWORK}"
                 for place in range(count)]
    sockets = _listen(addresses)
    made = Masters(addresses, sockets[0].getsockname()[1], endpoints)
    loop = asyncio.new_event_loop()
    for one in sockets:
        loop.run_until_complete(
            loop.create_server(lambda: _Connection(made), sock=one))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for one in sockets:
            one.close()
        loop.close()


class _Connection(asyncio.Protocol):
    def __init__(self, of: Masters):
        self._of = of
        self._read = b""

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        *requests, self._read = (self._read + data).split(_END_OF_REQUEST)
        for request in requests:
            asked = request.split(b" ", 2)[1] == b"/stats/requests"
            self._transport.write(self._of.answer() if asked else _NOT_FOUND)


def _listen(addresses: list[str]) -> list[socket.socket]:
    """All listen at the same port."""
    first = socket.create_server((addresses[0], 0))
    port = first.getsockname()[1]
    return [first, *(socket.create_server((one, port))
                     for one in addresses[1:])]


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE,
                       (min(max(soft, wanted), hard), hard))
