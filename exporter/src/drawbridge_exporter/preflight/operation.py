"""Checks of monitoring: metrics, rules, the dashboard and the audit log."""

from http import HTTPStatus
from typing import Final

from .context import Context
from .model import Check, Verdict, failed, needs_person, passed
from .others import ask_other
from .prometheus import NOT_GIVEN, query_prometheus, series, series_of_this_bridge
from .rules import ALERTS, RECORDS

_SECTION: Final = "Operation"
_RULES: Final = "exporter/rules/*.yml"
_DASHBOARD: Final = "drawbridge"


async def scraped(context: Context) -> Verdict:
    """Check that Prometheus scrapes this bridge: the start time identifies the bridge."""
    if context.plan.prometheus is None:
        return NOT_GIVEN
    mine, every = await series_of_this_bridge(context)
    if not mine:
        return failed(
            f"Prometheus has {every} running bridges, and none of them is this one.",
            "Add the exporter of this bridge to scrape_configs. Its landing page has the reason if the bridge is down.",
        )
    up = (await query_prometheus(context, "query", query="drawbridge_up == 1"))["result"]
    if not {series(row) for row in up} & set(mine):
        return failed(f"drawbridge_up is not 1 for {mine[0][1]}.", "See the landing page of the exporter.")
    return passed(f"This bridge is {', '.join(f'{job}/{instance}' for job, instance in mine)}, and drawbridge_up is 1.")


async def rules(context: Context) -> Verdict:
    """Check that the alert rules and the recording rules are loaded and evaluate."""
    if context.plan.prometheus is None:
        return NOT_GIVEN
    groups = (await query_prometheus(context, "rules"))["groups"]
    found = [rule for group in groups for rule in group["rules"]]
    missing = (ALERTS | RECORDS) - {rule["name"] for rule in found}
    if missing:
        return failed(
            f"{len(missing)} rules are not loaded: {', '.join(sorted(missing)[:5])}.",
            f"Add {_RULES} to rule_files. The alerts need the recording rules.",
        )
    ours = [rule for rule in found if rule["name"] in ALERTS | RECORDS]
    ill = sorted({rule["name"] for rule in ours if rule["health"] == "err"})
    if ill:
        return failed(
            f"Prometheus cannot evaluate {', '.join(ill)}.", "See Status > Rule health in Prometheus for the error."
        )
    firing = sorted({rule["name"] for rule in ours if rule.get("state") == "firing"} - {"DrawbridgeWatchdog"})
    loaded = f"All {len(ALERTS)} alerts and {len(RECORDS)} recording rules are loaded"
    return passed(f"{loaded}; firing: {', '.join(firing) or 'none'}.")


async def dashboard(context: Context) -> Verdict:
    """Check that the dashboard is in Grafana."""
    if context.plan.grafana is None:
        return needs_person("Grafana was not checked because its URL was not given.", "Run again with --grafana URL.")
    token = context.plan.grafana_token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = context.plan.grafana / "api/dashboards/uid" / _DASHBOARD
    reply = await ask_other(context, url, headers)
    if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return needs_person(
            f"Grafana answered {reply.status}.",
            "Run again with --grafana-token-file FILE, or check for the dashboard in Grafana.",
        )
    if reply.status != HTTPStatus.OK:
        return failed(f"Grafana answered {reply.status}.", "Import exporter/dashboards/drawbridge.json.")
    found = reply.json()
    if not isinstance(found, dict) or not (title := found["dashboard"]["title"]):
        return failed(f"{url.origin()} answers, but not as Grafana does.", "Check --grafana.")
    return passed(f"Grafana has the dashboard {title!r}.")


async def audit(context: Context) -> Verdict:
    """Check that the audit log is written to a file."""
    told = (await context.raw_snapshot()).get("audit")
    if not isinstance(told, dict):
        return needs_person(
            "The bridge does not report the state of its audit log.",
            "Check the audit log in Settings > Devices & services > Drawbridge > Configure.",
        )
    if not told.get("file"):
        return failed(
            f"{told.get('records', 0)} audit records are only in memory and are lost when Home Assistant restarts.",
            "Turn on the audit file in Settings > Devices & services > Drawbridge > Configure.",
        )
    dropped = told.get("dropped") or {}
    if lost := dropped.get("allowed", 0) + dropped.get("failed", 0):
        return failed(
            f"{lost} actions were not written to the audit file since the start.",
            "Check the free space of the disk, and Home Assistant's log.",
        )
    refused = await context.ask("/api/states", key=False)
    after = (await context.raw_snapshot()).get("audit", {}).get("records", 0)
    if refused.status == HTTPStatus.UNAUTHORIZED and after <= told.get("records", 0):
        return failed(
            "A refused request of this run is not in the audit trail.", "Report a bug, with Home Assistant's log."
        )
    return passed(
        f"The audit file is on, a refused request of this run is in the trail, and no action was lost; of {after}"
        f" records, {sum(dropped.values())} refusals in floods are in sums."
    )


CHECKS: Final = (
    Check(_SECTION, "scraped", "Prometheus has the metrics", scraped, flag="--prometheus"),
    Check(_SECTION, "rules", "The alert rules are loaded", rules, needs_bridge=False, flag="--prometheus"),
    Check(_SECTION, "dashboard", "The dashboard is in Grafana", dashboard, needs_bridge=False, flag="--grafana"),
    Check(_SECTION, "audit", "The audit log is on and complete", audit),
)
