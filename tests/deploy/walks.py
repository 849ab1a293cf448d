"""The walks of docs/operations.md (#walks), gone with the program: each command of a walk, and what it promises after it."""

import html
import http.cookiejar
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from lib import (
    PASSWORD, PROGRAM, ROOT, Browser, Forms, MailServer, Portal, answers, check, free_port, new_keys, not_tried,
    registers, run, settings_of, signs_in, wait_until,
)

DORA = "dora@studio.example"
WALKS = os.path.join(ROOT, "docs/operations.md")


def does(settings, *arguments, code=0, says=""):
    got, said = run(settings, *arguments)
    is_right = got == code and says in said
    check(is_right, f"`dovetail {' '.join(arguments)}` exits {code}" + (f" and says {says!r}" if says else "") + ("" if is_right else f": {got}: {said}"))
    return said


def says_no(portal):
    return answers(portal.operations, "/readyz") == 503


def database(name):
    """A new database on the server in $TEST_POSTGRES, a URL of a role that may make one; its own URL."""
    server = os.environ["TEST_POSTGRES"]
    subprocess.run(["psql", "--quiet", server, "-c", f"CREATE DATABASE {name}"], check=True)
    return urllib.parse.urlsplit(server)._replace(path="/" + name).geturl()


def drop(name):
    subprocess.run(["psql", "--quiet", os.environ["TEST_POSTGRES"], "-c", f"DROP DATABASE {name} WITH (FORCE)"], check=True)


def refuses_to_start(settings, says):
    got, said = run(settings, "serve")
    check(got == 78 and says in said, f"`dovetail serve` exits 78 and names {says}" + ("" if got == 78 and says in said else f": {got}: {said}"))


def one_machine(folder):
    """From nothing to a portal that players use, as docs/operations.md tells it, with its own way to run a command."""
    mail = MailServer()
    settings = settings_of(folder, mail, 0)
    env = os.path.join(folder, "env")
    with open(env, "w", encoding="utf-8") as file:
        file.writelines(f'{name}="{value}"\n' for name, value in settings.items())
    os.chmod(env, 0o600)
    os.chown(folder, 65534, 65534)
    text = open(WALKS, encoding="utf-8").read()
    line = re.search(r"^ +as_dovetail\(\) \{.*\}$", text, re.MULTILINE)[0].strip()
    program = shutil.copy(PROGRAM, os.path.join(folder, "dovetail"))
    for there, here in (("/etc/dovetail/env", env), ("--reuid=dovetail", "--reuid=65534"), ("--regid=dovetail", "--regid=65534"), ("--init-groups", "--clear-groups"), ("/usr/local/bin/dovetail", program), ("sudo ", "")):
        check(there in line, f"as_dovetail has {there.strip()}")
        line = line.replace(there, here)

    def as_dovetail(*arguments, code=0, says=""):
        done = subprocess.run(["bash", "-c", f'{line}\nas_dovetail "$@"', "-", *arguments], capture_output=True, text=True, timeout=120, check=False)
        is_right = done.returncode == code and says in done.stdout
        check(is_right, f"`as_dovetail {' '.join(arguments)}`" + (f" says {says!r}" if says else "") + ("" if is_right else f": {done}"))
        return done.stdout

    as_dovetail("migrate")
    check(os.stat(f"{folder}/dovetail.db").st_uid == 65534, "the database belongs to the program's user")
    portal = Portal(settings, log=f"{folder}/log").start()
    try:
        # Amazon cannot be reached from here, and nobody knows portal.example: both are findings, so it exits 1.
        said = as_dovetail("doctor", code=1)
        check("used by a running portal" in said and "runs as root" not in said, "doctor finds the portal, and no root")
        said = as_dovetail("staff", "add", "uma@studio.example", "--role", "admin", says="https://portal.example/")
        registers(Browser(0, portal=portal), mail, DORA)
        as_dovetail("backup", f"{folder}/backup.db", says="The copy is")
        as_dovetail("verify")
        as_dovetail("audit", "verify")
        check(answers(portal.port) == 200, "/healthz says yes")
    finally:
        portal.stop()


