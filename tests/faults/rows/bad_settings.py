"""Production refuses bad settings: exit code 78, the setting named, and no value repeated."""

import os
import sqlite3

from .. import production, scratch
from ..case import NotTried, case, check, expect
from ..portal import Portal, run

REFUSED = {
    "a database elsewhere by hostaddr": {"DOVETAIL_DATABASE_URL": "postgres://u:hunter2@localhost/x?hostaddr=10.0.0.9"},
    "a database elsewhere by host in the query": {"DOVETAIL_DATABASE_URL": "postgres://u:hunter2@/x?host=10.0.0.9"},
    "a database elsewhere without TLS": {"DOVETAIL_DATABASE_URL": "postgres://u:hunter2@10.0.0.9/x"},
    "a database elsewhere with sslmode=require": {
        "DOVETAIL_DATABASE_URL": "postgres://u:hunter2@10.0.0.9/x?sslmode=require"},
    "two hosts, one elsewhere": {"DOVETAIL_DATABASE_URL": "postgres://u:hunter2@localhost,10.0.0.9/x"},
    "a database in memory": {"DOVETAIL_DATABASE_URL": "sqlite::memory:"},
    "a relative database": {"DOVETAIL_DATABASE_URL": "sqlite:data/dovetail.db"},
    "mail in the clear with a password": {"DOVETAIL_SMTP_URL": "smtp://user:hunter2@mail.far.example"},
    "a log filter that is a typing mistake": {"DOVETAIL_LOG": "inof"},
    "a log filter with an unknown level": {"DOVETAIL_LOG": "info,dovetail=loud"},
    "half of IPv4 as proxies": {"DOVETAIL_TRUSTED_PROXIES": ",".join(f"{n}.0.0.0/8" for n in range(1, 128))},
    "everybody as proxy": {"DOVETAIL_TRUSTED_PROXIES": "0.0.0.0/0"},
    "everybody as proxy by IPv6": {"DOVETAIL_TRUSTED_PROXIES": "::/0"},
    "everybody as proxy in two halves": {"DOVETAIL_TRUSTED_PROXIES": "0.0.0.0/1,128.0.0.0/1"},
    "a public URL without TLS": {"DOVETAIL_PUBLIC_URL": "http://portal.faults.example"},
    "a public URL with a path": {"DOVETAIL_PUBLIC_URL": "https://portal.faults.example/x"},
    "no limits": {"DOVETAIL_THROTTLE": "off"},
    "the simulator": {"DOVETAIL_SIMULATOR": "on"},
    "a foreign token address": {"DOVETAIL_AMAZON_TOKEN_URL": "https://amazon.example/auth/o2/token"},
    "a token address that only begins like Amazon's": {
        "DOVETAIL_AMAZON_TOKEN_URL": "https://api.amazon.com.evil.example/auth/o2/token"},
    "the simulator's client id": {
        "DOVETAIL_AMAZON_CLIENT_ID": "amzn1.application-oa2-client.646f76657461696c0000000000000001"},
    "a session key of zeros": {"DOVETAIL_SESSION_KEY": "A" * 86 + "=="},
    "a short session key": {"DOVETAIL_SESSION_KEY": "c2hvcnQ="},
    "a token key of zeros": {"DOVETAIL_TOKEN_KEYS": "one:" + "A" * 43 + "="},
    "two token keys of one id": {"DOVETAIL_TOKEN_KEYS": "one:q83kFz0XvWm1RjY7uTnBcLhE5sPaGdKoIiJxMwQyN2U=,"
                                                        "one:r83kFz0XvWm1RjY7uTnBcLhE5sPaGdKoIiJxMwQyN2U="},
    "a short game secret": {"DOVETAIL_GAME_CREDENTIALS": "faults:device:secret"},
    "development's game secret": {"DOVETAIL_GAME_CREDENTIALS": "faults:device:development-device-secret-0001"},
    "an unknown setting": {"DOVETAIL_LISTENN": "127.0.0.1:1"},
    "a secret twice": {"DOVETAIL_SMTP_URL_FILE": "/etc/hostname"},
    "an unknown mode": {"DOVETAIL_MODE": "prod"},
    "a public URL that is no address": {"DOVETAIL_PUBLIC_URL": "https://"},
    "cheap passwords": {"DOVETAIL_ARGON2_MEMORY_KIB": "4096", "DOVETAIL_ARGON2_PASSES": "1"},
    "a lease shorter than the call it covers": {"DOVETAIL_REFRESH_LEASE": "2s"},
    "one address for both listeners": {"DOVETAIL_LISTEN": "127.0.0.1:9090", "DOVETAIL_OPS_LISTEN": "127.0.0.1:9090"},
    "a missing public URL": {"DOVETAIL_PUBLIC_URL": None},
    "a missing client secret": {"DOVETAIL_AMAZON_CLIENT_SECRET": None},
    "a missing mail server": {"DOVETAIL_SMTP_URL": None},
}


