"""Closed is erased: a closed account goes when its time is over, and a moved device leaves no player behind."""

import json
import sqlite3
import time

from ..case import case, check, expect, until
from ..portal import Portal, verify
from .clocks import Clock

NAME = "Quixotic Zephyr Of Nowhere"


def rows_with(portal, text):
    """Every table and column in which this text stands."""
    found = []
    with sqlite3.connect(f"file:{portal.folder}/dovetail.db?mode=ro", uri=True) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                if any(isinstance(value, str) and text in value for value in row):
                    found.append(table)
    return sorted(set(found))


def bytes_with(portal, text):
    """The files of the database in which this text stands, deleted or not."""
    found = []
    for end in ("", "-wal"):
        try:
            with open(f"{portal.folder}/dovetail.db{end}", "rb") as file:
                if text.encode() in file.read():
                    found.append(f"dovetail.db{end}")
        except OSError:
            pass
    return found


def named(portal, player):
    browser = portal.signed_in(player)
    page = browser.get("/account/profile")
    saved = browser.submit(page, "/account/profile", display_name=NAME)
    check(saved.code == "saved" and rows_with(portal, NAME), f"naming: {saved}")
    return browser


@case
def at_once():
    """Without a time to keep the account: no row and, after the next checkpoint, no byte is left."""
    with Portal(players=4, DOVETAIL_ERASE_AFTER="0d") as portal:
        browser = named(portal, 1)
        browser.submit(browser.get("/account/data/delete"), "/account/data/delete", confirm="DELETE")
        check(not rows_with(portal, NAME), f"rows in {rows_with(portal, NAME)}")
        expect(portal.browser().sign_in("player1@seed.example").path != "/account", "it still signs in")
        took = until(lambda: not bytes_with(portal, NAME), 90, f"bytes in {bytes_with(portal, NAME)}")
        verify(portal)
        return f"no bytes after {took:.0f} s"


@case
def after_a_week():
    """A closed account is kept for its week, and erased by the janitor when that is over."""
    clock = Clock()
    with Portal(players=4, preload=clock.environment) as portal:
        browser = named(portal, 1)
        browser.submit(browser.get("/account/data/delete"), "/account/data/delete", confirm="DELETE")
        page = browser.get("/account")
        expect(page.path != "/account", f"the closed account is open: {page}")
        clock.set("+6d")
        time.sleep(2)
        check(rows_with(portal, NAME), "it went before its time")
        clock.set("+8d")
        portal.stop()
        portal.start()
        took = until(lambda: not rows_with(portal, NAME), 120, "the janitor erases it")
        return f"erased {took:.0f} s after the start"


@case
def a_moved_device():
    """A device's player, named and then moved to an account, goes with everything it had."""
    clock = Clock()
    with Portal(players=4, preload=clock.environment, DOVETAIL_ERASE_AFTER="0d",
                DOVETAIL_GAME_DEVICE_HTTP="on") as portal:
        def game(request, **fields):
            page = portal.browser().ask("POST", f"/rs/device/development-device-secret-0001/{request}",
                                        json.dumps(fields).encode())
            return json.loads(page.text)
        began = game("DeviceAuthenticationRequest", deviceId="device-of-the-fault-rows-1", deviceOS="ANDROID",
                     displayName=NAME)
        check(began.get("authToken") and rows_with(portal, NAME), f"{began}")
        code = game("ClaimAccountByCodeRequest", authToken=began["authToken"])
        typed = next((value for key, value in code.items() if "code" in key.lower() and isinstance(value, str)), None)
        check(typed, f"no code: {code}")
        browser = portal.signed_in(2)
        claim = browser.submit(browser.get("/activate"), "/activate", code=typed)
        moved = browser.submit(claim, "/activate/move")
        check(moved.status == 200, f"{moved}")
        browser.submit(browser.get("/account/data/delete"), "/account/data/delete", confirm="DELETE")
        # The game may ask for an hour how the claim ended.
        clock.set("+2h")
        portal.stop()
        portal.start()
        took = until(lambda: not rows_with(portal, NAME), 120, f"the device's player stands in {rows_with(portal, NAME)}")
        verify(portal)
        return f"gone {took:.0f} s after its hour"
