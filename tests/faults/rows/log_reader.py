"""The log never stops the portal: a reader that sleeps costs lines, and they are counted."""

import os
import signal

from .. import scratch
from ..case import case, check, expect, until
from ..portal import Portal

# The program keeps some thousands of lines for a reader that sleeps.
PAGES = 3000
TOO_MANY = 6000


def visits(portal, number):
    browser, slow = portal.browser(timeout=10), 0
    for _ in range(number):
        page = browser.get("/healthz")
        check(page.status == 200, f"{page}")
        slow = max(slow, page.seconds)
    return slow


@case
def sleeping_reader():
    """The log is a pipe, and its reader does not read for thousands of lines."""
    reading, writing = os.pipe()
    with Portal(players=2, log=writing) as portal:
        os.close(writing)
        slow = visits(portal, PAGES)
        browser = portal.signed_in()
        check(browser.get("/account").status == 200, "a page")
        dropped = until(lambda: True, 1, "") or portal.metric("dovetail_log_lines_dropped_total")
        # Then the reader wakes, and hears of later requests.
        heard = os.read(reading, 1 << 20)
        os.set_blocking(reading, False)

        def is_heard():
            nonlocal heard
            browser.get("/account")
            try:
                heard += os.read(reading, 1 << 22)
            except BlockingIOError:
                pass
            return b"/account\"" in heard
        woke = until(is_heard, 20, "lines after the reader woke")
        portal.signal(signal.SIGTERM)
        portal.process.wait(30)
        return f"{PAGES} requests, slowest {slow:.2f} s; {dropped:.0f} lines dropped; read on after {woke:.1f} s"


@case
def reader_sleeps_for_very_long():
    """As many lines as no queue holds: what is lost is counted, and stopping does not wait for the reader."""
    reading, writing = os.pipe()
    with Portal(players=2, log=writing) as portal:
        os.close(writing)
        visits(portal, TOO_MANY)
        dropped = portal.metric("dovetail_log_lines_dropped_total")
        expect(dropped > 0, "no line was counted as dropped")
        took = portal.stop(60)
        os.close(reading)
        expect(took < 10, f"stopping took {took:.1f} s")
        return f"{dropped:.0f} lines dropped and counted; stopped after {took:.1f} s"


@case
def reader_is_gone():
    """The reader ends."""
    reading, writing = os.pipe()
    with Portal(players=2, log=writing) as portal:
        os.close(writing)
        os.close(reading)
        slow = visits(portal, 300)
        check(portal.signed_in().get("/account").status == 200, "a page")
        return f"slowest {slow:.2f} s; stopped after {portal.stop():.1f} s"


@case
def log_on_a_full_disk():
    """The log is a file on a disk that is full."""
    with scratch.small_disk(1) as disk:
        log = open(f"{disk.path}/log", "ab", buffering=0)
        disk.fill()
        with Portal(players=2, log=log) as portal:
            slow = visits(portal, 300)
            check(portal.signed_in().get("/account").status == 200, "a page")
            disk.empty()
            visits(portal, 5)
            until(lambda: os.path.getsize(f"{disk.path}/log") > 0, 10, "lines once there is room")
            return f"slowest {slow:.2f} s; stopped after {portal.stop():.1f} s"
