"""Clients that read slowly, open too many connections or write bad heads; and letters that were under way at a kill."""

import socket
import time

from .. import production
from ..browser import Browser
from ..case import case, check, expect, in_time, until
from ..mail_server import MailServer
from ..portal import Portal


def connect(portal, source="127.0.0.1", buffer=None):
    end = socket.socket()
    if buffer:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    end.settimeout(10)
    end.bind((source, 0))
    end.connect(("127.0.0.1", portal.port))
    return end


def established(portal):
    """How many connections to the portal's port it still holds, as the kernel says."""
    count = 0
    with open("/proc/net/tcp") as table:
        for line in list(table)[1:]:
            fields = line.split()
            if int(fields[1].split(":")[1], 16) == portal.port and fields[3] in ("01", "08", "04"):
                count += 1
    return count


def reader(portal, pages, read):
    """Asks for many pages at once, and reads as `read` says. Returns after how long the portal let go."""
    end = connect(portal, buffer=4096)
    request = f"GET /privacy HTTP/1.1\r\nHost: localhost:{portal.port}\r\n\r\n".encode() * pages
    end.setblocking(False)
    sent, began = 0, time.monotonic()
    while sent < len(request) and time.monotonic() - began < 3:
        try:
            sent += end.send(request[sent:sent + 65536])
        except BlockingIOError:
            time.sleep(0.05)
        except OSError:
            break
    while time.monotonic() - began < 60:
        if established(portal) == 0:
            return time.monotonic() - began
        try:
            read(end)
        except BlockingIOError:
            pass
        except OSError:
            return time.monotonic() - began
        time.sleep(0.5)
    end.close()
    return None


def lets_go(pages, read, what):
    with Portal() as portal:
        took = reader(portal, pages, read)
        check(took is not None, f"{what}: the connection is still held after 60 s")
        return in_time(took, 35, 5, f"{what}: let go after")


@case
def reads_nothing():
    """4,000 pipelined pages, of which nothing is read."""
    return lets_go(4000, lambda end: None, "4,000 pages, nothing read")


@case
def reads_drops():
    """100 bytes each half second."""
    return lets_go(4000, lambda end: end.recv(100), "4,000 pages, 200 bytes a second")


@case
def reads_a_page_slowly():
    """40 pages, nothing read."""
    return lets_go(40, lambda end: None, "40 pages, nothing read")


@case
def connections_of_an_address():
    """One address may hold so many connections, and others still get in."""
    with Portal() as portal:
        held = []
        for _ in range(3000):
            try:
                end = connect(portal)
            except OSError:
                break
            held.append(end)
        time.sleep(2)
        kept = established(portal)
        page = Browser(portal.origin, at=("127.0.0.1", portal.port), source="127.0.0.2").get("/healthz")
        check(page.status == 200, f"another address: {page}")
        for end in held:
            end.close()
        check(kept < 1000, f"{kept} of {len(held)} connections of one address are held")
        return f"{kept} of {len(held)} held"


@case
def bare_line_feeds():
    """A head whose lines end with LF alone is refused, and so are its neighbours."""
    said = []
    with Portal() as portal:
        host = f"Host: localhost:{portal.port}"
        for what, head in (("LF everywhere", f"GET /healthz HTTP/1.1\n{host}\n\n"),
                           ("LF after the request line", f"GET /healthz HTTP/1.1\n{host}\r\n\r\n"),
                           ("LF after a header", f"GET /healthz HTTP/1.1\r\n{host}\nX-A: b\r\n\r\n"),
                           ("LF at the end", f"GET /healthz HTTP/1.1\r\n{host}\r\n\n"),
                           ("bare CR", f"GET /healthz HTTP/1.1\r\n{host}\rX-A: b\r\n\r\n"),
                           ("folded header", f"GET /healthz HTTP/1.1\r\n{host}\r\nX-A: b\r\n c\r\n\r\n"),
                           ("space before the colon", f"GET /healthz HTTP/1.1\r\n{host}\r\nX-A : b\r\n\r\n"),
                           ("two hosts", f"GET /healthz HTTP/1.1\r\n{host}\r\nHost: b\r\n\r\n"),
                           ("length and chunks", f"POST /sign-in HTTP/1.1\r\n{host}\r\nContent-Length: 3\r\n"
                                                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                           ("two lengths", f"POST /sign-in HTTP/1.1\r\n{host}\r\nContent-Length: 3\r\n"
                                           "Content-Length: 4\r\n\r\nabcd")):
            end = connect(portal)
            end.sendall(head.encode())
            try:
                answer = end.recv(4096).split(b"\r\n")[0].decode()
            except OSError as error:
                answer = type(error).__name__
            end.close()
            expect("HTTP/1.1 4" in answer or answer == "", f"{what}: {answer}")
            said.append(f"{what} {answer[9:12]}")
    return ", ".join(said)


@case
def request_ids():
    """`X-Request-Id` is believed from nobody, unless a setting says so."""
    with Portal() as portal:
        page = portal.browser(headers={"X-Request-Id": "of-a-visitor-1234"}).get("/sign-in")
        expect(page.headers["x-request-id"] != "of-a-visitor-1234", "a visitor chose it")
    with Portal(**production.settings()) as portal:
        headers = {"X-Request-Id": "of-a-visitor-1234", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5"}
        page = portal.browser(headers=headers).get("/sign-in")
        expect(page.headers["x-request-id"] != "of-a-visitor-1234",
               "a visitor chose it through a trusted proxy that passes headers on")
    return "made by the portal"


@case
def letters_at_a_kill():
    """Letters that were being sent when the portal was killed leave within a minute of its start."""
    with MailServer() as mails, Portal(DOVETAIL_THROTTLE="off", **mails.settings()) as portal:
        mails.slowness = 6
        addresses = [f"letter{n}@faults.example" for n in range(6)]
        for address in addresses:
            browser = portal.browser(timeout=30)
            page = browser.submit(browser.get("/register"), "/register", display_name="Letter", email=address,
                                  password="letters that leave in time")
            check(page.status == 200, f"{page}")
        until(lambda: mails.begun >= 1, 20, "a letter is under way")
        portal.kill()
        mails.slowness = 0
        time.sleep(7)
        before = len(mails.letters)
        portal.start()
        began = time.monotonic()
        # Those that the dead copy had handed over count as well: they arrive once or twice, but they arrive.
        try:
            until(lambda: portal.metric("dovetail_mails_waiting") == 0, 400, "no letter waits")
        except AssertionError:
            return check(False, f"after 400 s {portal.metric('dovetail_mails_waiting'):.0f} letters wait")
        took = time.monotonic() - began
        missing = [address for address in addresses if not mails.to(address)]
        check(not missing, f"never came: {missing}")
        return in_time(took, 60, 5, f"{before} came before; the last left after")
