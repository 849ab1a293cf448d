"""A real Prometheus scrapes a real portal and fires each alert of deploy/alerts.yml.

Between the two stands a relay. It hands on what the portal shows, and changes single series as an event would. It can only
change what the portal shows already, at 0 and from its start: a counter that begins to exist with its first event has no
increase, and its alert would miss that event. So that it takes a minute and not two hours, Prometheus' windows and waits
are a thirtieth of those in the file; nothing else in the rules is changed.
"""

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from lib import ROOT, MailServer, Portal, answers, check, free_port, not_tried, run, settings_of

RULES = os.path.join(ROOT, "deploy/alerts.yml")
FASTER = 30

# What is the least that must fire an alert: a metric, its labels, and how it changes. `once` is one event, `many` is that
# number of events at once, `rate` is that number a second, `is` is a value.
EVENTS = {
    "DovetailNotReady": [("dovetail_ready", {}, "is", 0)],
    "DovetailFaults": [
        ("dovetail_http_problems_total", {"code": "fault"}, "rate", 1),
        ("dovetail_http_requests_total", {"method": "GET", "route": "/healthz", "status": "2xx"}, "rate", 20),
    ],
    "DovetailDatabaseShort": [("dovetail_db_shortages_total", {"of": "lock"}, "rate", 1)],
    "DovetailSlow": [("dovetail_http_request_seconds_bucket", {"route": "/healthz", "le": le}, "rate", 5) for le in ("2.5", "5.0", "10.0", "+Inf")],
    "DovetailDatabaseWaits": [("dovetail_db_wait_seconds_bucket", {"door": "read", "le": le}, "rate", 9) for le in ("1.0", "2.5", "5.0", "10.0", "+Inf")],
    "DovetailPasswordSpraying": [("dovetail_throttle_refusals_total", {"limit": "network_guesses"}, "many", 60)],
    "DovetailGuessingAtOneAccount": [("dovetail_throttle_refusals_total", {"limit": "account_guesses"}, "many", 25)],
    "DovetailCredentialStuffing": [("dovetail_sign_ins_total", {"outcome": "wrong"}, "rate", 20)],
    "DovetailStaffBulkViewing": [("dovetail_throttle_refusals_total", {"limit": "staff_looks"}, "once", 1)],
    "DovetailGuessingAtTheDesk": [("dovetail_staff_sign_ins_total", {"outcome": "code_wrong"}, "many", 25)],
    "DovetailHasherFull": [("dovetail_password_hash_refusals_total", {"why": "queue_full"}, "many", 15)],
    "DovetailAmazonDown": [("dovetail_amazon_calls_total", {"call": "refresh", "outcome": "timeout"}, "rate", 1)],
    "DovetailCircuitOpen": [("dovetail_amazon_circuit", {"state": "open"}, "is", 1)],
    "DovetailClientRefused": [("dovetail_amazon_calls_total", {"call": "exchange", "outcome": "invalid_client"}, "once", 1)],
    "DovetailAmazonContradictsItself": [("dovetail_amazon_contradictions_total", {"what": "wrong_user"}, "once", 1)],
    "DovetailRevocationBrake": [("dovetail_revocation_brake", {"state": "held"}, "is", 1)],
    "DovetailLinksOverdue": [("dovetail_oldest_overdue_link_seconds", {}, "is", 1801)],
    "DovetailMailStuck": [("dovetail_oldest_waiting_mail_seconds", {}, "is", 901)],
    "DovetailMailLost": [("dovetail_mails_total", {"outcome": "failed"}, "many", 7)],
    "DovetailWebhookStuck": [("dovetail_oldest_waiting_webhook_seconds", {}, "is", 901)],
    "DovetailWorkerStopped": [("dovetail_worker_last_pass_timestamp_seconds", {"worker": "mail"}, "is", time.time() - 1200)],
    "DovetailKeyRefused": [("dovetail_key_refusals_total", {"why": "tampered"}, "once", 1)],
    # The relay answers nothing any more.
    "DovetailGone": [],
}


