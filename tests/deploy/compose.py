"""deploy/compose.yaml, read by Compose itself; deploy/compose-secrets, whose keys the program must take; and that every
container is as closed as the file promises."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from lib import PROGRAM, ROOT, check, not_tried, run

VARIABLES = {
    "DOVETAIL_HOST": "play.studio.example",
    "DOVETAIL_AMAZON_CLIENT_ID": "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef",
    "DOVETAIL_MAIL_FROM": "Studio <no-reply@studio.example>",
}


def compose():
    """The command of Compose on this machine: the plugin, or the program of before."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0:
            return command
    return None


def secrets(deploy):
    """Runs the script in a copy, so that no secrets lie in the checkout."""
    script = shutil.copy(os.path.join(ROOT, "deploy/compose-secrets"), deploy)
    made = os.path.join(deploy, "secrets")
    done = subprocess.run([script], capture_output=True, text=True, check=False)
    check(done.returncode == 1 and "smtp-url" in done.stderr and "amazon-client-secret" in done.stderr, "it names what only the operator knows")
    for name, value in (("smtp-url", "smtps://user:pw@mail.studio.example"), ("amazon-client-secret", "amzn1.oa2-cs.v1." + os.urandom(32).hex())):
        with open(os.path.join(made, name), "w", encoding="utf-8") as file:
            file.write(value + "\n")
    before = {name: open(os.path.join(made, name), encoding="utf-8").read() for name in os.listdir(made)}
    check(subprocess.run([script], capture_output=True, check=False).returncode == 0, "it is content then")
    after = {name: open(os.path.join(made, name), encoding="utf-8").read() for name in os.listdir(made)}
    check(before == after, "what exists is kept")
    check(os.stat(made).st_mode & 0o777 == 0o700, "the folder is closed to others")
    owners = {name: (os.stat(os.path.join(made, name)).st_uid, oct(os.stat(os.path.join(made, name)).st_mode & 0o777)) for name in after}
    check(owners.pop("database-password") == (999, "0o400") and set(owners.values()) == {(10001, "0o400")}, "each file belongs to its container's user")
    return made


def main():
    if os.geteuid() != 0:
        not_tried("deploy/compose-secrets", "it takes root")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        made = secrets(folder)
        command = compose()
        if not command:
            not_tried("deploy/compose.yaml", "Compose is not installed and cannot be")
            sys.exit(77)
        file = os.path.join(ROOT, "deploy/compose.yaml")
        # Names of the files that hold secrets are looked for beside the file.
        whole = shutil.copy(file, folder)
        if command == ["docker-compose"]:
            # Compose 1 does not know the name of a project, which Compose 2 does.
            text = open(whole, encoding="utf-8").read().replace("\nname: dovetail\n", "\n", 1)
            with open(whole, "w", encoding="utf-8") as kept:
                kept.write(text)
        asked = {**os.environ, **VARIABLES}
        said = subprocess.run([*command, "-f", whole, "config"], env=asked, capture_output=True, text=True, check=False)
        check(said.returncode == 0, f"{' '.join(command)} takes the file {said.stderr.strip() if said.returncode else ''}")
        for name in VARIABLES:
            less = {key: value for key, value in asked.items() if key != name}
            lacks = subprocess.run([*command, "-f", whole, "config"], env=less, capture_output=True, text=True, check=False)
            check(lacks.returncode != 0 and name in lacks.stderr, f"without {name} nothing starts")
        is_read(said.stdout, made)
    not_tried("docker compose up", "there is no container engine here")


def is_read(text, made):
    import yaml  # pylint: disable=import-outside-toplevel # Compose has brought it, or tests/deploy/run has

    found = yaml.safe_load(text)
    services = found["services"]
    check(set(services) == {"database", "portal-a", "portal-b", "proxy"}, "two portals, PostgreSQL and a proxy")
    for name, service in services.items():
        is_closed = service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
        check(is_closed, f"{name} has a read-only root, no capabilities and no new privileges")
        check("healthcheck" in service, f"{name} has a health check")
        inside = json.dumps(service.get("environment", {}))
        check(not re.search(r"password=|:[^/\"]+@", inside), f"no secret is in the environment of {name}")
    check(services["database"].get("network_mode") == "none", "PostgreSQL is in no network")
    check("ports" not in services["portal-a"] and "ports" not in services["portal-b"], "only the proxy is published")
    for service in services.values():
        for secret in service.get("secrets", []):
            name = secret if isinstance(secret, str) else secret["source"]
            check(os.path.isfile(os.path.join(made, name)), f"deploy/compose-secrets makes {name}")
    # The program takes the settings of the file with the secrets that were made.
    given = services["portal-a"]["environment"]
    ledger = os.path.join(made, "ledger")
    os.mkdir(ledger)
    settings = {name: value.replace("/run/secrets", made).replace("/var/lib/dovetail", ledger) for name, value in given.items()}
    code, shown = run(settings, "config", "show")
    check(code == 0, "the program takes these settings" + (f": {shown}" if code else ""))
    password = open(os.path.join(made, "database-password"), encoding="utf-8").read()
    check(password not in shown, "`dovetail config show` does not show the database's password")


if not PROGRAM:
    sys.exit("DOVETAIL must name the program")
main()
