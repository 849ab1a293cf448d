"""A shortage of the database is told as such: 503 with Retry-After, no fault, and a metric of its own."""

import errno
import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import contextmanager

from .. import scratch
from ..case import NotTried, case, check, expect, in_time, until
from ..crowd import slowest, together, told
from ..disk_shim import DiskShim
from ..portal import Portal, verify
from ..postgres import Postgres
from ..relay import Relay

LOOSE = {"DOVETAIL_THROTTLE": "off"}


class Crew:
    """Signed-in players, each with the page of the profile open. Saving it writes a row and an audit record."""

    def __init__(self, portal, number=10):
        self.browsers = [portal.signed_in(player, timeout=20) for player in range(1, number + 1)]
        self.pages = [browser.get("/account/profile") for browser in self.browsers]
        self.saved = 0

    def saves(self, times=1):
        self.saved += 1
        name = f"Name {self.saved} of "
        return together([lambda b=browser, p=page, n=n: b.submit(p, "/account/profile", follow=False,
                                                                display_name=f"{name}{n}")
                         for n in range(times) for browser, page in zip(self.browsers, self.pages)])

    def reads(self):
        return together([lambda b=browser: b.get("/account") for browser in self.browsers])

    def saves_until_short(self, rounds=150):
        """Saves until somebody is told, and a while longer."""
        answers = []
        for _ in range(rounds):
            answers += self.saves()
            if sum(answer.status not in (302, 303) for answer in answers) >= 30:
                break
        return answers


def told_as_shortage(portal, answers, *kinds, must_be_told=True):
    """What was said while it lasted: nothing but 503, and the metric of this kind."""
    short = [answer for answer in answers if answer.status == 503]
    expect(short or not must_be_told, f"nobody was told: {told(answers)}")
    expect(all(answer.status in (200, 303, 503) for answer in answers), f"answers: {told(answers)}")
    expect(all(answer.retry_after for answer in short), "503 without Retry-After")
    counted = {kind: int(portal.metric("dovetail_db_shortages_total", of=kind)) for kind in kinds}
    expect(sum(counted.values()) > 0, f"no metric of {kinds}; there is {all_shortages(portal)}")
    failed = portal.events("web.request.failed")
    expect(not failed, f"{len(failed)} faults, such as {str(failed[:1])[:300]}")
    expect(not portal.alerts(), f"alerts: {portal.alerts()[:1]}")
    return f"{told(answers)}, slowest {slowest(answers):.1f} s, metric {counted}"


def all_shortages(portal):
    kinds = "connection connections write_turn answer lock time read_only disk_full disk_error memory".split()
    counted = {kind: int(portal.metric("dovetail_db_shortages_total", of=kind)) for kind in kinds}
    return {kind: count for kind, count in counted.items() if count}


@contextmanager
def on_postgres(**options):
    with Postgres(**options) as server:
        with Portal(server.database(), players=20, **LOOSE) as portal:
            yield server, portal, Crew(portal)


@case
def postgres_disk_full():
    """53100: the tablespace is full."""
    with scratch.small_disk(48) as disk, Postgres() as server:
        folder = f"{disk.path}/space"
        os.mkdir(folder)
        os.chmod(disk.path, 0o755)
        shutil.chown(folder, "postgres")
        server.sql(f"CREATE TABLESPACE small LOCATION '{folder}'", database="postgres")
        server.sql("CREATE DATABASE portal TABLESPACE small", database="postgres")
        with Portal(server.url(), players=20, **LOOSE) as portal:
            crew = Crew(portal)
            disk.fill()
            said = told_as_shortage(portal, crew.saves_until_short(), "disk_full")
            disk.empty()
            return f"{said}; well after {portal.is_well(10, 'room again'):.1f} s"


