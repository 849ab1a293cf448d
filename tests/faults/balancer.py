"""A TCP balancer as in front of a rolling restart: it asks each copy's `/readyz` and sends connections to the ready."""

import socket
import threading


class Balancer:
    def __init__(self, copies, every=0.3):
        self.copies, self.every = copies, every
        self.ready = set()
        self.closed = threading.Event()
        self.turn = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._look, daemon=True).start()
        threading.Thread(target=self._accept, daemon=True).start()

    def _look(self):
        while not self.closed.is_set():
            self.ready = {copy for copy in self.copies if copy.is_ready()}
            self.closed.wait(self.every)

    def _accept(self):
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(here,), daemon=True).start()

    def _serve(self, here):
        ready = [copy for copy in self.copies if copy in self.ready]
        if not ready:
            here.close()
            return
        self.turn += 1
        try:
            there = socket.create_connection(("127.0.0.1", ready[self.turn % len(ready)].port), 5)
        except OSError:
            here.close()
            return
        there.settimeout(None)
        back = threading.Thread(target=pump, args=(there, here), daemon=True)
        back.start()
        pump(here, there)

    def close(self):
        self.closed.set()
        self.listener.close()


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            try:
                end.close()
            except OSError:
                pass
