"""A wire between a client and a server that the test can cut."""

from __future__ import annotations

import contextlib
import socket
import threading

BLOCK = 1 << 14


class Proxy:
    """Passes bytes on to `port`; with a limit it breaks every connection once so many bytes have gone to the server."""

    def __init__(self, port: int) -> None:
        self._target, self._left, self._lock = port, float("inf"), threading.Lock()
        self._open: set[socket.socket] = set()
        self.cuts = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, size: int) -> None:
        """Let `size` more bytes through to the server, then nothing; 0 is a server that is away."""
        with self._lock:
            self._left = size
        if size == 0:
            self._hang_up()

    def mend(self) -> None:
        """Let everything through again."""
        with self._lock:
            self._left = float("inf")

    def close(self) -> None:
        """End."""
        self._door.close()
        self._hang_up()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            if self._left <= 0:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                client.close()
                continue
            self._open |= {client, server}
            for pair, counted in (((client, server), True), ((server, client), False)):
                threading.Thread(target=self._pass_on, args=(*pair, counted), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while block := source.recv(BLOCK):
                sink.sendall(block[: self._allowed(len(block))] if counted else block)
                if self._left <= 0:
                    self.cuts += 1
                    self._hang_up()
                    return
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            self._open.discard(end)
            end.close()

    def _allowed(self, size: int) -> int:
        with self._lock:
            allowed = int(min(size, self._left))
            self._left -= allowed
        return allowed

    def _hang_up(self) -> None:
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()