def several_copies(folder):
    """Two copies on one PostgreSQL, a rolling restart, and a schema that waits for its migration."""
    name = "walk_" + secrets.token_hex(4)
    url = database(name)
    mail = MailServer()
    settings = settings_of(folder, mail, 0, url, DOVETAIL_STOP_PAUSE="3s")
    other = {**settings, "DOVETAIL_LISTEN": f"127.0.0.1:{free_port()}", "DOVETAIL_OPS_LISTEN": f"127.0.0.1:{free_port()}"}
    try:
        off = {**settings, "DOVETAIL_MIGRATE": "off"}
        got, said = run(off, "serve")
        check(got != 0 and "dovetail migrate" in said, f"with DOVETAIL_MIGRATE=off an old schema is refused ({got})")
        does(settings, "migrate", "status", code=1)
        # Both start at once on an empty database: one migrates, the other waits for it.
        copies = [Portal(settings, log=f"{folder}/a"), Portal(other, log=f"{folder}/b")]
        for copy in copies:
            copy.start()
        does(settings, "migrate", "status")
        at_a = Browser(0, portal=copies[0])
        registers(at_a, mail, DORA)
        at_a.portal = copies[1]
        check(at_a.visit("/account") == 200 and "Dora" in at_a.page, "a session begun at one copy goes on at the other")

        # The upgrade: one after the other.
        for at, copy in enumerate(copies):
            before = copy
            before.process.terminate()
            wait_until(lambda stopping=before: says_no(stopping), "/readyz says no first")
            check(answers(before.port) == 200, "the listener is still open during DOVETAIL_STOP_PAUSE")
            check(copies[1 - at].is_ready(), "the other copy serves meanwhile")
            check(before.process.wait(60) == 0, "it stops well")
            copies[at] = Portal(before.settings, log=f"{folder}/again").start()
        at_a.portal = copies[0]
        check(at_a.visit("/account") == 200 and "Dora" in at_a.page, "nobody was signed out")
        for copy in copies:
            copy.stop()
        does(settings, "verify")
    finally:
        drop(name)


def lost_key(folder):
    """A token key is gone: the portal does not start, and starts once the key is back or given up."""
    mail = MailServer()
    settings = settings_of(folder, mail, 0)
    does(settings, "migrate")
    portal = Portal(settings, log=f"{folder}/log").start()
    registers(Browser(0, portal=portal), mail, DORA)
    portal.stop()
    lost = settings["DOVETAIL_TOKEN_KEYS"].split(":", 1)[0]
    fresh = new_keys()["DOVETAIL_TOKEN_KEYS"]
    fresh = fresh if not fresh.startswith(lost + ":") else "n" + fresh
    without = {**settings, "DOVETAIL_TOKEN_KEYS": fresh}
    refuses_to_start(without, f'"{lost}"')
    does(without, "keys", "status", code=1)
    back = {**settings, "DOVETAIL_TOKEN_KEYS": fresh + "," + settings["DOVETAIL_TOKEN_KEYS"]}
    shutil.copy(f"{folder}/dovetail.db", f"{folder}/copy.db")
    os.chmod(f"{folder}/copy.db", 0o600)

    # The key was found again.
    portal = Portal(back, log=f"{folder}/log").start()
    signs_in(Browser(0, portal=portal), DORA)
    does(back, "keys", "reseal")
    portal.stop()
    portal = Portal(without, log=f"{folder}/log").start()
    signs_in(Browser(0, portal=portal), DORA)
    portal.stop()

    # It is lost for good.
    without = {**without, "DOVETAIL_DATABASE_URL": f"sqlite:{folder}/copy.db"}
    does(without, "keys", "give-up", lost)
    portal = Portal(without, log=f"{folder}/log").start()
    browser = Browser(0, portal=portal)
    browser.visit("/sign-in")
    browser.fill("/sign-in", identifier=DORA, password=PASSWORD)
    check(browser.path != "/account", "the password does not open any more")
    browser.visit("/forgot-password")
    before = len(mail.mails)
    browser.fill("/forgot-password", identifier=DORA)
    wait_until(lambda: len(mail.mails) > before, "a reset is mailed")
    link = re.search(r"https://portal\.example(/\S+)", mail.mails[-1])[1]
    browser.visit(link)
    browser.fill("/reset-password", new_password=PASSWORD + " again")
    signs_in(browser, DORA, PASSWORD + " again")
    portal.stop()