class Relay(http.server.ThreadingHTTPServer):
    """/metrics of the portal, with the events on top."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            text = self.server.shown() if not self.server.is_gone else None
            self.send_response(200 if text else 503)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_):
            pass

    def __init__(self, portal):
        super().__init__(("127.0.0.1", 0), self.Answer)
        self.portal = portal
        self.events, self.since, self.is_gone = [], 0, False
        self.missing = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def begin(self, events):
        self.since, self.events = time.time(), events

    def shown(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.portal.operations}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        for name, labels, how, number in self.events:
            at = next((at for at, line in enumerate(lines) if self.is_series(line, name, labels)), None)
            if at is None:
                self.missing.add(f"{name}{labels}")
                continue
            series, value = lines[at].rsplit(" ", 1)
            more = {"is": number - float(value), "rate": number * (time.time() - self.since)}.get(how, number)
            lines[at] = f"{series} {float(value) + more}"
        return "\n".join(lines) + "\n"

    @staticmethod
    def is_series(line, name, labels):
        found = re.fullmatch(r"([a-z_]+)(?:\{(.*)\})? \S+", line)
        return bool(found) and found[1] == name and dict(re.findall(r'(\w+)="([^"]*)"', found[2] or "")) == labels


def faster(rules):
    """The rules with windows and waits of a thirtieth."""
    seconds = {"m": 60, "h": 3600}
    shorter = lambda found: f"{found[1]}{int(found[2]) * seconds[found[3]] // FASTER}s{found[4]}"
    return re.sub(r"(\[|for: )(\d+)([mh])(\]|\b)", shorter, rules)


def firing(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/alerts", timeout=10) as answer:
        alerts = json.load(answer)["data"]["alerts"]
    return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}


def scenario(relay, prometheus, names):
    wanted, seen = set(names), set()
    # The longest wait of a rule, and what fills its window first.
    end = time.monotonic() + 90
    while time.monotonic() < end and not wanted <= seen:
        time.sleep(1)
        seen |= firing(prometheus)
    check(not relay.missing, f"the portal shows every series from its start {relay.missing or ''}")
    check(wanted <= seen, f"these fire: {', '.join(sorted(wanted & seen))}" + (f"; and these do not: {wanted - seen}" if wanted - seen else ""))


def main():
    if not shutil.which("promtool") or not shutil.which("prometheus"):
        not_tried("deploy/alerts.yml", "prometheus is not installed and cannot be")
        sys.exit(77)
    rules = open(RULES, encoding="utf-8").read()
    names = re.findall(r"- alert: (\w+)", rules)
    check(set(names) == set(EVENTS), f"there is an event for each of the {len(names)} alerts {set(names) ^ set(EVENTS) or ''}")
    said = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    check(said.returncode == 0, f"`promtool check rules` {said.stderr}")
    with tempfile.TemporaryDirectory() as folder:
        watched(folder, rules, names)


def watched(folder, rules, names):
    settings = settings_of(folder, MailServer(), 0)
    check(run(settings, "migrate")[0] == 0, "the database is made")
    portal = Portal(settings, log=os.path.join(folder, "portal.log")).start()
    # Times and well-answered requests of a route are shown from its first request on, which no alert waits for.
    check(answers(portal.port) == 200, "the portal answers")
    relay = Relay(portal)
    with urllib.request.urlopen(f"http://127.0.0.1:{portal.operations}/metrics", timeout=10) as answer:
        said = subprocess.run(["promtool", "check", "metrics"], input=answer.read(), capture_output=True, check=False)
    check(said.returncode == 0, f"`promtool check metrics` {said.stderr.decode()}")
    with open(os.path.join(folder, "alerts.yml"), "w", encoding="utf-8") as file:
        file.write(faster(rules))
    with open(os.path.join(folder, "prometheus.yml"), "w", encoding="utf-8") as file:
        json.dump({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["alerts.yml"],
            "scrape_configs": [{"job_name": "dovetail", "static_configs": [{"targets": [f"127.0.0.1:{relay.server_address[1]}"]}]}],
        }, file)
    port = free_port()
    command = [
        "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
    ]
    with open(os.path.join(folder, "prometheus.log"), "wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as prometheus:
        try:
            time.sleep(15)
            check(not firing(port), f"a portal at rest fires nothing {firing(port) or ''}")
            relay.begin([event for events in EVENTS.values() for event in events])
            scenario(relay, port, [name for name in names if EVENTS[name]])
            relay.is_gone = True
            scenario(relay, port, ["DovetailGone"])
        finally:
            prometheus.terminate()
            portal.process.kill()
            portal.process.wait()


main()
