"""The proxy examples of deploy/proxies, run for real: a newcomer registers and signs in through each over TLS, a game
opens a WebSocket, and headers of the player's own making count for nothing.

Only ports, names of files and the portals' addresses are put in; everything else is tested as it stands.
"""

import http.client
import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import warnings

from lib import (
    HOST, ROOT, Browser, GameClient, MailServer, NamedConnection, Portal, check, free_port, not_tried, registers, settings_of, signs_in, wait_until,
)


def example(name):
    with open(os.path.join(ROOT, "deploy/proxies", name), encoding="utf-8") as file:
        return file.read()


def put(text, *replacements):
    """Replaces each pattern, and insists that it stands there."""
    for pattern, with_this in replacements:
        text, count = re.subn(pattern, with_this, text, flags=re.MULTILINE)
        check(count > 0, f"the example has {pattern}")
    return text


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def certificate(folder):
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )
    with open(os.path.join(folder, "both.pem"), "w", encoding="utf-8") as both:
        both.write(open(cert, encoding="utf-8").read() + open(key, encoding="utf-8").read())
    return cert, key


def nginx(folder, public, plain, portals):
    cert, key = certificate(folder)
    inside = put(
        example("nginx.conf"),
        (r"listen 80;", f"listen 127.0.0.1:{plain};"), (r"^ *listen \[::\]:80;\n", ""),
        (r"listen 443 ", f"listen 127.0.0.1:{public} "), (r"^ *listen \[::\]:443 .*\n", ""),
        (r"/etc/nginx/portal.example.pem", cert), (r"/etc/nginx/portal.example.key", key),
        (r"^ *server 127.0.0.1:8080 (.*)$", "\n".join(rf"    server 127.0.0.1:{portal.port} \1" for portal in portals)),
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = write(
        folder, "nginx.conf",
        f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}\nhttp {{ access_log off;\n{temporary}\n{inside}\n}}\n",
    )
    return ["nginx", "-c", path], ["nginx", "-t", "-c", path]


def caddy(folder, public, plain, portals):
    # A certificate of its own authority instead of one from the internet; nothing else differs.
    path = write(
        folder, "Caddyfile",
        f"{{\n\thttp_port {plain}\n\thttps_port {public}\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n}}\n" + example("Caddyfile"),
    )
    os.environ.update(
        DOVETAIL_HOST=HOST, DOVETAIL_PORTALS=" ".join(f"127.0.0.1:{portal.port}" for portal in portals),
        # Each portal here has a port of its own for /readyz, where the example has one port on several machines.
        DOVETAIL_OPS_PORT=str(portals[0].operations), HOME=folder, XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder,
    )
    which = ["--config", path, "--adapter", "caddyfile"]
    return ["caddy", "run", *which], ["caddy", "validate", *which]


def haproxy(folder, public, plain, portals):
    certificate(folder)
    path = write(folder, "haproxy.cfg", put(
        example("haproxy.cfg"),
        (r"bind :80$", f"bind 127.0.0.1:{plain}"), (r"bind :443 ", f"bind 127.0.0.1:{public} "),
        (r"/etc/haproxy/portal.example.pem", os.path.join(folder, "both.pem")),
        (r"10\.0\.0\.11:8080", f"127.0.0.1:{portals[0].port} port {portals[0].operations}"),
        (r"10\.0\.0\.12:8080", f"127.0.0.1:{portals[-1].port} port {portals[-1].operations}"),
    ))
    return ["haproxy", "-db", "-f", path], ["haproxy", "-c", "-f", path]


def takes_only_new_tls(port):
    def version(highest):
        context = ssl._create_unverified_context()  # pylint: disable=protected-access
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, highest
        # Otherwise this machine's own OpenSSL would refuse, whatever the proxy says.
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", port), 5) as plain:
            with context.wrap_socket(plain, server_hostname=HOST) as wrapped:
                return wrapped.version()

    check(version(ssl.TLSVersion.TLSv1_2) == "TLSv1.2" and version(ssl.TLSVersion.TLSv1_3) == "TLSv1.3", "TLS 1.2 and 1.3 are taken")
    try:
        sys.exit(f"FAILED: {version(ssl.TLSVersion.TLSv1_1)} is taken")
    except (ssl.SSLError, ConnectionError):
        print("  ok: TLS 1.1 is refused")


