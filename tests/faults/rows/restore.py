"""A restore has an epoch: what was ended since the backup does not come back with it."""

import os
import shutil

from .. import scratch
from ..browser import PASSWORD
from ..case import case, check, expect
from ..portal import Portal, verify
from ..postgres import Postgres, dump, load

NEW = "another long password of ours"


def restored(portal, back_up, put_back):
    """Much is ended after a backup, which is then put back."""
    portal.start()
    signed_out, changed, unlinked, erased, stays = (portal.signed_in(player) for player in (1, 2, 3, 4, 5))
    check(unlinked.link_amazon("pat").link_state == "active", "linking")
    kept = {browser: {host: dict(jar) for host, jar in browser.cookies.items()}
            for browser in (signed_out, changed, unlinked, erased, stays)}
    back_up()
    signed_out.submit(signed_out.get("/account"), "/sign-out")
    page = changed.get("/account/password")
    page = changed.submit(page, "/account/password", current_password=PASSWORD, new_password=NEW)
    check(page.status == 200 and not page.text.count('aria-invalid'), f"changing the password: {page}")
    page = unlinked.submit(unlinked.get("/amazon/unlink"), "/amazon/unlink")
    check(page.link_state == "none", f"unlinking: {page} {page.link_state}")
    page = erased.submit(erased.get("/account/data/delete"), "/account/data/delete", confirm="DELETE")
    check(page.path != "/account/data/delete", f"erasing: {page}")
    portal.stop()
    put_back()
    code, said = portal.command("serve", timeout=8)
    expect(code == 78 and "restore" in said, f"serve on a restored database: {code} {said[-200:]!r}")
    code, said = portal.command("restore", "--check")
    expect(code == 1, f"restore --check: {code} {said[-200:]!r}")
    code, said = portal.command("restore")
    expect(code == 0, f"restore: {code} {said[-300:]!r}")
    code, said = portal.command("restore", "--check")
    expect(code == 0, f"restore --check afterwards: {code} {said[-200:]!r}")
    portal.start()
    for browser, what in ((signed_out, "the signed-out session"), (changed, "the session of the old password"),
                          (unlinked, "the session of before the unlinking"), (erased, "the session of the erased player"),
                          (stays, "a session of before the backup")):
        browser.cookies = kept[browser]
        page = browser.get("/account")
        expect(page.path == "/sign-in", f"{what} opens {page.path}")
    page = portal.browser().sign_in("player4@seed.example")
    expect(page.path != "/account", f"the erased player signs in: {page}")
    state = portal.signed_in(3).get("/account").link_state
    expect(state != "active", f"the link is {state} again")
    portal.signed_in(5)
    verify(portal)
    return "nothing came back; restore, verify and the chain are clean"


@case
def on_sqlite():
    """`dovetail backup` while it runs, and the file put back."""
    place = scratch.folder("backup")
    os.mkdir(f"{place}/ledger")
    portal = Portal(players=8, DOVETAIL_LEDGER=f"{place}/ledger", DOVETAIL_ERASE_AFTER="0d")
    path = f"{portal.folder}/dovetail.db"

    def back_up():
        code, said = portal.command("backup", f"{place}/backup.db")
        check(code == 0, f"backup: {said}")

    def put_back():
        for end in ("", "-wal", "-shm"):
            if os.path.exists(path + end):
                os.remove(path + end)
        shutil.copy(f"{place}/backup.db", path)
    try:
        return restored(portal, back_up, put_back)
    finally:
        portal.kill()


@case
def on_postgres():
    """`pg_dump` and `pg_restore`."""
    place = scratch.folder("backup")
    os.mkdir(f"{place}/ledger")
    with Postgres() as server:
        portal = Portal(server.database(), players=8, DOVETAIL_LEDGER=f"{place}/ledger", DOVETAIL_ERASE_AFTER="0d")

        def put_back():
            for statement in ("DROP DATABASE portal", "CREATE DATABASE portal"):
                server.sql(statement, database="postgres")
            load(server, f"{place}/dump")
        try:
            return restored(portal, lambda: dump(server, f"{place}/dump"), put_back)
        finally:
            portal.kill()
