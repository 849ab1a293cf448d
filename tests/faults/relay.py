"""A TCP relay that can freeze, cut, swallow, lead elsewhere, and be gone as a host is gone."""

import select
import socket
import struct
import threading

from . import scratch


class Relay:
    """Stands before `port` on this machine. Everything passes, until it is told otherwise."""

    def __init__(self, port):
        self.target = port
        self.port = scratch.free_port()
        self.swallows = set()
        self.frozen = False
        self.refuses = False
        self.budget = None
        self.pairs = []
        self.lock = threading.Lock()
        self.fillers = []
        self.closed = False
        self._listen()

    def _listen(self, backlog=128):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(backlog)
        if backlog:
            threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            if self.refuses:
                reset(here)
                continue
            try:
                there = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                reset(here)
                continue
            there.settimeout(None)
            pair = (here, there)
            with self.lock:
                self.pairs.append(pair)
            for direction, (source, sink) in (("asked", pair), ("answered", pair[::-1])):
                threading.Thread(target=self._pass, args=(direction, source, sink, pair), daemon=True).start()

    def _pass(self, direction, source, sink, pair):
        try:
            while True:
                select.select([source], [], [], None)
                while self.frozen and not self.closed:
                    threading.Event().wait(0.02)
                data = source.recv(65536)
                if not data:
                    break
                if direction in self.swallows:
                    continue
                if self.budget is not None and direction == "answered":
                    self.budget -= 1
                    if self.budget < 0:
                        self.budget = None
                        self._drop(pair)
                        return
                sink.sendall(data)
        except (OSError, ValueError):
            pass
        self._drop(pair, politely=True)

    def _drop(self, pair, politely=False):
        with self.lock:
            if pair in self.pairs:
                self.pairs.remove(pair)
        for end in pair:
            try:
                if politely:
                    end.shutdown(socket.SHUT_RDWR)
                else:
                    reset(end)
            except OSError:
                pass

    def swallow(self, *directions):
        """What is "asked" or "answered" arrives here and goes no further."""
        self.swallows = set(directions or ("asked", "answered"))

    def freeze(self):
        """Nothing is read any more, so the buffers of the sender fill up."""
        self.frozen = True

    def cut(self):
        """All connections are reset."""
        for pair in list(self.pairs):
            self._drop(pair)

    def cut_after(self, messages):
        """The connection that carries the n-th further answer is reset instead."""
        self.budget = messages

    def vanish(self):
        """As if the host were gone: nothing passes, and no handshake is answered, because the queue is full."""
        self.swallow()
        self._close_listener()
        self._listen(backlog=0)
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self.fillers.append(filler)

    def mend(self):
        """All is well again. Connections that have lost something are reset, as a host that was away does it."""
        lost, self.swallows, self.frozen, self.refuses, self.budget = bool(self.swallows), set(), False, False, None
        if lost:
            self.cut()
        if self.fillers:
            for filler in self.fillers:
                filler.close()
            self.fillers = []
            self._close_listener()
            self._listen()

    def close(self):
        self.closed = True
        self._close_listener()
        self.cut()

    def _close_listener(self):
        try:
            # Wakes the thread that waits in it, which would keep it open.
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def reset(end):
    """Closes with RST in place of FIN."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()
