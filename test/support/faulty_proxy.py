"""A proxy between an operator and the API server that answers as a test defines.

It ends the operator's TLS and speaks HTTP/1.1 to both sides. What happens to whole
connections, with HTTP/2, is for gate.py.
"""

import base64
import contextlib
import http.client
import http.server
import random
import socket
import ssl
import struct
import threading
import time

from .certificates import make_certificate
from .kubeconfig import edited_kubeconfig

_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() sends RST
# Seconds; the operator waits for 10 for the answer to a status write, and for 30 for
# others.
STALL = 12.0


class FaultyProxy:
    """Passes everything on until faults are set.

    `rates` has, for each fault of an ordinary request, its share of a hundred:
    the names are methods of _Request. `watches` is called for each new watch, and
    returns its fault: `expired`, `expired_event`, `cut`, or None.
    """

    def __init__(self, api, folder, seed):
        self.rates = {}
        self.watches = lambda: None
        self.held = False  # watches report nothing
        self.requests = 0
        self.faults = 0
        self._dice = random.Random(seed)
        self._api = api
        self._open = set()
        folder.mkdir(parents=True, exist_ok=True)
        chain, _ = make_certificate(folder, "proxy")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "proxy.crt", folder / "proxy.key")
        self._server = _Server(self, context)
        self.kubeconfig = edited_kubeconfig(
            api.kubeconfig, folder / "kubeconfig",
            lambda cluster, _: cluster.update({
                "server": f"https://127.0.0.1:{self._server.server_port}",
                "certificate-authority-data": _base64(chain)}))
        threading.Thread(target=self._server.serve_forever, args=(0.1,),
                         daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def heal(self):
        """No faults from now on."""
        self.rates, self.watches, self.held = {}, lambda: None, False

    def draw(self):
        """The fault of the next request, or None."""
        drawn = self._dice.uniform(0, 100)
        for fault, percent in self.rates.items():
            drawn -= percent
            if drawn < 0:
                self.faults += 1
                return fault
        return None

    def upstream(self, timeout):
        return self._api._new_connection(timeout)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, proxy, context):
        self.proxy, self.context = proxy, context
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request, client_address):
        # Here, and not where connections are accepted, a handshake holds up nobody.
        self.proxy._open.add(request)
        try:
            request.settimeout(30)
            with self.context.wrap_socket(request, server_side=True) as wrapped:
                self.proxy._open.add(wrapped)
                try:
                    super().finish_request(wrapped, client_address)
                finally:
                    self.proxy._open.discard(wrapped)
        except (OSError, http.client.HTTPException):
            pass  # either side has closed the connection
        finally:
            self.proxy._open.discard(request)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *_):
        pass

    def _serve(self):
        proxy = self.server.proxy
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        proxy.requests += 1
        if "watch=true" in self.path or "watch=1" in self.path:
            self.close_connection = True
            _Watch(self, proxy).serve(proxy.watches())
            return
        _Request(self, proxy, body).serve(proxy.draw())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def forward(self, connection, body=None):
        headers = {name: value for name, value in self.headers.items()
                   if name.lower() not in _HOP_BY_HOP | {"host"}}
        connection.request(self.command, self.path, body, headers)
        return connection.getresponse()

    def answer(self, status, body, headers=(), sent=None):
        """`sent`: how many bytes of the body are; None: all."""
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        self.wfile.flush()

    def hang_up(self):
        """Closes the connection with RST."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


class _Request:
    """One request that is no watch, and what can become of it."""

    def __init__(self, handler, proxy, body):
        self._handler, self._proxy, self._body = handler, proxy, body

    def serve(self, fault):
        if fault is None:
            self._handler.answer(*self._ask())
        else:
            getattr(self, fault)()

    def _ask(self):
        connection = self._proxy.upstream(timeout=30)
        try:
            response = self._handler.forward(connection, self._body)
            return response.status, response.read(), response.getheaders()
        finally:
            connection.close()

    # -- faults ----------------------------------------------------------------

    def lost(self):
        """It is carried out, and the answer gets lost."""
        self._ask()
        self._handler.hang_up()

    def reset(self):
        self._handler.hang_up()

    def stall(self):
        """It is carried out, and nothing comes back for a long time."""
        self._ask()
        time.sleep(STALL)
        self._handler.hang_up()

    def truncated(self):
        """It is carried out, and half of the answer arrives."""
        status, body, headers = self._ask()
        self._handler.answer(status, body, headers, sent=len(body) // 2)
        self._handler.hang_up()

    def slow(self):
        time.sleep(1.5)
        self.serve(None)

    def error_500(self):
        self._refuse(500, "InternalError", "etcdserver: request timed out")

    def error_503(self):
        self._refuse(503, "ServiceUnavailable", "apiserver is shutting down")

    def error_429(self):
        self._refuse(429, "TooManyRequests", "too many requests")

    def error_429_later(self):
        self._refuse(429, "TooManyRequests", "too many requests, please try again later",
                     [("Retry-After", "1")])

    def bad_gateway(self):
        """What a load balancer says."""
        self._handler.answer(502, b"<html><body>Bad Gateway</body></html>",
                             [("Content-Type", "text/html")])

    def _refuse(self, status, reason, message, headers=()):
        self._handler.answer(status, _status(status, reason, message),
                             [("Content-Type", "application/json"), *headers])


class _Watch:
    """One watch, and what can become of it."""

    def __init__(self, handler, proxy):
        self._handler, self._proxy = handler, proxy

    def serve(self, fault):
        if fault is not None:
            self._proxy.faults += 1
        if fault == "expired":
            self._handler.answer(410, _status(410, "Expired", "too old resource version"),
                                 [("Content-Type", "application/json")])
        elif fault == "expired_event":
            event = (b'{"type":"ERROR","object":'
                     + _status(410, "Expired", "too old resource version") + b"}\n")
            self._handler.answer(200, event, [("Content-Type", "application/json")])
        else:
            self._pass_on(cut_soon=fault == "cut")

    def _pass_on(self, cut_soon):
        """`cut_soon`: it ends within a second, in mid-line where there is one."""
        connection = self._proxy.upstream(timeout=None)
        try:
            response = self._handler.forward(connection)
            if response.status != 200:
                self._handler.answer(response.status, response.read(),
                                     response.getheaders())
                return
            self._handler.send_response_only(200)
            self._handler.send_header("Content-Type", "application/json")
            self._handler.send_header("Transfer-Encoding", "chunked")
            self._handler.end_headers()
            self._handler.wfile.flush()
            end = threading.Timer(1.0, _shut, [connection.sock]) if cut_soon else None
            if end:
                end.start()
            self._stream(response, cut_soon)
        finally:
            connection.close()

    def _stream(self, response, cut_soon):
        while data := response.read1(1 << 16):
            while self._proxy.held:
                time.sleep(0.1)
            if cut_soon and self._proxy._dice.random() < 0.3:
                self._chunk(data[:len(data) // 2])
                self._handler.hang_up()
                return
            self._chunk(data)
        if not cut_soon:
            self._handler.wfile.write(b"0\r\n\r\n")

    def _chunk(self, data):
        self._handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self._handler.wfile.flush()


def _shut(sock):
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _status(code, reason, message):
    return (f'{{"kind":"Status","apiVersion":"v1","metadata":{{}},"status":"Failure",'
            f'"message":"{message}","reason":"{reason}","code":{code}}}').encode()


def _base64(text):
    return base64.b64encode(text.encode()).decode()
