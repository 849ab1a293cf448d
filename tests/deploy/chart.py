"""The Helm chart: linted and rendered by Helm, and what it renders is what Kubernetes knows.

Where the program `helm` is installed, it does so; otherwise Helm's own library does (tests/deploy/requirements.txt).
"""

import json
import os
import shutil
import subprocess
import sys

from lib import ROOT, check, not_tried

CHART = os.path.join(ROOT, "deploy/helm/dovetail")
EXAMPLE = os.path.join(ROOT, "deploy/helm/example-values.yaml")

try:
    import kubernetes_validate
    import yaml
except ImportError:
    not_tried("deploy/helm", "the Python packages of tests/deploy/requirements.txt cannot be installed here")
    sys.exit(77)


class Program:
    """The program `helm`."""

    name = "helm"

    def lint(self, values):
        with_values = ["--values", self.file(values)]
        done = subprocess.run(["helm", "lint", "--strict", CHART, *with_values], capture_output=True, text=True, check=False)
        return [] if done.returncode == 0 else [done.stdout + done.stderr]

    def render(self, values):
        command = ["helm", "template", "play", CHART, "--namespace", "games", "--values", self.file(values)]
        done = subprocess.run([*command, "--api-versions", "monitoring.coreos.com/v1"], capture_output=True, text=True, check=True)
        return done.stdout

    @staticmethod
    def file(values):
        path = os.path.join(os.environ.get("SCRATCH", "/tmp"), "values.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(values, file)
        return path


class Library:
    """Helm's own library."""

    def __init__(self):
        import helm_python  # pylint: disable=import-outside-toplevel

        self.helm = helm_python
        self.name = f"Helm's library {helm_python.helm_sdk_version()}"

    def lint(self, values):
        found = self.helm.lint(CHART, values, strict=True)
        # Severity 1 is advice, such as an icon for a shop window.
        return [said["error"] for said in found["messages"] if said["severity"] > 1]

    def render(self, values):
        with self.helm.Chart.load(CHART) as chart:
            made = chart.render(values, name="play", namespace="games")
        return "\n---\n".join(text for path, text in made.items() if path.endswith(".yaml"))


def known(documents):
    """Each document, against the schemas of the oldest Kubernetes that the chart takes and of the newest that is known."""
    for document in documents:
        kind = document["kind"]
        if kind == "ServiceMonitor":
            not_tried("the schema of the ServiceMonitor", "it is the Prometheus operator's, and not Kubernetes' own")
            continue
        for version in ("1.25", kubernetes_validate.latest_version()):
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                sys.exit(f"FAILED: {kind} for Kubernetes {version}: {error.message}")
        print(f"  ok: Kubernetes knows this {kind}")


def is_closed(documents):
    pod = next(document for document in documents if document["kind"] == "Deployment")["spec"]
    check(pod["replicas"] == 2, "two copies")
    pod = pod["template"]["spec"]
    container = pod["containers"][0]
    check(pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001, "not root")
    closed = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    check(container["securityContext"] == closed, "a read-only root, no capabilities, no new privileges")
    check({"startupProbe", "livenessProbe", "readinessProbe"} <= set(container), "probes")
    secret = [entry for entry in container["env"] if entry["name"].endswith("_FILE")]
    check(len(secret) == 5 and all(entry["value"].startswith("/run/secrets/dovetail/") for entry in secret), "secrets are files")
    grace = pod["terminationGracePeriodSeconds"]
    settings = next(document for document in documents if document["kind"] == "ConfigMap")["data"]
    needed = sum(int(settings[name].removesuffix("s")) for name in ("DOVETAIL_STOP_PAUSE", "DOVETAIL_SHUTDOWN_GRACE"))
    check(grace > needed, f"{grace} s are enough to stop, which takes {needed} s at most")


def main():
    helm = Program() if shutil.which("helm") else Library()
    print(f"  with {helm.name}")
    example = yaml.safe_load(open(EXAMPLE, encoding="utf-8"))
    found = helm.lint(example)
    check(not found, f"the chart is linted without a complaint {found or ''}")
    check(helm.lint({}), "without values it is refused")
    for wrong in (
        {"replicas": 0}, {"settings": {**example["settings"], "DOVETAIL_PUBLIC_URL": "http://play.studio.example"}},
        {"settings": {**example["settings"], "DOVETAIL_SESSION_KEY": "a secret in a ConfigMap"}}, {"ingress": {"enabled": True, "host": ""}}, {"replica": 3},
    ):
        check(helm.lint({**example, **wrong}), f"{json.dumps(wrong)[:80]} is refused")

    documents = [document for document in yaml.safe_load_all(helm.render(example)) if document]
    kinds = sorted(document["kind"] for document in documents)
    check(
        kinds == ["ConfigMap", "Deployment", "Ingress", "PodDisruptionBudget", "Service", "Service", "ServiceMonitor"],
        f"with everything on, it renders {', '.join(kinds)}",
    )
    known(documents)
    is_closed(documents)

    least = {key: value for key, value in example.items() if key not in ("ledger", "ingress", "serviceMonitor")}
    least["image"] = {**example["image"], "digest": "sha256:" + "0" * 64, "pullSecrets": ["registry"]}
    documents = [document for document in yaml.safe_load_all(helm.render(least)) if document]
    kinds = sorted(document["kind"] for document in documents)
    check(kinds == ["ConfigMap", "Deployment", "PodDisruptionBudget", "Service", "Service"], f"with the least, {', '.join(kinds)}")
    known(documents)
    not_tried("helm install of deploy/helm", "there is no Kubernetes here")


main()