def lost_database(folder, on_postgres):
    """The database is gone; the newest backup is put back, and what the ledger knows is carried out."""
    mail = MailServer()
    names = ["walk_" + secrets.token_hex(4)]
    url = database(names[0]) if on_postgres else None
    ledger = f"{folder}/ledger"
    os.mkdir(ledger)
    settings = settings_of(folder, mail, 0, url, DOVETAIL_LEDGER=ledger, DOVETAIL_ERASE_AFTER="0d", PATH=os.environ["PATH"])
    try:
        does(settings, "migrate")
        portal = Portal(settings, log=f"{folder}/log").start()
        registers(Browser(0, portal=portal), mail, DORA)
        gone = Browser(0, portal=portal)
        registers(gone, mail, "emil@studio.example")
        said = does(settings, "backup", f"{folder}/backup")
        if on_postgres:
            password = {**os.environ, "PGPASSWORD": urllib.parse.urlsplit(url).password}
            command = re.search(r"^pg_dump .*$", said, re.MULTILINE)[0]
            back = re.search(r"^pg_restore .*$", said, re.MULTILINE)[0]
            done = subprocess.run(command, shell=True, env=password, capture_output=True, text=True, check=False)
            check(done.returncode == 0, f"the printed pg_dump runs {done.stderr}")
        # Between the backup and the loss a player is erased.
        found = re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", ids(settings, folder, on_postgres))
        does(settings, "player", "erase", found[0], "--yes")
        portal.stop()

        if on_postgres:
            drop(names.pop())
            names.append("walk_" + secrets.token_hex(4))
            settings["DOVETAIL_DATABASE_URL"] = database(names[0])
            back = back.replace("EMPTY_DATABASE", f"'{without_password(settings['DOVETAIL_DATABASE_URL'])}'")
            done = subprocess.run(back, shell=True, env=password, capture_output=True, text=True, check=False)
            check(done.returncode == 0, f"the printed pg_restore runs {done.stderr}")
        else:
            for suffix in ("", "-wal", "-shm"):
                if os.path.exists(f"{folder}/dovetail.db{suffix}"):
                    os.remove(f"{folder}/dovetail.db{suffix}")
            shutil.copy(f"{folder}/backup", f"{folder}/dovetail.db")
            os.chmod(f"{folder}/dovetail.db", 0o600)
        refuses_to_start(settings, "DOVETAIL_LEDGER")
        does(settings, "restore", "--check", code=1, says="players to be erased again: 1")
        does(settings, "restore", says="players erased again: 1")
        does(settings, "restore", "--check")
        does(settings, "verify")
        does(settings, "audit", "verify")
        portal = Portal(settings, log=f"{folder}/log").start()
        signs_in(Browser(0, portal=portal), DORA)
        for names_of in ("service-key", "webhook", "staff"):
            does(settings, names_of, "list")
        portal.stop()
    finally:
        for name in names if on_postgres else []:
            drop(name)


def without_password(url):
    parts = urllib.parse.urlsplit(url)
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()


def ids(settings, folder, on_postgres):
    """The id of the player who came last."""
    query = "SELECT id FROM players ORDER BY created_at DESC LIMIT 1"
    if on_postgres:
        asked = ["psql", "--quiet", "--tuples-only", settings["DOVETAIL_DATABASE_URL"], "-c", query]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    import sqlite3  # pylint: disable=import-outside-toplevel

    with sqlite3.connect(f"{folder}/dovetail.db") as rows:
        return rows.execute(query).fetchone()[0]


