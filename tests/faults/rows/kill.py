"""The program is killed again and again under a mixed load, and nothing that it acknowledged is lost."""

import os
import random
import sys
import threading
import time

from ..case import case, check, until
from ..portal import Portal, verify
from ..postgres import Postgres

PLAYERS = 12
CUSTOMERS = 6
# Changes acknowledged in a round before the kill.
AT_LEAST = 8


class Visitor(threading.Thread):
    """One player, who saves names, links and unlinks, and signs in anew. Notes what was acknowledged."""

    def __init__(self, portal, number, stop):
        super().__init__(daemon=True)
        self.portal, self.number, self.stop = portal, number, stop
        self.browser = None
        self.turn = 0
        # What was acknowledged; None where an answer was lost, so that either may be stored.
        self.saved, self.asked, self.linked = None, None, False
        self.acknowledged = self.lost = 0
        self.wrong = []

    def run(self):
        while not self.stop.is_set():
            try:
                self.act()
            except (OSError, AssertionError):
                self.lost += 1
                time.sleep(0.05)

    def act(self):
        if self.browser is None:
            browser = self.portal.browser(timeout=10)
            if browser.sign_in(f"player{self.number}@seed.example").path != "/account":
                time.sleep(0.3)
                return
            self.browser = browser
            self.acknowledged += 1
        what = random.random()
        if what < 0.6:
            self.save()
        elif what < 0.85 and self.number <= CUSTOMERS * 2 and self.number % 2:
            self.link_or_unlink()
        elif what < 0.9:
            browser, self.browser = self.browser, None
            browser.submit(browser.get("/account"), "/sign-out")
            self.acknowledged += 1
        else:
            self.browser.get("/account/activity")

    def save(self):
        page = self.browser.get("/account/profile")
        if page.path != "/account/profile":
            # A sign-out whose answer was lost.
            self.browser = None
            return
        self.turn += 1
        self.asked = f"P{self.number} turn {self.turn}"
        saved = self.browser.submit(page, "/account/profile", follow=False, display_name=self.asked)
        if saved.status == 303:
            self.saved, self.asked = self.asked, None
            self.acknowledged += 1

    def link_or_unlink(self):
        if self.linked:
            page = self.browser.get("/amazon/unlink")
            self.linked = None
            done = self.browser.submit(page, "/amazon/unlink", follow=False)
            if done.status == 303:
                self.linked = False
                self.acknowledged += 1
        elif self.linked is False:
            self.linked = None
            page = self.browser.link_amazon(f"customer{self.number}")
            if page.link_state == "active":
                self.linked = True
                self.acknowledged += 1

    def compare(self):
        """After a kill and a start: what is stored is what was acknowledged, or what was asked and lost its answer."""
        browser = self.browser or self.portal.signed_in(self.number, timeout=20)
        page = browser.get("/account/profile")
        if page.path != "/account/profile":
            # The session's sign-in was acknowledged, and nobody has signed it out.
            self.wrong.append(f"player {self.number}: the session is gone")
            browser = self.portal.signed_in(self.number, timeout=20)
            page = browser.get("/account/profile")
        shown = page.form("/account/profile").fields["display_name"]
        if self.saved is not None and shown not in (self.saved, self.asked):
            self.wrong.append(f"player {self.number}: {self.saved!r} was acknowledged, {shown!r} is stored")
        self.saved, self.asked = shown, None
        linked = browser.get("/account").link_state == "active"
        if self.linked not in (None, linked):
            self.wrong.append(f"player {self.number}: linked is {linked}, acknowledged was {self.linked}")
        self.linked = linked
        self.browser = browser


def killed(portal, kills, load):
    wrong, acknowledged, lost = [], 0, 0
    settled = {}
    for number in range(1, CUSTOMERS * 2, 2):
        browser = portal.browser()
        browser.post(f"http://127.0.0.1:{portal.amazon}/simulator/customers",
                     {"key": f"customer{number}", "name": f"Customer {number}", "email": f"c{number}@faults.example"})
    for round in range(kills):
        stop = threading.Event()
        visitors = [Visitor(portal, number, stop) for number in range(1, PLAYERS + 1)]
        for visitor in visitors:
            if visitor.number in settled:
                before = settled[visitor.number]
                visitor.saved, visitor.linked, visitor.turn = before.saved, before.linked, before.turn
                visitor.browser = before.browser
            else:
                visitor.linked = None
            visitor.start()
        # On a busy machine a round may take long to get going; a kill that meets no work shows nothing.
        until(lambda: sum(visitor.acknowledged for visitor in visitors) >= AT_LEAST, 60, "the round gets going")
        time.sleep(random.random() * load)
        portal.kill()
        stop.set()
        for visitor in visitors:
            visitor.join(30)
        portal.start()
        for visitor in visitors:
            visitor.compare()
            wrong += visitor.wrong
            acknowledged += visitor.acknowledged
            lost += visitor.lost
            settled[visitor.number] = visitor
        check(not wrong, f"round {round + 1}: {wrong[:3]}")
        if round % 20 == 19 or round + 1 == kills:
            verify(portal)
            print(f"{round + 1} kills, {acknowledged} changes acknowledged and found", file=sys.stderr, flush=True)
    failed = portal.events("web.request.failed")
    check(not failed, f"{len(failed)} faults, such as {str(failed[:1])[:300]}")
    return f"{kills} kills, {acknowledged} changes acknowledged and found, {lost} without an answer; verify is clean"


SETTINGS = {"DOVETAIL_THROTTLE": "off", "DOVETAIL_FRESH_AUTH": "30min", "DOVETAIL_SESSION_PER_PLAYER": "100"}


def times(usual):
    return int(os.environ.get("FAULTS_KILLS", usual))


@case
def on_sqlite():
    """200 kills, or as many as `$FAULTS_KILLS` says."""
    with Portal(players=PLAYERS, **SETTINGS) as portal:
        return killed(portal, times(200), 0.8)


@case
def on_postgres():
    """60 kills, or as many as `$FAULTS_KILLS` says."""
    with Postgres(fsync="on") as server, Portal(server.database(), players=PLAYERS, **SETTINGS) as portal:
        return killed(portal, times(60), 0.8)
