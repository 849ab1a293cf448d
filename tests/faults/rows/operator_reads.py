"""The operator reads the cause: what is wrong with the database, in words, and never a password."""

from .. import scratch
from ..case import case, expect
from ..portal import Portal, run
from ..postgres import Postgres
from ..relay import Relay


def told(settings, what, *words, commands=(("serve",), ("doctor",), ("verify",), ("staff", "list"))):
    for arguments in commands:
        code, said = run(settings, *arguments, timeout=30)
        name = " ".join(arguments)
        expect(code not in (0, None), f"{what}: dovetail {name} ended with {code}")
        expect(any(word.lower() in said.lower() for word in words), f"{what}: dovetail {name} says {said[-300:]!r}")
        expect("hunter2" not in said, f"{what}: dovetail {name} repeats the password")
        expect("multiconnection" not in said.lower(), f"{what}: dovetail {name} says {said[-200:]!r}")


@case
def wrong_addresses():
    """Nobody listens, no such database, role, password, host; a server that is starting, full or silent."""
    with Postgres() as server:
        portal = Portal(server.database())
        def at(url):
            return portal.settings | {"DOVETAIL_DATABASE_URL": url}
        server.sql("CREATE ROLE plain LOGIN PASSWORD 'right'", "CREATE ROLE barred NOLOGIN",
                   "CREATE ROLE limited LOGIN CONNECTION LIMIT 0")
        told(at(f"postgres://tests:hunter2@127.0.0.1:{scratch.free_port()}/portal"), "nobody listens", "refused",
             "nobody", "not listen", "no server")
        told(at(f"postgres://tests:hunter2@127.0.0.1:{server.port}/nowhere"), "no database", "no database")
        told(at(f"postgres://nobody:hunter2@127.0.0.1:{server.port}/portal"), "no role", "role")
        told(at(f"postgres://barred:hunter2@127.0.0.1:{server.port}/portal"), "a role that may not log in", "role",
             "log in")
        told(at(f"postgres://limited:hunter2@127.0.0.1:{server.port}/portal"), "too many connections", "connections")
        told(at("postgres://tests:hunter2@nowhere.invalid/portal"), "no host", "host")
        told(at(f"postgres://tests:hunter2@127.0.0.1:{server.port}/portal?sslmode=require"), "no TLS", "TLS", "SSL")
        with Relay(server.port) as relay:
            relay.swallow()
            told(at(server.url(port=relay.port)), "a silent server", "time", "answer", "silent", "3 s")
    return "each cause is told"


@case
def not_a_postgres():
    """Something else listens there."""
    with Portal() as other:
        portal = Portal()
        told(portal.settings | {"DOVETAIL_DATABASE_URL": f"postgres://u:hunter2@127.0.0.1:{other.port}/x"},
             "a web server", "PostgreSQL", "server", "protocol", "answer", commands=(("serve",), ("doctor",)))
    return "told"


@case
def sqlite_files():
    """A file that is none of SQLite's."""
    folder = scratch.folder("files")
    with open(f"{folder}/text.db", "w") as file:
        file.write("no database at all\n" * 300)
    portal = Portal()
    told(portal.settings | {"DOVETAIL_DATABASE_URL": f"sqlite:{folder}/text.db"}, "a text", "not a database",
         commands=(("serve",), ("doctor",), ("verify",)))
    return "told"


@case
def ports_that_are_taken():
    """An address in use is told with the setting's name."""
    with Portal() as first:
        for setting, port in (("DOVETAIL_LISTEN", first.port), ("DOVETAIL_OPS_LISTEN", first.ops)):
            other = Portal()
            code, said = run(other.settings | {setting: f"127.0.0.1:{port}"}, "serve", timeout=10)
            expect(code not in (0, None) and setting in said, f"{setting}: {code} {said[-200:]!r}")
    return "told"