class PlainBrowser:
    """A browser in development, where no TLS is: portal and Amazon are two origins."""

    def __init__(self):
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.page, self.url = "", ""

    def ask(self, url, fields=None):
        origin = "://".join(urllib.parse.urlsplit(url)[:2])
        request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode() if fields else None, {"Origin": origin} if fields else {})
        try:
            answer = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as refused:
            answer = refused
        self.page, self.url = html.unescape(answer.read().decode()), answer.geturl()

    def fill(self, action, **values):
        forms = [form for form in Forms(self.page).forms if form[0].split("?")[0] == action]
        if not forms:
            sys.exit(f"FAILED: {self.url} has no form that goes to {action}")
        self.ask(urllib.parse.urljoin(self.url, forms[0][0]), {**forms[0][1], **values})

    def signs_in_with_amazon(self, portal):
        self.ask(f"http://localhost:{portal.port}/sign-in")
        self.fill("/amazon/sign-in")
        if "/simulator/sign-in" in self.page:
            self.fill("/simulator/sign-in", customer="pat")
        if "/ap/oa" in self.url and "/ap/" in self.page:
            action = next(form[0] for form in Forms(self.page).forms if form[0].startswith("/ap/"))
            self.fill(action.split("?")[0], decision="allow")


def revoked_client_secret(folder):
    """Amazon refuses the client's secret: links stay, and the new secret mends everything. Amazon is the simulator."""
    port = free_port()
    settings = {
        "DOVETAIL_MODE": "development", "DOVETAIL_DATABASE_URL": f"sqlite:{folder}/dovetail.db", "DOVETAIL_PUBLIC_URL": f"http://localhost:{port}",
        "DOVETAIL_LISTEN": f"127.0.0.1:{port}", "DOVETAIL_OPS_LISTEN": f"127.0.0.1:{free_port()}", "DOVETAIL_SIMULATOR_LISTEN": f"127.0.0.1:{free_port()}",
    }
    got, said = run(settings, "simulator", "--help")
    if got != 0:
        not_tried("the walk of a revoked client secret", f"this program was built without the simulator of Amazon ({said.splitlines()[0]})")
        return
    portal = Portal(settings, log=f"{folder}/log").start()
    browser = PlainBrowser()
    browser.signs_in_with_amazon(portal)
    browser.fill("/amazon/register", display_name="Dora", email="")
    check("/account" in browser.url and "Dora" in browser.page, "a player is linked")
    portal.stop()

    revoked = {**settings, "DOVETAIL_AMAZON_CLIENT_SECRET": "amzn1.oa2-cs.v1." + secrets.token_hex(32)}
    portal = Portal(revoked, log=f"{folder}/refused").start()
    browser = PlainBrowser()
    browser.signs_in_with_amazon(portal)
    check("/account" not in browser.url, f"nobody signs in with Amazon while the secret is refused ({browser.url.split('?')[0]})")
    portal.stop()
    check("amazon_refuses_our_client" in open(f"{folder}/refused", encoding="utf-8").read(), "the log has the alert amazon_refuses_our_client")

    portal = Portal(settings, log=f"{folder}/log").start()
    browser = PlainBrowser()
    browser.signs_in_with_amazon(portal)
    check("/account" in browser.url and "Dora" in browser.page, "with the new secret the player signs in; the link has stayed")
    does(settings, "refresh")
    does(settings, "brake", "status")
    portal.stop()


def headings():
    """Each walk that is gone here is told there."""
    text = open(WALKS, encoding="utf-8").read()
    for heading in ("One machine", "Several copies", "An upgrade", "A lost key", "A lost database", "A revoked client secret"):
        check(f"\n### {heading}\n" in text, f"docs/operations.md tells {heading!r}")


def main():
    headings()
    wanted = sys.argv[1:]
    walks = {
        "one_machine": one_machine, "several_copies": several_copies, "lost_key": lost_key,
        "lost_database_sqlite": lambda folder: lost_database(folder, False), "lost_database_postgres": lambda folder: lost_database(folder, True),
        "revoked_client_secret": revoked_client_secret,
    }
    for name, walk in walks.items():
        if wanted and name not in wanted:
            continue
        print(f"{name}:")
        if ("copies" in name or "postgres" in name) and not os.environ.get("TEST_POSTGRES"):
            not_tried(f"the walk {name}", "there is no PostgreSQL here")
            continue
        if name == "one_machine" and os.geteuid() != 0:
            not_tried(f"the walk {name}", "it takes root")
            continue
        with tempfile.TemporaryDirectory() as folder:
            walk(folder)
    not_tried("an upgrade from another version", "there is one version; the walk restarts the copies of the same")


main()
