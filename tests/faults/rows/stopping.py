"""A second signal ends at once; readiness turns first and the listener stays for a pause; rolling restarts lose nothing."""

import signal
import socket
import threading
import time

from ..balancer import Balancer
from ..case import case, check, expect, in_time, until
from ..crowd import ask
from ..portal import Portal
from ..postgres import Postgres


def slow_request(portal):
    """A form whose body never comes to its end, on a connection that stays open."""
    connection = socket.create_connection(("127.0.0.1", portal.port))
    connection.sendall(f"POST /sign-in HTTP/1.1\r\nHost: localhost:{portal.port}\r\nContent-Length: 500\r\n"
                       "Content-Type: application/x-www-form-urlencoded\r\n\r\ncsrf=".encode())
    time.sleep(0.5)
    return connection


@case
def second_signal():
    """Each pair of SIGTERM and SIGINT, while a request is open."""
    said = []
    for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT),
                          (signal.SIGINT, signal.SIGTERM), (signal.SIGINT, signal.SIGINT)):
        with Portal(DOVETAIL_HTTP_BODY_DEADLINE="1min") as portal:
            connection = slow_request(portal)
            portal.signal(first)
            time.sleep(1)
            expect(portal.process.poll() is None, f"{first.name} alone did not wait for the request")
            began = time.monotonic()
            portal.signal(second)
            portal.process.wait(30)
            said.append(in_time(time.monotonic() - began, 0.5, 1, f"{first.name} {second.name}"))
            connection.close()
    return "; ".join(said)


@case
def second_signal_in_the_pause():
    """Also while the listener is still open, and with a database that is silent."""
    with Portal(DOVETAIL_STOP_PAUSE="1min") as portal:
        portal.signal(signal.SIGTERM)
        time.sleep(0.5)
        began = time.monotonic()
        portal.signal(signal.SIGINT)
        portal.process.wait(30)
        said = in_time(time.monotonic() - began, 0.5, 1, "in the pause")
    with Postgres() as server:
        with Portal(server.database()) as portal:
            portal.answers()
            server.send(signal.SIGSTOP, server.processes())
            threading.Thread(target=portal.answers, daemon=True).start()
            time.sleep(1)
            portal.signal(signal.SIGTERM)
            time.sleep(0.3)
            began = time.monotonic()
            portal.signal(signal.SIGTERM)
            portal.process.wait(30)
            return said + "; " + in_time(time.monotonic() - began, 0.5, 1, "with a silent database")


@case
def pause():
    """Readiness turns false at once, the listener takes requests for the pause, and an open request is answered."""
    with Portal(players=2, DOVETAIL_STOP_PAUSE="4s") as portal:
        browser = portal.signed_in()
        began = time.monotonic()
        portal.signal(signal.SIGTERM)
        turned = until(lambda: not portal.is_ready(), 3, "readiness turns")
        taken = 0
        while time.monotonic() - began < 3.5:
            check(browser.get("/account").status == 200, "a request in the pause")
            taken += 1
        portal.process.wait(30)
        took = time.monotonic() - began
        check(took >= 3.9, f"it ended after {took:.1f} s, before its pause was over")
        check(portal.process.returncode == 0, f"exit code {portal.process.returncode}")
        return f"not ready after {turned:.1f} s; {taken} requests answered meanwhile; ended after {took:.1f} s"


@case
def grace():
    """A request that does not end is waited for no longer than the grace."""
    with Portal(DOVETAIL_SHUTDOWN_GRACE="3s", DOVETAIL_HTTP_BODY_DEADLINE="1min") as portal:
        connection = slow_request(portal)
        took = portal.stop(30)
        connection.close()
        return in_time(took, 3, 2, "ended after")


@case
def rolling_restarts():
    """Two copies behind a balancer are restarted in turn, twice, under readers and writers."""
    with Postgres() as server:
        url = server.database()
        first = Portal(url, players=20, DOVETAIL_THROTTLE="off", DOVETAIL_STOP_PAUSE="2s")
        copies = [first, Portal(url, DOVETAIL_THROTTLE="off", DOVETAIL_STOP_PAUSE="2s")]
        balancer = Balancer(copies)
        origin = f"http://localhost:{balancer.port}"
        for copy in copies:
            copy.settings["DOVETAIL_PUBLIC_URL"] = copy.origin = origin
            copy.start()
        until(lambda: len(balancer.ready) == 2, 20, "both copies ready")
        answers, lost, over, saved = [], [], threading.Event(), {}

        def visit(player, browser):
            page = browser.get("/account/profile")
            turn = 0
            while not over.is_set():
                turn += 1
                answer = ask(lambda: browser.get("/account", follow=False))
                answers.append(answer)
                name = f"Rolled {player} {turn}"
                wrote = ask(lambda: browser.submit(page, "/account/profile", follow=False, display_name=name))
                answers.append(wrote)
                if wrote.status == 303:
                    saved[player] = name
                lost.extend(a for a in (answer, wrote) if a.status not in (200, 303))
                time.sleep(0.05)
            shown = browser.get("/account/profile").form("/account/profile").fields["display_name"]
            if shown != saved.get(player):
                lost.append(ask(lambda: check(False, f"{saved.get(player)!r} was acknowledged, {shown!r} stored")))
        browsers = [first.signed_in(player) for player in range(1, 7)]
        for browser in browsers:
            browser.at = ("127.0.0.1", balancer.port)
        visitors = [threading.Thread(target=visit, args=(player, browser)) for player, browser in enumerate(browsers, 1)]
        for visitor in visitors:
            visitor.start()
        time.sleep(2)
        for copy in copies * 2:
            copy.stop(40)
            copy.start()
            until(lambda: copy in balancer.ready, 20, "ready again")
            time.sleep(1)
        over.set()
        for visitor in visitors:
            visitor.join(60)
        for copy in copies:
            copy.kill()
        balancer.close()
        expect(not lost, f"{len(lost)} of {len(answers)} lost: {[(a.status, a.error) for a in lost[:3]]}")
        return f"4 restarts, {len(answers)} requests, {len(lost)} lost"