@case
def postgres_disk_full_in_german():
    """53100, told by a server whose messages are German, to a role that cannot change them."""
    with scratch.small_disk(48) as disk, Postgres() as server:
        if "de_DE.utf8" not in subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout:
            raise NotTried("the machine has no locale de_DE.UTF-8")
        folder = f"{disk.path}/space"
        os.mkdir(folder)
        os.chmod(disk.path, 0o755)
        shutil.chown(folder, "postgres")
        server.sql(f"CREATE TABLESPACE small LOCATION '{folder}'", "CREATE ROLE plain LOGIN",
                   "GRANT CREATE ON TABLESPACE small TO plain", "ALTER SYSTEM SET lc_messages = 'de_DE.UTF-8'",
                   database="postgres")
        server.sql("CREATE DATABASE portal OWNER plain TABLESPACE small", "SELECT pg_reload_conf()",
                   database="postgres")
        with Portal(server.url(role="plain"), players=20, **LOOSE) as portal:
            crew = Crew(portal)
            disk.fill()
            return told_as_shortage(portal, crew.saves_until_short(), "disk_full")


@case
def postgres_lock_in_german():
    """55P03, likewise."""
    with Postgres() as server:
        server.sql("CREATE ROLE plain LOGIN", "ALTER SYSTEM SET lc_messages = 'de_DE.UTF-8'", database="postgres")
        server.sql("CREATE DATABASE portal OWNER plain", "SELECT pg_reload_conf()", database="postgres")
        with Portal(server.url(role="plain"), players=20, **LOOSE) as portal:
            crew = Crew(portal)
            held = server.holding("LOCK TABLE players IN EXCLUSIVE MODE")
            said = told_as_shortage(portal, crew.saves(), "lock", "time", "write_turn")
            held.kill()
            return said


@case
def postgres_whole_disk_full():
    """The disk of the server is full, its log of changes too."""
    with scratch.small_disk(200) as disk:
        with Postgres(folder=disk.path, max_wal_size="64MB") as server:
            with Portal(server.database(), players=20, **LOOSE) as portal:
                crew = Crew(portal)
                disk.fill()
                said = told_as_shortage(portal, crew.saves_until_short(), "disk_full", "connection")
                disk.empty()
                if not server.processes():
                    server.start()
                return f"{said}; well after {portal.is_well(30, 'room again'):.1f} s"


@case
def postgres_read_only():
    """25006: the server takes no writes."""
    with on_postgres() as (server, portal, crew):
        server.sql("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
        time.sleep(1)
        said = told_as_shortage(portal, crew.saves(), "read_only")
        ready = portal.is_ready()
        expect(not ready, "it says that it is ready")
        server.sql("SET default_transaction_read_only = off", "ALTER SYSTEM RESET default_transaction_read_only",
                   "SELECT pg_reload_conf()")
        return f"{said}; well after {portal.is_well(10, 'writes again'):.1f} s"


@case
def postgres_too_many_connections():
    """53300: no connection is left for the portal."""
    with on_postgres(max_connections=24) as (server, portal, crew):
        sessions = []
        portal_backends = server.backends()
        server.send(15, portal_backends)
        for _ in range(24):
            session = server.session("postgres")
            session.stdin.write("SELECT 1;\n")
            sessions.append(session)
        time.sleep(1.5)
        answers = crew.saves(2)
        said = told_as_shortage(portal, answers, "connections", "connection")
        for session in sessions:
            session.kill()
        return f"{said}; well after {portal.is_well(10, 'connections again'):.1f} s"


@case
def postgres_role_limit():
    """53300: the role may have no more connections."""
    with Postgres() as server:
        server.sql("CREATE ROLE plain LOGIN", database="postgres")
        server.sql("CREATE DATABASE portal OWNER plain", database="postgres")
        with Portal(server.url(role="plain"), players=20, **LOOSE) as portal:
            crew = Crew(portal)
            server.sql("ALTER ROLE plain CONNECTION LIMIT 0")
            server.send(15, server.processes()[1:])
            server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'plain'")
            time.sleep(0.5)
            said = told_as_shortage(portal, crew.saves(), "connections", "connection")
            server.sql("ALTER ROLE plain CONNECTION LIMIT -1")
            return f"{said}; well after {portal.is_well(10, 'connections again'):.1f} s"


@case
def postgres_lock():
    """55P03: somebody holds a table."""
    with on_postgres() as (server, portal, crew):
        held = server.holding("LOCK TABLE players IN EXCLUSIVE MODE")
        answers = crew.saves(2)
        said = told_as_shortage(portal, answers, "lock", "time", "write_turn")
        in_time(slowest(answers), 3, 1, "slowest")
        held.kill()
        return f"{said}; well after {portal.is_well(10, 'unlocked'):.1f} s"


@case
def postgres_statement_timeout():
    """57014: a statement takes too long."""
    with on_postgres() as (server, portal, crew):
        server.sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                   "$$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$",
                   "CREATE TRIGGER slow BEFORE UPDATE ON players FOR EACH ROW EXECUTE FUNCTION slow()")
        answers = crew.saves()
        said = told_as_shortage(portal, answers, "time")
        in_time(slowest(answers), 3, 1, "slowest")
        server.sql("DROP TRIGGER slow ON players")
        return f"{said}; well after {portal.is_well(10, 'fast again'):.1f} s"


