"""A PostgreSQL that dies without a word is given up: 503 within 3 s, well again within 5 s of the server's return."""

import signal
import time
from contextlib import contextmanager

from ..case import case, check, expect, in_time, until
from ..crowd import slowest, together, told
from ..mail_server import MailServer
from ..portal import Portal
from ..postgres import Postgres
from ..relay import Relay

CALLERS = 20
# Those that pass each second or nearly so.
WORKERS = ("mail", "audit_sealer", "webhooks", "code_linkings")


@contextmanager
def behind_a_relay():
    with Postgres() as server, Relay(server.port) as relay:
        server.database()
        url = server.url(port=relay.port)
        with MailServer() as mails, Portal(url, players=40, DOVETAIL_THROTTLE="off", **mails.settings()) as portal:
            yield server, relay, portal


def signed_in(portal, number=4):
    return [portal.signed_in(player + 1, timeout=20) for player in range(number)]


def crowd(browsers):
    """Reads of signed-in players, who need the database for each page."""
    return together([lambda browser=browsers[place % len(browsers)]: browser.get("/account")
                     for place in range(CALLERS)])


def are_told(answers, what):
    check(all(answer.status in (200, 503) for answer in answers),
          f"{what}: {told(answers)} {[a.error for a in answers if a.error][:2]}")
    check(all(answer.retry_after for answer in answers if answer.status == 503), f"{what}: 503 without Retry-After")
    return in_time(slowest(answers), 3, 1, f"{what}: {told(answers)}, slowest")


def well_again(portal, browsers, what):
    took = until(lambda: all(answer.status == 200 for answer in crowd(browsers)), 30, what)
    return in_time(took, 5, 1.5, what)


def workers_pass(portal, back, what):
    """Every worker has passed well again since the server came `back`."""
    took = {}

    def none_late():
        for worker in WORKERS:
            passed = portal.metric("dovetail_worker_last_pass_timestamp_seconds", worker=worker)
            if passed > back:
                took.setdefault(worker, passed - back)
        return len(took) == len(WORKERS)
    try:
        until(none_late, 30, what)
    except AssertionError:
        raise AssertionError(f"{what}: only {took} after 30 s") from None
    return "; ".join(in_time(seconds, 5, 1.5, f"{worker} passes after") for worker, seconds in took.items())


@case
def frozen_back_ends():
    """The portal's back-ends are stopped; the server itself goes on."""
    with behind_a_relay() as (server, _, portal):
        browsers = signed_in(portal)
        crowd(browsers)
        frozen = server.backends()
        server.send(signal.SIGSTOP, frozen)
        said = [f"{len(frozen)} frozen", are_told(crowd(browsers), "meanwhile")]
        said.append(well_again(portal, browsers, "well with them frozen"))
        server.send(signal.SIGCONT, frozen)
        said.append(well_again(portal, browsers, "after they thaw"))
        return "; ".join(said)


def while_it_is_silent(begin, end, seconds=12):
    with behind_a_relay() as (server, relay, portal):
        browsers = signed_in(portal)
        crowd(browsers)
        begin(server, relay)
        said = []
        for round in range(2):
            said.append(are_told(crowd(browsers), f"round {round + 1}"))
        until(lambda: not portal.is_ready(), 6, "readiness turns false")
        check(portal.browser().get("/healthz").status == 200, "it is alive")
        # Some workers have met the silence by now, and wait before they try again.
        time.sleep(seconds)
        back = time.time()
        end(server, relay)
        said.append(well_again(portal, browsers, "pages well"))
        said.append(in_time(until(portal.is_ready, 20, "ready"), 5, 1.5, "ready"))
        said.append(workers_pass(portal, back, "workers well"))
        failed = portal.events("web.request.failed")
        expect(not failed, f"{len(failed)} requests were faults of ours, such as {str(failed[:1])[:300]}")
        return "; ".join(said)


@case
def frozen_server():
    """The whole server is stopped, and goes on."""
    return while_it_is_silent(lambda server, _: server.send(signal.SIGSTOP, server.processes()),
                              lambda server, _: server.send(signal.SIGCONT, server.processes()))


@case
def packets_swallowed():
    """Nothing passes in either direction; connections stay open."""
    return while_it_is_silent(lambda _, relay: relay.swallow(), lambda _, relay: relay.mend())


@case
def answers_swallowed():
    """What is asked arrives, and its answer does not."""
    return while_it_is_silent(lambda _, relay: relay.swallow("answered"), lambda _, relay: relay.mend())


@case
def line_frozen():
    """Nothing is read from the connections, and goes on where it stopped."""
    return while_it_is_silent(lambda _, relay: relay.freeze(), lambda _, relay: relay.mend())


@case
def host_gone():
    """Nothing passes, and no new connection is answered."""
    return while_it_is_silent(lambda _, relay: relay.vanish(), lambda _, relay: relay.mend())


@case
def cut_and_refused():
    """All connections are reset, and new ones too."""
    def begin(_, relay):
        relay.refuses = True
        relay.cut()
    return while_it_is_silent(begin, lambda _, relay: relay.mend())


@case
def killed_and_started():
    """The server is killed, and starts again."""
    def begin(server, _):
        server.stop("immediate")
    return while_it_is_silent(begin, lambda server, _: server.start())


@case
def cut_at_each_message():
    """The connection that carries the n-th answer is reset, for each n up to 25."""
    with behind_a_relay() as (_, relay, portal):
        browsers = signed_in(portal)
        statuses = {}
        for messages in range(25):
            relay.cut_after(messages)
            for _ in range(3):
                answers = together([lambda b=browser: b.get("/account") for browser in browsers[:2]]
                                   + [lambda: portal.browser().sign_in("player9@seed.example", follow=False)])
                for answer in answers:
                    statuses[answer.status] = statuses.get(answer.status, 0) + 1
            relay.mend()
        check(set(statuses) <= {200, 303, 503}, f"statuses {statuses}")
        check(not portal.events("web.request.failed"), f"faults: {portal.events('web.request.failed')[:1]}")
        return f"{statuses}"


@case
def commands():
    """Commands end with a word, and do not wait for ever."""
    said = []
    with behind_a_relay() as (server, relay, portal):
        relay.swallow()
        for arguments in (("doctor",), ("verify",), ("staff", "list"), ("keys", "status"), ("refresh",),
                          ("audit", "verify"), ("migrate", "status"), ("player", "export", "x")):
            began = time.monotonic()
            code, text = portal.command(*arguments, timeout=40)
            took = time.monotonic() - began
            name = " ".join(arguments)
            check(code is not None, f"dovetail {name} still ran after 40 s")
            check(code != 0 or arguments == ("doctor",), f"dovetail {name} ended with 0: {text[-200:]}")
            said.append(in_time(took, 10, 5, name))
    return "; ".join(said)


@case
def stopping_meanwhile():
    """SIGTERM while the database is silent ends the program within its grace."""
    with behind_a_relay() as (_, relay, portal):
        browsers = signed_in(portal)
        crowd(browsers)
        relay.swallow()
        crowd(browsers)
        return in_time(portal.stop(60), 20, 5, "stopped after")
