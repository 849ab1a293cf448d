"""The waits for a turn, a connection and a lock share one deadline of 3 s."""

import sqlite3
import time
import threading

from ..case import case, check, in_time
from ..crowd import slowest, told
from ..portal import Portal
from ..postgres import Postgres
from .shortages import LOOSE, Crew


def flood(crew, seconds, callers):
    """Callers that save again and again while the lock is held."""
    answers, ends = [], time.monotonic() + seconds
    while time.monotonic() < ends:
        answers += crew.saves(callers // 10)
    return answers


def said_of(answers):
    check(any(answer.status == 503 for answer in answers), f"nobody was told: {told(answers)}")
    late = sorted(answer.seconds for answer in answers)
    return (f"{told(answers)}; " + in_time(slowest(answers), 3, 1, "slowest") + f", half {late[len(late) // 2]:.1f} s")


@case
def lock_on_sqlite():
    """20 and 60 writers behind a lock that another program holds."""
    said = []
    with Portal(players=20, **LOOSE) as portal:
        crew = Crew(portal)
        for callers in (20, 60):
            other = sqlite3.connect(f"{portal.folder}/dovetail.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            said.append(f"{callers}: {said_of(flood(crew, 8, callers))}")
            other.execute("ROLLBACK")
            portal.is_well(10, "unlocked")
    return "; ".join(said)


@case
def lock_on_postgres():
    """The same behind a lock of a table, and of all rows of one."""
    said = []
    with Postgres() as server, Portal(server.database(), players=20, **LOOSE) as portal:
        crew = Crew(portal)
        for callers in (20, 60):
            held = server.holding("LOCK TABLE players IN EXCLUSIVE MODE")
            said.append(f"{callers}: {said_of(flood(crew, 8, callers))}")
            held.kill()
            portal.is_well(10, "unlocked")
        held = server.holding("SELECT * FROM players FOR UPDATE")
        answers = flood(crew, 8, 40)
        said.append(f"rows: {said_of(answers)}")
        held.kill()
    return "; ".join(said)


@case
def lock_that_comes_and_goes():
    """A lock of 2.5 s with pauses of 0.2 s: nobody's waits add up."""
    with Portal(players=20, **LOOSE) as portal:
        crew = Crew(portal)
        other = sqlite3.connect(f"{portal.folder}/dovetail.db", isolation_level=None, check_same_thread=False)
        over = threading.Event()

        def hold():
            while not over.is_set():
                try:
                    other.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    continue
                time.sleep(2.5)
                other.execute("ROLLBACK")
                time.sleep(0.2)
        holder = threading.Thread(target=hold)
        holder.start()
        answers = flood(crew, 15, 20)
        over.set()
        holder.join()
        return said_of(answers)
