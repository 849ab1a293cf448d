"""The Grafana dashboard asks for nothing that a portal does not show: every metric, label and value of its queries stands
in docs/metrics.md, and Prometheus takes each query."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from lib import ROOT, check, not_tried

DASHBOARD = os.path.join(ROOT, "deploy/grafana/dovetail.json")
METRICS = os.path.join(ROOT, "docs/metrics.md")
# Labels that Prometheus adds, and that a histogram has.
EVERYWHERE = {"instance", "job", "le"}
SELECTOR = re.compile(r"([a-z_]+)\{([^}]*)\}")


def described():
    """Of each metric: its labels, and the kind. Of each value of a label: that it is described."""
    text = open(METRICS, encoding="utf-8").read()
    rows = re.findall(r"^\| `([a-z_]+)` \| (\w+) \| ([^|]*) \|", text, re.MULTILINE)
    metrics = {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    values = {name: "" for name in metrics}
    for line in text.split("\n- ")[1:]:
        for name in re.findall(r"`([a-z_]+)`", line.split(":")[0]):
            if name in values:
                values[name] += line
    return metrics, values


def expressions(dashboard):
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for note in dashboard["annotations"]["list"]:
        yield note["name"], note["expr"]


def examine(title, expression, metrics, values):
    """What is wrong with a query."""
    named = SELECTOR.findall(expression)
    if not named:
        return [f"{title}: {expression} names no metric"]
    wrong = []
    for name, selector in named:
        base = name.removesuffix("_bucket")
        kind, labels = metrics.get(base, (None, set()))
        if kind is None or (name != base) != (kind == "histogram"):
            wrong.append(f"{title}: {name} is not in docs/metrics.md")
            continue
        for label, value in re.findall(r'(\w+)=~?"([^"]*)"', selector):
            if label not in labels | EVERYWHERE:
                wrong.append(f"{title}: {name} has no label {label}")
            elif label in labels and f"`{value}`" not in values[base]:
                wrong.append(f"{title}: {label} of {name} is never {value}")
    by = {label for group in re.findall(r"\bby \(([^)]*)\)", expression) for label in group.split(", ")}
    known = EVERYWHERE.union(*(metrics.get(name.removesuffix("_bucket"), (None, set()))[1] for name, _ in named))
    return wrong + [f"{title}: no metric in {expression} has the label {label}" for label in by - known]


def main():
    dashboard = json.load(open(DASHBOARD, encoding="utf-8"))
    metrics, values = described()
    check(len(metrics) > 50, f"docs/metrics.md has {len(metrics)} metrics")
    found = list(expressions(dashboard))
    wrong = [line for title, expression in found for line in examine(title, expression, metrics, values)]
    check(not wrong, f"{len(found)} queries name what is described {wrong or ''}")
    for nonsense in ("sum(rate(dovetail_nothing_total{}[5m]))", 'dovetail_ready{state="x"}', 'dovetail_amazon_circuit{state="ajar"}', "sum by (why) (dovetail_ready{})"):
        check(examine("", nonsense, metrics, values), f"{nonsense} would be found")
    panels = [panel["id"] for panel in dashboard["panels"]]
    check(len(set(panels)) == len(panels), "each panel has an id of its own")

    if not shutil.which("promtool"):
        not_tried("the queries of the dashboard in Prometheus", "promtool is not installed and cannot be")
    else:
        rules = [{"record": f"query:{at}", "expr": re.sub(r"\$__rate_interval", "5m", expression)} for at, (_, expression) in enumerate(found)]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
            file.flush()
            said = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
        check(said.returncode == 0, f"Prometheus takes each query {said.stderr if said.returncode else ''}")
    not_tried("the dashboard in Grafana", "Grafana is not at hand")


if __name__ == "__main__":
    sys.exit(main())
