"""Starts the program with settings, as an operator does, and reads what it says of itself."""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time

from . import scratch
from .browser import Browser
from .case import check, until

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def program():
    """The program under test: `$DOVETAIL`, or what the checkout has built."""
    for path in (os.environ.get("DOVETAIL"), f"{TOP}/target/debug/dovetail", f"{TOP}/target/release/dovetail"):
        if path and os.path.exists(path):
            return path
    raise SystemExit("There is no program to try: `cargo build`, or say where it is in $DOVETAIL.")


def run(settings, *arguments, timeout=60):
    """Runs a command to its end. Returns its exit code and all that it said."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | settings
    try:
        done = subprocess.run([program(), *arguments], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    except subprocess.TimeoutExpired as late:
        return None, (late.output or b"").decode("utf-8", "replace")
    return done.returncode, done.stdout.decode("utf-8", "replace")


class Portal:
    """One copy of the portal. `url` of the database, or a file of its own."""

    def __init__(self, url=None, players=0, preload=None, log=None, **settings):
        self.folder = scratch.folder("portal")
        self.port, self.ops, self.amazon = scratch.free_port(), scratch.free_port(), scratch.free_port()
        self.database = url or f"sqlite:{self.folder}/dovetail.db"
        self.origin = settings.get("DOVETAIL_PUBLIC_URL", f"http://localhost:{self.port}")
        self.log_path = f"{self.folder}/log"
        self.log_to = log
        self.preload = preload or {}
        self.settings = {
            "DOVETAIL_MODE": "development",
            "DOVETAIL_LISTEN": f"127.0.0.1:{self.port}",
            "DOVETAIL_OPS_LISTEN": f"127.0.0.1:{self.ops}",
            "DOVETAIL_SIMULATOR_LISTEN": f"127.0.0.1:{self.amazon}",
            "DOVETAIL_PUBLIC_URL": self.origin,
            "DOVETAIL_DATABASE_URL": self.database,
            "DOVETAIL_LOG_FORMAT": "json",
            "DOVETAIL_SESSION_KEY": "fA2mZ0pVYk1oQeU8nXb4Jw6cRrT3sLhD9yKqGxN5vEaWtMiCzBuFjOdHl7PgS1I2uQnT5bYwEkXcVrZmAoLs0Q==",
            "DOVETAIL_TOKEN_KEYS": "one:q83kFz0XvWm1RjY7uTnBcLhE5sPaGdKoIiJxMwQyN2U=",
        } | settings
        self.settings = {name: value for name, value in self.settings.items() if value is not None}
        self.process = None
        if self.settings["DOVETAIL_MODE"] == "production":
            code, said = self.command("migrate")
            check(code == 0, f"migrate: {said}")
        if players:
            code, said = self.command("seed", "--players", str(players))
            check(code == 0, f"seed: {said}")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def start(self, within=30):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | self.settings | self.preload
        log = self.log_to if self.log_to is not None else open(self.log_path, "ab")
        self.process = subprocess.Popen([program(), "serve"], env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=log)
        if self.log_to is None:
            log.close()
        said = threading.Event()
        threading.Thread(target=self._listen, args=(self.process.stdout, said), daemon=True).start()
        until(lambda: said.is_set() or self.process.poll() is not None, within, "it starts")
        # What it said may still be on its way through the pipe.
        check(said.wait(1), f"it did not start ({self.process.poll()}): {self.log()[-2000:]}")
        return self

    @staticmethod
    def _listen(output, said):
        for line in output:
            if line.startswith(b"Dovetail is at"):
                said.set()

    def command(self, *arguments, **how):
        return run(self.settings, *arguments, **how)

    def signal(self, which):
        self.process.send_signal(which)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, within=30):
        """Asks it to end, and returns the seconds that took."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        self.process.wait(within)
        return time.monotonic() - began

    def browser(self, **how):
        return Browser(self.origin, at=("127.0.0.1", self.port), **how)

    def signed_in(self, player=1, **how):
        browser = self.browser(**how)
        page = browser.sign_in(f"player{player}@seed.example")
        for _ in range(8):
            if page.status != 503:
                break
            # The queue of the password hasher is short, and this machine may be busy.
            time.sleep(2)
            page = browser.sign_in(f"player{player}@seed.example")
        check(page.path == "/account" and page.status == 200, f"signing in: {page}")
        return browser

    def operations(self, path, timeout=10):
        connection = http.client.HTTPConnection("127.0.0.1", self.ops, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def is_ready(self):
        try:
            return self.operations("/readyz")[0] == 200
        except OSError:
            return False

    def metric(self, name, **labels):
        """The sum of the samples with these labels."""
        total = 0.0
        for line in self.operations("/metrics")[1].splitlines():
            found = re.match(r"(\w+)(?:\{(.*)\})? ([0-9.eE+-]+)$", line)
            if found and found.group(1) == name:
                has = dict(re.findall(r'(\w+)="([^"]*)"', found.group(2) or ""))
                if all(has.get(key) == value for key, value in labels.items()):
                    total += float(found.group(3))
        return total

    def log(self):
        if self.log_to is not None:
            return ""
        with open(self.log_path, "rb") as log:
            return log.read().decode("utf-8", "replace")

    def events(self, *names):
        found = []
        for line in self.log().splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event.get("event") in names or (event.get("fields") or {}).get("event") in names:
                found.append(event)
        return found

    def alerts(self):
        return [line for line in self.log().splitlines() if '"alert"' in line]

    def resident_kib(self, which="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(rf"{which}:\s+(\d+) kB", status.read()).group(1))

    def answers(self):
        """Whether a page that reads and writes the database is served."""
        try:
            browser = self.browser(timeout=6)
            return browser.sign_in("nobody@seed.example").status != 503
        except OSError:
            return False

    def is_well(self, within, what):
        return until(self.answers, within, what)


def verify(portal):
    """No row breaks an invariant, and the audit chain is whole."""
    for arguments in (("verify",), ("audit", "verify")):
        code, said = portal.command(*arguments, timeout=120)
        check(code == 0, f"dovetail {' '.join(arguments)}: {code}: {said[-1500:]}")
