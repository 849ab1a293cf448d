"""Memory under abuse: at most base + 64 MiB + 32 KiB a connection, while a signed-in player is served throughout."""

import base64
import gzip
import os
import resource
import socket
import struct
import threading
import time

from ..case import NotTried, case, check, expect
from ..portal import Portal

MIB = 1024
A_CONNECTION_KIB = 32


def enough_files(number):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < number:
        raise NotTried(f"a process may open {hard} files here, {number} are wanted")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Abuse:
    """Connections from many addresses of this machine, beside a player who asks for `/account` all the while."""

    def __init__(self, portal, files=12000):
        enough_files(files)
        self.portal = portal
        self.ends = []
        self.refused = 0
        self.answers = {}
        self.slowest = 0
        self.over = threading.Event()
        self.player = portal.signed_in()
        for _ in range(30):
            self.player.get("/account")
        self.base = portal.resident_kib()
        self.peak = self.base
        self.threads = [threading.Thread(target=what, daemon=True) for what in (self._play, self._measure)]
        for thread in self.threads:
            thread.start()

    def _play(self):
        while not self.over.is_set():
            try:
                page = self.player.get("/account", follow=False)
                status, self.slowest = page.status, max(self.slowest, page.seconds)
            except OSError as error:
                status = type(error).__name__
            self.answers[status] = self.answers.get(status, 0) + 1
            self.over.wait(0.1)

    def _measure(self):
        while not self.over.is_set():
            self.peak = max(self.peak, self.portal.resident_kib())
            self.over.wait(0.05)

    def connect(self, source, first=b""):
        end = socket.socket()
        try:
            end.settimeout(5)
            end.bind((source, 0))
            end.connect(("127.0.0.1", self.portal.port))
            if first:
                end.sendall(first)
        except OSError:
            self.refused += 1
            end.close()
            return None
        self.ends.append(end)
        return end

    def end(self, what):
        # What was sent last is still being read.
        time.sleep(3)
        self.over.set()
        for thread in self.threads:
            thread.join(30)
        self.peak = max(self.peak, self.portal.resident_kib())
        connections = len(self.ends)
        for end in self.ends:
            end.close()
        check(self.portal.process.poll() is None, "the portal has ended")
        time.sleep(2)
        bound = self.base + 64 * MIB + connections * A_CONNECTION_KIB
        expect(self.peak <= bound, f"peak {self.peak // MIB} MiB, bound {bound // MIB} MiB")
        expect(set(self.answers) == {200}, f"the player was answered {self.answers}")
        return (f"{what}: {connections} connections, {self.refused} refused; base {self.base // MIB} MiB, peak "
                f"{self.peak // MIB}, bound {bound // MIB}, afterwards {self.portal.resident_kib() // MIB}; "
                f"/account {self.answers}, slowest {self.slowest:.1f} s")


def sources(number=20):
    return [f"127.0.1.{n}" for n in range(1, number + 1)]