def sends_plain_http_on(port):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asked.request("GET", "/sign-in", headers={"Host": HOST})
    answer = asked.getresponse()
    place = answer.getheader("Location") or ""
    check(answer.status == 308 and place.startswith(f"https://{HOST}"), f"plain HTTP is sent to {place}")


class Witness(http.server.ThreadingHTTPServer):
    """Stands where a portal stands, and keeps the headers it was sent."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/seen":
                self.server.seen = self.headers
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Answer)
        self.port = self.operations = self.server_address[1]
        self.seen = None
        threading.Thread(target=self.serve_forever, daemon=True).start()


LIES = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Request-Id": "aaaa-bbbb-cccc-dddd"}


def forwards_no_lies(make, folder):
    """The headers that the portal believes, as they arrive behind the proxy."""
    public, plain, witness = free_port(), free_port(), Witness()
    command, _ = make(folder, public, plain, [witness])
    with open(os.path.join(folder, "witness.log"), "wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as proxy:
        try:
            def is_seen():
                # Another address than the proxy's own, so that the two can be told apart.
                asked = NamedConnection("127.0.0.1", public, timeout=5, source_address=("127.0.0.77", 0))
                try:
                    asked.request("GET", "/seen", headers={"Host": f"{HOST}:{public}", **LIES})
                    return asked.getresponse().status == 200 and witness.seen
                except OSError:
                    return False

            wait_until(is_seen, "the proxy asks the witness")
            seen = witness.seen
            said = ",".join(seen.get_all("X-Forwarded-For", []))
            check(said.split(",")[-1].strip() == "127.0.0.77", f"X-Forwarded-For ends in the caller: {said}")
            said = ",".join(seen.get_all("X-Forwarded-Proto", []))
            check(said == "https", f"X-Forwarded-Proto is the proxy's word: {said}")
            check(seen["Host"] == f"{HOST}:{public}", f"Host is passed on: {seen['Host']}")
            said = seen.get_all("X-Request-Id", [])
            check(len(said) == 1 and re.fullmatch(r"[0-9A-Za-z-]{8,64}", said[0]) and said[0] != LIES["X-Request-Id"], f"X-Request-Id is the proxy's: {said}")
        finally:
            proxy.terminate()


def runs(name, make, folder):
    public, plain = free_port(), free_port()
    mail = MailServer()
    settings = settings_of(folder, mail, public)
    check(subprocess.run([os.environ["DOVETAIL"], "migrate"], env=settings, capture_output=True, check=False).returncode == 0, "the database is made")
    portal = Portal(settings, log=os.path.join(folder, "portal.log")).start()
    command, examine = make(folder, public, plain, [portal])
    said = subprocess.run(examine, capture_output=True, text=True, check=False)
    check(said.returncode == 0, f"{name} takes the example ({said.stderr.strip() if said.returncode else 'its own check'})")
    with open(os.path.join(folder, "proxy.log"), "wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as proxy:
        try:
            browser = Browser(public)

            def is_served():
                try:
                    return browser.visit("/sign-in") == 200
                except OSError:
                    return False

            wait_until(is_served, f"{name} serves; {folder}/proxy.log")
            registers(browser, mail, "dora@studio.example")
            signs_in(Browser(public), "dora@studio.example")
            check(Browser(public, LIES).visit("/sign-in") == 200, "a player's X-Forwarded-Proto is not believed")
            game = GameClient(public)
            check(game.status == 101 and game.connects(), "a game's WebSocket is passed through, and the game is let in")
            takes_only_new_tls(public)
            sends_plain_http_on(plain)
            check(portal.stop() == 0, "the portal stops well")
        finally:
            proxy.terminate()
            if portal.process.poll() is None:
                portal.process.kill()


def main():
    wanted = sys.argv[1:] or ["nginx", "caddy", "haproxy"]
    for name in wanted:
        print(f"{name}:")
        if not shutil.which(name):
            not_tried(f"deploy/proxies for {name}", f"{name} is not installed and cannot be")
            continue
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            runs(name, globals()[name], folder)
            forwards_no_lies(globals()[name], folder)
    not_tried("deploy/proxies/aws-load-balancer.md", "there is no AWS here")


# The versions of TLS that are tried on purpose.
warnings.simplefilter("ignore", DeprecationWarning)
main()