@case
def postgres_restarts():
    """57P03: the server is shutting down and starting up, again and again under load."""
    with on_postgres() as (server, portal, crew):
        answers = []
        for how in ("fast", "immediate", "fast"):
            server.send(2 if how == "fast" else 3, server.processes()[:1])
            for _ in range(3):
                answers += [*crew.reads(), *crew.saves()]
            until(lambda: not server.processes() or not _alive(server.processes()[0]), 20, "stopped")
            server.start()
            portal.is_well(6.5, "after a restart")
        return told_as_shortage(portal, answers, "connection", "connections")


def _alive(process):
    return os.path.exists(f"/proc/{process}")


@case
def failover_to_a_standby():
    """The primary is killed; its standby answers at the same address, at first read-only, and is promoted."""
    with Postgres(wal_level="replica", max_wal_senders=4, hot_standby="on") as primary, Relay(primary.port) as relay:
        primary.database()
        with Portal(primary.url(port=relay.port), players=20, **LOOSE) as portal:
            crew = Crew(portal)
            browser = portal.signed_in()
            follower = primary.standby()
            with follower_ends(follower):
                page = browser.get("/account/profile")
                saved = browser.submit(page, "/account/profile", display_name="Before the failover")
                check(saved.code == "saved", f"saving: {saved}")
                primary.caught_up(follower)
                primary.stop("immediate")
                relay.target = follower.port
                answers = [*crew.saves(), *crew.saves()]
                said = told_as_shortage(portal, answers, "read_only", "connection")
                reads = crew.reads()
                follower.promote()
                well = in_time(portal.is_well(30, "promoted"), 5, 1.5, "well after the promotion")
                check("Before the failover" in browser.get("/account").text, "the acknowledged change is not there")
                verify(portal)
                return f"{said}; reads of signed-in players on the standby {told(reads)}; {well}"


@contextmanager
def follower_ends(follower):
    try:
        yield
    finally:
        follower.__exit__()


@case
def sqlite_disk_full():
    """SQLITE_FULL, on a small file system."""
    with scratch.small_disk(12) as disk:
        with Portal(f"sqlite:{disk.path}/dovetail.db", players=20, **LOOSE) as portal:
            crew = Crew(portal)
            disk.fill()
            said = told_as_shortage(portal, crew.saves_until_short(), "disk_full", "disk_error")
            disk.empty()
            well = portal.is_well(10, "room again")
            verify(portal)
            return f"{said}; well after {well:.1f} s"


@case
def sqlite_read_only():
    """The file system becomes read-only."""
    with scratch.small_disk(12) as disk:
        with Portal(f"sqlite:{disk.path}/dovetail.db", players=20, **LOOSE) as portal:
            crew = Crew(portal)
            try:
                disk.remount("ro")
            except Exception:
                raise NotTried("the file system is busy: files that are open for writing keep it writable") from None
            said = told_as_shortage(portal, crew.saves(), "read_only", "disk_error", "disk_full")
            disk.remount("rw")
            return f"{said}; well after {portal.is_well(10, 'writable again'):.1f} s"


