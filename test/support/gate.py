"""A TCP proxy in front of an API server that can be closed and opened."""

import contextlib
import socket
import threading

from .kubeconfig import edited_kubeconfig


class Gate:
    """Refuses connections until it is opened, then forwards to `target`."""

    def __init__(self, target):
        self._target = target
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._listener = None
        self._open = []
        self._muted = threading.Event()
        self._silent = threading.Event()  # of the connections that are open

    def open(self):
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,),
                         daemon=True).start()

    def close(self):
        """Refuses new connections and closes existing ones."""
        for one in [self._listener, *self._open]:
            if one:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
        self._open.clear()

    def drop_writes(self):
        """From now on discards data that is sent to `target`."""
        self._muted.set()

    def silence(self):
        """Nothing gets through the connections that are open, which nobody closes.
        New ones work."""
        self._silent.set()
        self._silent = threading.Event()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for a, b, reasons in ((near, far, (self._muted, self._silent)),
                                      (far, near, (self._silent,))):
                    threading.Thread(target=_pump, args=(a, b, reasons),
                                     daemon=True).start()


def open_gate(api, folder):
    """A gate to this API server that is open, and has the `kubeconfig` to use it."""
    made = Gate((api.host.hostname, api.host.port))
    made.kubeconfig = edited_kubeconfig(
        api.kubeconfig, folder / f"gate-{made.port}",
        lambda cluster, _: cluster.update(server=f"https://127.0.0.1:{made.port}"))
    made.open()
    return made


def _pump(source, sink, reasons):
    """Passes data on, unless there is a reason to discard it."""
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            if not any(reason.is_set() for reason in reasons):
                sink.sendall(data)
    for one in (source, sink):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
