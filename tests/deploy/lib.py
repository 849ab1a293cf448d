"""A production portal in a process of its own, and those who ask it: a browser, a game, a mail server. No dependencies."""

import atexit
import base64
import email
import hashlib
import hmac
import html.parser
import http.client
import json
import os
import re
import secrets
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("DOVETAIL", "")
SCRATCH = os.environ.get("SCRATCH", "")
HOST = "portal.example"
PASSWORD = "seven purple otters in a boat"
GAME_SECRET = secrets.token_hex(24)


def not_tried(what, why):
    """Says what could not be looked at, and notes it for the list at the end of tests/deploy/run."""
    line = f"NOT TRIED: {what}: {why}"
    print(line)
    if SCRATCH:
        with open(os.path.join(SCRATCH, "not-tried"), "a", encoding="utf-8") as notes:
            notes.write(line + "\n")


def check(is_so, says):
    """Ends the test where something is not so."""
    if not is_so:
        sys.exit(f"FAILED: {says}")
    print(f"  ok: {says}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(is_so, says, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return
        time.sleep(0.1)
    sys.exit(f"FAILED: waited {seconds} s in vain: {says}")


def answers(port, path="/healthz"):
    """The status of an answer over plain HTTP on this machine; 0 without one."""
    try:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        asked.request("GET", path)
        return asked.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail, and keeps its text."""

    allow_reuse_address = True
    daemon_threads = True

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 mail\r\n")
            while line := self.rfile.readline():
                verb = line[:4].upper().strip()
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    mail = b""
                    while (line := self.rfile.readline()) not in (b".\r\n", b""):
                        mail += line
                    self.server.mails.append(email.message_from_bytes(mail).get_payload(decode=True).decode())
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 well\r\n")
                if verb == b"QUIT":
                    return

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Conversation)
        self.mails = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def code(self, count):
        """The six digits of the newest mail, once `count` mails have come."""
        wait_until(lambda: len(self.mails) >= count, f"mail number {count}")
        return re.search(r"^\s*(\d{3}) ?(\d{3})\s*$", self.mails[-1], re.MULTILINE).expand(r"\1\2")


def run(settings, *arguments, program=None, stdin=None):
    """Runs a command of the program to its end: its exit code and its output."""
    done = subprocess.run(
        [program or PROGRAM, *arguments], env=settings, input=stdin, text=True, capture_output=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def new_keys():
    """The two required keys as `dovetail keys new` prints them."""
    code, said = run({}, "keys", "new")
    check(code == 0, "`dovetail keys new` prints keys")
    return dict(re.findall(r"^(DOVETAIL_\w+)=(\S+)$", said, re.MULTILINE))


def settings_of(folder, mail, public_port, database=None, **others):
    """Settings of production, with a database in the folder."""
    settings = {
        "DOVETAIL_LISTEN": f"127.0.0.1:{free_port()}",
        "DOVETAIL_OPS_LISTEN": f"127.0.0.1:{free_port()}",
        "DOVETAIL_PUBLIC_URL": f"https://{HOST}" + (f":{public_port}" if public_port else ""),
        "DOVETAIL_TRUSTED_PROXIES": "127.0.0.1",
        "DOVETAIL_DATABASE_URL": database or f"sqlite:{folder}/dovetail.db",
        "DOVETAIL_AMAZON_CLIENT_ID": f"amzn1.application-oa2-client.{secrets.token_hex(16)}",
        "DOVETAIL_AMAZON_CLIENT_SECRET": f"amzn1.oa2-cs.v1.{secrets.token_hex(32)}",
        "DOVETAIL_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
        "DOVETAIL_MAIL_FROM": "Studio <no-reply@studio.example>",
        "DOVETAIL_GAME_CREDENTIALS": f"dovetail:device:{GAME_SECRET}",
        **new_keys(),
    }
    settings.update(others)
    return settings


class Portal:
    """`dovetail serve` with these settings and no others."""

    def __init__(self, settings, command=None, log=None):
        self.settings = settings
        self.log = open(log or os.devnull, "ab")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            command or [PROGRAM, "serve"], env=settings, stdout=self.log, stderr=self.log
        )
        # A test that fails must leave nothing behind.
        atexit.register(self.process.kill)
        self.port = int(settings["DOVETAIL_LISTEN"].rsplit(":", 1)[1])
        self.operations = int(settings["DOVETAIL_OPS_LISTEN"].rsplit(":", 1)[1])

    def is_ready(self):
        return answers(self.operations, "/readyz") == 200

    def start(self):
        wait_until(lambda: self.is_ready() or self.process.poll() is not None, "the portal is ready", 60)
        check(self.process.poll() is None, f"the portal started at port {self.port}")
        return self

    def stop(self):
        """Asks it to stop, and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class Forms(html.parser.HTMLParser):
    """The forms of a page: address, fields with their values."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        elif tag == "input" and self.forms and given.get("name") and given.get("type") != "checkbox":
            self.forms[-1][1][given["name"]] = given.get("value", "")


class NamedConnection(http.client.HTTPSConnection):
    """To this machine, but asking for the portal by its name, as a browser does; a proxy may choose its certificate by it."""

    def connect(self):
        plain = socket.create_connection((self.host, self.port), self.timeout, self.source_address)
        self.sock = ssl._create_unverified_context().wrap_socket(plain, server_hostname=HOST)  # pylint: disable=protected-access


class Browser:
    """Keeps cookies and follows redirects, over TLS to a proxy on this machine that need not be vouched for.

    With `portal` it speaks to that portal itself, as a proxy in front of it would.
    """

    def __init__(self, port, headers=None, portal=None):
        self.port = port
        self.portal = portal
        self.host = f"{HOST}:{port}" if port else HOST
        self.origin = f"https://{self.host}"
        self.headers = headers or {}
        self.cookies = {}
        self.path = ""
        self.page = ""
        self.answer_headers = {}

    def ask(self, method, path, body=None):
        if self.portal:
            connection = http.client.HTTPConnection("127.0.0.1", self.portal.port, timeout=20)
            self.headers.update({"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"})
        else:
            connection = NamedConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Host": self.host, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", **self.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers.update({"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin})
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        self.page = answer.read().decode()
        self.answer_headers = dict(answer.getheaders())
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                name, value = value.split(";", 1)[0].split("=", 1)
                self.cookies[name] = value
        self.path = path
        place = answer.getheader("Location")
        if answer.status in (302, 303) and place:
            return self.ask("GET", place.removeprefix(self.origin))
        return answer.status

    def visit(self, path):
        return self.ask("GET", path)

    def fill(self, action, **values):
        """Sends the form of the page that goes to `action`."""
        forms = [form for form in Forms(self.page).forms if form[0].split("?")[0] == action]
        if not forms:
            sys.exit(f"FAILED: {self.path} has no form that goes to {action}")
        return self.ask("POST", forms[0][0], urllib.parse.urlencode({**forms[0][1], **values}))


def registers(browser, mail, address):
    """A newcomer with a password and a proven address, signed in."""
    before = len(mail.mails)
    browser.visit("/register")
    browser.fill("/register", display_name="Dora", email=address, password=PASSWORD)
    check(browser.path == "/register/verify", "a newcomer is asked for the mailed code")
    browser.fill("/register/verify", code=mail.code(before + 1))
    check(browser.visit("/account") == 200 and "Dora" in browser.page, "the code makes the account and signs in")


def signs_in(browser, address, password=PASSWORD):
    browser.visit("/sign-in")
    browser.fill("/sign-in", identifier=address, password=password)
    # After a reset the first page is the one that shows what else opens the account.
    check(browser.path in ("/account", "/account/security/access") and "Dora" in browser.page, "the password signs in")


class GameClient:
    """A game on a WebSocket over TLS (RFC 6455), as far as the handshake needs one."""

    def __init__(self, port):
        context = ssl._create_unverified_context()  # pylint: disable=protected-access
        plain = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket = context.wrap_socket(plain, server_hostname=HOST)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /ws/device/dovetail HTTP/1.1\r\nHost: {HOST}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.stream = self.socket.makefile("rb")
        self.status = int(self.stream.readline().split()[1])
        while self.stream.readline() not in (b"\r\n", b""):
            pass

    def hears(self):
        _, length = self.stream.read(2)
        length = int.from_bytes(self.stream.read(2), "big") if length == 126 else length
        return json.loads(self.stream.read(length))

    def says(self, message):
        text = json.dumps(message).encode()
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))
        length = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0xFE]) + len(text).to_bytes(2, "big")
        self.socket.sendall(b"\x81" + length + mask + masked)

    def connects(self):
        """Shows the game's credential; the id of the session."""
        nonce = self.hears()["nonce"]
        proof = base64.b64encode(hmac.new(GAME_SECRET.encode(), nonce.encode(), hashlib.sha256).digest()).decode()
        self.says({"@class": ".AuthenticatedConnectRequest", "hmac": proof, "platform": "Linux"})
        return self.hears().get("sessionId")