@case
def sqlite_lock():
    """SQLITE_BUSY: another program holds the lock for writing."""
    with Portal(players=20, **LOOSE) as portal:
        crew = Crew(portal)
        other = sqlite3.connect(f"{portal.folder}/dovetail.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answers = crew.saves(2)
        said = told_as_shortage(portal, answers, "lock", "write_turn")
        in_time(slowest(answers), 3, 1, "slowest")
        other.execute("ROLLBACK")
        return f"{said}; well after {portal.is_well(10, 'unlocked'):.1f} s"


def each_place(error, which, places):
    """Somebody saves a name while the n-th write or sync fails. What was acknowledged is stored."""
    shim = DiskShim()
    with Portal(players=20, preload=shim.environment, **LOOSE) as portal:
        browser = portal.signed_in()
        name, statuses, hit = "Player 1", {}, 0
        for place in range(1, places + 1):
            page = browser.get("/account/profile")
            shim.fail(error=error, **{which: place})
            wish = f"Name {which} {place}"
            saved = browser.submit(page, "/account/profile", follow=False, display_name=wish)
            until(lambda: True, 1, "")
            hit += shim.is_done()
            shim.heal()
            statuses[saved.status] = statuses.get(saved.status, 0) + 1
            if saved.status == 303:
                name = wish
            elif saved.status == 503:
                expect(saved.headers.get("retry-after"), f"place {place}: 503 without Retry-After")
            portal.is_well(10, f"after place {place}")
            shown = browser.get("/account/profile").form("/account/profile").fields["display_name"]
            expect(saved.status != 303 or shown == name, f"place {place}: {name!r} was acknowledged, {shown!r} stored")
            name = shown
        expect(set(statuses) <= {303, 503}, f"statuses {statuses}")
        failed = portal.events("web.request.failed")
        expect(not failed, f"{len(failed)} faults, such as {str(failed[:1])[:300]}")
        verify(portal)
        return f"{places} places, {hit} hit, answers {statuses}, shortages {all_shortages(portal)}"


@case
def sqlite_write_fails_eio():
    """The n-th write to the file fails with EIO."""
    return each_place(errno.EIO, "writes", 15)


@case
def sqlite_write_fails_enospc():
    """The n-th write to the file fails with ENOSPC."""
    return each_place(errno.ENOSPC, "writes", 15)


@case
def sqlite_sync_fails_eio():
    """The n-th sync of the file fails with EIO."""
    return each_place(errno.EIO, "syncs", 3)


@case
def sqlite_sync_fails_enospc():
    """The n-th sync of the file fails with ENOSPC."""
    return each_place(errno.ENOSPC, "syncs", 3)


@case
def sqlite_all_writes_fail():
    """Every write fails for a while, with EIO and with ENOSPC."""
    said = []
    for error in (errno.EIO, errno.ENOSPC):
        shim = DiskShim()
        with Portal(players=20, preload=shim.environment, **LOOSE) as portal:
            crew = Crew(portal)
            shim.fail(writes=1, error=error, lasting=True)
            said.append(told_as_shortage(portal, crew.saves(), "disk_error", "disk_full"))
            shim.heal()
            said.append(f"well after {portal.is_well(10, 'healed'):.1f} s")
            verify(portal)
    return "; ".join(said)


@case
def postgres_disk_errors():
    """Writes and syncs of the server fail: its log of changes first, which makes it restart."""
    shim = DiskShim()
    with Postgres(environment=shim.environment, fsync="on") as server:
        with Portal(server.database(), players=20, **LOOSE) as portal:
            crew = Crew(portal)
            answers = []
            for orders in ({"writes": 1}, {"writes": 3}, {"syncs": 1}, {"syncs": 2}):
                for error in (errno.EIO, errno.ENOSPC):
                    shim.fail(error=error, **orders)
                    answers += crew.saves()
                    shim.heal()
                    if not server.processes() or not _alive(server.processes()[0]):
                        server.start()
                    portal.is_well(20, f"after {orders}")
            said = told_as_shortage(portal, answers, "disk_error", "disk_full", "connection",
                                    must_be_told=False)
            verify(portal)
            return f"{said}; {all_shortages(portal)}"
