"""A clock that was wrong for a minute leaves nothing behind (libfaketime)."""

import glob
import time

from .. import scratch
from ..case import NotTried, case, check, expect, until
from ..portal import Portal, verify


class Clock:
    """The wall clock of a program, which this changes while it runs. The monotonic clock goes on."""

    def __init__(self):
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not found:
            raise NotTried("libfaketime is not installed (Debian package faketime)")
        self.path = f"{scratch.folder('clock')}/offset"
        self.set("+0")
        self.environment = {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": self.path, "FAKETIME_NO_CACHE": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}

    def set(self, offset):
        with open(self.path, "w") as file:
            file.write(offset + "\n")


def wrong_for(offset, seconds):
    clock = Clock()
    with Portal(players=20, preload=clock.environment, DOVETAIL_SMTP_URL=None) as portal:
        stays = portal.signed_in(1)
        linked = portal.signed_in(3)
        panel = linked.link_amazon("pat")
        check(panel.link_state == "active", f"linking: {panel} {panel.code}")
        sealed = portal.metric("dovetail_worker_last_pass_timestamp_seconds", worker="audit_sealer")
        clock.set(offset)
        until(lambda: abs(portal.metric("dovetail_worker_last_pass_timestamp_seconds", worker="audit_sealer") - sealed)
              > 60, 30, "the portal believes the clock")
        ends = time.monotonic() + seconds
        meanwhile = portal.signed_in(5)
        locked = portal.browser()
        while time.monotonic() < ends:
            for _ in range(3):
                locked.sign_in("player7@seed.example", "not this password, surely")
            meanwhile.get("/account")
            stays.get("/account")
            time.sleep(5)
        clock.set("+0")
        time.sleep(2)
        said = [f"{portal.metric('dovetail_throttle_refusals_total'):.0f} guesses refused"]
        for restarted in (False, True):
            when = "after a restart" if restarted else "at once"
            if restarted:
                portal.stop()
                portal.start()
            fresh = portal.browser().sign_in("player9@seed.example")
            expect(fresh.path == "/account", f"{when}: signing in: {fresh}")
            page = portal.browser()
            page = page.submit(page.get("/sign-in"), "/sign-in", identifier="player7@seed.example",
                               password="quiet herons nest at dawn")
            after = page.headers.get("retry-after", "0")
            expect(int(after) <= 900, f"{when}: guesses of that minute lock for {after} s")
            again = portal.signed_in(11)
            form = again.get("/account/profile")
            saved = again.submit(form, "/account/profile", display_name=f"After {restarted}")
            expect(saved.code == "saved", f"{when}: saving: {saved}")
            shown = linked.get("/account")
            expect(shown.path != "/account" or shown.link_state == "active", f"{when}: the link: {shown}")
            # The seal of the audit chain follows within seconds, as always.
            code = None

            def is_chained():
                nonlocal code
                code, _ = portal.command("audit", "verify")
                return code == 0
            seconds_to_seal = until(is_chained, 30, f"{when}: the audit chain is whole")
            waiting = portal.command("audit", "verify")[1].strip().splitlines()
            said.append(f"{when}: chain whole after {seconds_to_seal:.1f} s ({waiting[-1][:80] if waiting else ''})")
        sessions = [browser.get("/account").path for browser in (stays, meanwhile)]
        expect(sessions[1] == "/account" or sessions[1] == "/sign-in", f"{sessions}")
        said.append(f"sessions of before and of meanwhile: {sessions}")
        verify(portal)
        return "; ".join(said)


@case
def thirty_days_ahead():
    """Thirty days ahead for a minute, and right again."""
    return wrong_for("+30d", 60)


@case
def thirty_days_behind():
    """Thirty days behind for half a minute."""
    return wrong_for("-30d", 30)


@case
def an_hour_ahead():
    """An hour ahead for half a minute: nobody is signed out, and nothing locks for long."""
    return wrong_for("+1h", 30)