@case
def refused():
    """Each setting alone, beside good ones."""
    folder = scratch.folder("settings")
    good = production.settings() | {"DOVETAIL_DATABASE_URL": f"sqlite:{folder}/dovetail.db"}
    good = {name: value for name, value in good.items() if value is not None}
    code, said = run(good, "migrate")
    check(code == 0, f"the good settings: {said}")
    for what, bad in REFUSED.items():
        settings = {name: value for name, value in (good | bad).items() if value is not None}
        if "DOVETAIL_LISTEN" not in bad:
            settings |= {"DOVETAIL_LISTEN": f"127.0.0.1:{scratch.free_port()}",
                         "DOVETAIL_OPS_LISTEN": f"127.0.0.1:{scratch.free_port()}"}
        code, said = run(settings, "serve", timeout=4)
        expect(code == 78, f"{what}: {'it runs' if code is None else code} {said[:150]!r}")
        named = "DOVETAIL_MODE" if "DOVETAIL_MODE" in bad else [name.removesuffix("_FILE") for name in bad][0]
        expect(code != 78 or named in said, f"{what}: {named} is not named: {said[:150]!r}")
        expect("hunter2" not in said, f"{what}: a password is repeated")
    return f"{len(REFUSED)} settings"


@case
def files_open_to_others():
    """The database file, or its folder, may be used by everybody."""
    folder = scratch.folder("settings")
    good = production.settings() | {"DOVETAIL_DATABASE_URL": f"sqlite:{folder}/dovetail.db",
                                    "DOVETAIL_LISTEN": f"127.0.0.1:{scratch.free_port()}",
                                    "DOVETAIL_OPS_LISTEN": f"127.0.0.1:{scratch.free_port()}"}
    good = {name: value for name, value in good.items() if value is not None}
    check(run(good, "migrate")[0] == 0, "migrate")
    said = []
    for what, path, mode, back in (("file 0666", f"{folder}/dovetail.db", 0o666, 0o600),
                                   ("file 0644", f"{folder}/dovetail.db", 0o644, 0o600),
                                   ("folder 0777", folder, 0o777, 0o700)):
        os.chmod(path, mode)
        code, text = run(good, "serve", timeout=4)
        expect(code == 78, f"{what}: {'it runs' if code is None else code} {text[-150:]!r}")
        os.chmod(path, back)
        said.append(f"{what} {code}")
    return ", ".join(said)


@case
def root_is_warned():
    """Whoever runs production as root is warned in the log."""
    if os.getuid() != 0:
        raise NotTried("the rows are not run by root")
    with Portal(**production.settings()) as portal:
        check(portal.events("operations.serve.runs_as_root"), "no warning")
    return "warned"


@case
def foreign_schema():
    """Commands refuse a schema of a newer program."""
    with Portal(players=2) as portal:
        portal.stop()
        with sqlite3.connect(f"{portal.folder}/dovetail.db") as database:
            database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')")
        for arguments in (["serve"], ["staff", "add", "a@b.example", "--role", "admin"], ["staff", "list"], ["refresh"],
                          ["brake", "status"], ["audit", "verify"], ["service-key", "list"], ["webhook", "list"],
                          ["keys", "status"], ["player", "erase", "--replay"], ["restore", "--check"], ["verify"],
                          ["seed", "--players", "3"]):
            code, said = portal.command(*arguments, timeout=30)
            expect(code not in (0, None), f"dovetail {' '.join(arguments)}: {code} {said[-120:]!r}")
    return "refused"