def upgrade(portal):
    key = base64.b64encode(os.urandom(16)).decode()
    return (f"GET /ws/device/dovetail HTTP/1.1\r\nHost: localhost:{portal.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode()


def frame_head(length):
    return b"\x81\xfe" + struct.pack(">H", length) + os.urandom(4)


@case
def half_frames():
    """200 sockets from each of 20 addresses, each with half a frame that never ends."""
    with Portal(players=2) as portal:
        abuse = Abuse(portal)
        for _ in range(200):
            for source in sources():
                end = abuse.connect(source, upgrade(portal))
                if end:
                    try:
                        end.sendall(frame_head(16000) + b"x" * 8000)
                    except OSError:
                        pass
        time.sleep(5)
        return abuse.end("half frames")


def slowly(portal, head, part, seconds=25, connections=2000):
    abuse = Abuse(portal)
    for number in range(connections):
        abuse.connect(sources()[number % 20], head)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for end in abuse.ends:
            try:
                end.send(part)
            except OSError:
                pass
        time.sleep(1)
    return abuse


@case
def slow_bodies():
    """2,000 forms whose bodies trickle."""
    with Portal(players=2) as portal:
        head = (f"POST /sign-in HTTP/1.1\r\nHost: localhost:{portal.port}\r\nContent-Length: 16000\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\n").encode() + b"identifier=" + b"x" * 8000
        return slowly(portal, head, b"x" * 50).end("slow bodies")


@case
def slow_chunks():
    """2,000 bodies in chunks that trickle, and never end."""
    with Portal(players=2) as portal:
        head = (f"POST /sign-in HTTP/1.1\r\nHost: localhost:{portal.port}\r\nTransfer-Encoding: chunked\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\n").encode()
        return slowly(portal, head, b"1\r\nx\r\n").end("slow chunks")


@case
def slow_headers():
    """2,000 heads that trickle."""
    with Portal(players=2) as portal:
        head = f"GET /sign-in HTTP/1.1\r\nHost: localhost:{portal.port}\r\nX-Slow: ".encode()
        return slowly(portal, head, b"x" * 20).end("slow headers")


@case
def huge_headers():
    """500 heads of a mebibyte, and 500 of a hundred thousand lines."""
    with Portal(players=2) as portal:
        abuse = Abuse(portal)
        for number in range(1000):
            lines = b"X-Huge: " + b"x" * (1 << 20) if number % 2 else b"X: y\r\n" * 100000
            end = abuse.connect(sources()[number % 20])
            if end:
                try:
                    end.sendall(f"GET /sign-in HTTP/1.1\r\nHost: localhost:{portal.port}\r\n".encode() + lines)
                except OSError:
                    pass
        return abuse.end("huge headers")


@case
def compressed_junk():
    """Forms, requests of games and of the API that say they are compressed: bombs, and junk."""
    with Portal(players=2) as portal:
        bomb = gzip.compress(b"\0" * (16 << 20), 9)
        abuse = Abuse(portal)
        statuses = {}
        for number in range(400):
            path = ("/sign-in", "/rs/server/development-server-secret-0002/AccountDetailsRequest",
                    "/api/v1/players/x/amazon-link/access-token", "/amazon/callback")[number % 4]
            body = bomb if number % 8 < 4 else os.urandom(12000)
            coding = ("gzip", "br", "zstd", "deflate")[number // 4 % 4]
            end = abuse.connect(sources()[number % 20])
            if end:
                try:
                    end.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost:{portal.port}\r\nContent-Encoding: {coding}\r\n"
                                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
                                .encode() + body)
                    status = end.recv(4096)[9:12].decode()
                except OSError as error:
                    status = type(error).__name__
                statuses[status] = statuses.get(status, 0) + 1
        expect(not any(status.startswith("5") for status in statuses), f"{statuses}")
        return abuse.end(f"compressed junk, answers {statuses}")


@case
def half_open_handshakes():
    """10,000 sockets of games that begin the handshake and say no more; half of them before, half after the upgrade."""
    with Portal(players=2) as portal:
        abuse = Abuse(portal)
        places = sources(100)
        for number in range(10000):
            head = upgrade(portal)
            abuse.connect(places[number % 100], head if number % 2 else head[:-2])
        time.sleep(3)
        return abuse.end("half-open handshakes")


@case
def clients_guessing():
    """30 clients guess passwords for 30 s, each from an address of its own."""
    with Portal(players=200) as portal:
        abuse = Abuse(portal)
        ends = time.monotonic() + 30
        statuses = {}

        def guess(number):
            turn = 0
            while time.monotonic() < ends:
                turn += 1
                browser = portal.browser(source=f"127.0.2.{number}")
                try:
                    page = browser.sign_in(f"player{(number * 7 + turn) % 190 + 3}@seed.example", f"a wrong guess {turn}")
                    status = page.status
                except (OSError, AssertionError) as error:
                    status = type(error).__name__
                statuses[status] = statuses.get(status, 0) + 1
        guessers = [threading.Thread(target=guess, args=(number,)) for number in range(1, 31)]
        for guesser in guessers:
            guesser.start()
        for guesser in guessers:
            guesser.join(60)
        hashes = portal.metric("dovetail_password_hashes_total")
        said = abuse.end(f"guessing, answers {statuses}, {hashes:.0f} hashes")
        return said
