"""Checks of monitoring and backup: metrics, alerts, the dashboard, the audit log and backups."""

import json
import tarfile
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, Final

from yarl import URL

from .context import Context
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Operation"
_RULES: Final = "exporter/rules/drawbridge-alerts.yml"
ALERTS: Final = frozenset(
    {
        "DrawbridgeWatchdog",
        "DrawbridgeExporterSaturated",
        "DrawbridgeCertificateExpiring",
        "DrawbridgeAbsent",
        "DrawbridgeCacheHitRateLow",
        "DrawbridgeClientsBehind",
        "DrawbridgeClockSkew",
        "DrawbridgeDown",
        "DrawbridgeErrorBudgetBurn",
        "DrawbridgeHealthScoreLow",
        "DrawbridgeKeyExpiring",
        "DrawbridgeKeyUnused",
        "DrawbridgeLatencyBudgetBurn",
        "DrawbridgeLockout",
        "DrawbridgeRefusalBurst",
        "DrawbridgeScrapeFailing",
        "DrawbridgeSlowReadersDropped",
        "DrawbridgeTargetsFileBroken",
    }
)
_NO_PROMETHEUS: Final = (
    "Prometheus was not checked because its URL was not given.",
    "Run again with --prometheus URL.",
)
_DASHBOARD: Final = "drawbridge"
_STORAGE: Final = ".storage/core.config_entries"
_MAX_STORAGE_BYTES: Final = 64 * 1024 * 1024


async def _prometheus(context: Context, path: str, **query: str) -> Any:  # noqa: ANN401 - JSON
    """Return the data of a response of Prometheus's API."""
    base = context.plan.prometheus or URL()
    reply = await context.ask_url((base / "api/v1" / path).with_query(query))
    found = reply.json()
    if not isinstance(found, dict) or found.get("status") != "success":
        message = f"{base} answered {reply.status} to /api/v1/{path}"
        raise ValueError(message)
    return found["data"]


async def scraped(context: Context) -> Verdict:
    """Check that Prometheus scrapes a bridge that is up."""
    if context.plan.prometheus is None:
        return needs_person(*_NO_PROMETHEUS)
    result = (await _prometheus(context, "query", query="drawbridge_up"))["result"]
    up = [row["metric"].get("instance", "") for row in result if float(row["value"][1]) == 1]
    if not up:
        return failed(
            f"Prometheus has {len(result)} Drawbridge targets, and none of them is up.",
            "Add the exporter to scrape_configs, and see its landing page for the reason that a bridge is down.",
        )
    return passed(f"drawbridge_up is 1 for {', '.join(up[:5])}.")


async def rules(context: Context) -> Verdict:
    """Check that the alert rules are loaded and evaluate."""
    if context.plan.prometheus is None:
        return needs_person(*_NO_PROMETHEUS)
    groups = (await _prometheus(context, "rules"))["groups"]
    found = [rule for group in groups for rule in group["rules"]]
    missing = ALERTS - {rule["name"] for rule in found}
    if missing:
        return failed(
            f"Not loaded: {', '.join(sorted(missing))}.",
            f"Add {_RULES} and the recording rules beside it to rule_files.",
        )
    ill = [rule["name"] for rule in found if rule["health"] == "err"]
    if ill:
        return failed(
            f"Prometheus cannot evaluate {', '.join(ill)}.", "See Status > Rule health in Prometheus for the error."
        )
    firing = sorted({rule["name"] for rule in found if rule.get("state") == "firing"})
    return passed(f"All {len(ALERTS)} alerts are loaded; firing: {', '.join(firing) or 'none'}.")


async def alertmanager(context: Context) -> Verdict:
    """Find the Alertmanagers that Prometheus sends alerts to."""
    if context.plan.prometheus is None:
        return needs_person(*_NO_PROMETHEUS)
    active = (await _prometheus(context, "alertmanagers"))["activeAlertmanagers"]
    if not active:
        return needs_person(
            "Prometheus has no active Alertmanager.",
            "Add an Alertmanager or use alerting in Grafana, then send a test alert.",
        )
    return needs_person(
        f"Prometheus sends alerts to {', '.join(row['url'] for row in active)}.",
        "Send a test alert, and check that it reaches the person on call.",
    )


async def dashboard(context: Context) -> Verdict:
    """Check that the dashboard is in Grafana."""
    if context.plan.grafana is None:
        return needs_person("Grafana was not checked because its URL was not given.", "Run again with --grafana URL.")
    token = context.plan.grafana_token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    reply = await context.ask_url(context.plan.grafana / "api/dashboards/uid" / _DASHBOARD, headers=headers)
    if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return needs_person(
            f"Grafana answered {reply.status}.",
            "Run again with --grafana-token-file FILE, or check for the dashboard in Grafana.",
        )
    if reply.status != HTTPStatus.OK:
        return failed(f"Grafana answered {reply.status}.", "Import exporter/dashboards/drawbridge.json.")
    title = (reply.json() or {}).get("dashboard", {}).get("title", "")
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
    return passed(f"{told.get('records', 0)} audit records are in memory, and the audit file is on.")


async def backup(context: Context) -> Verdict:
    """Check that a backup contains the API keys."""
    path = context.plan.backup
    if path is None:
        return needs_person(
            "No backup was checked because no file was given.",
            "Run again with --backup FILE, a Home Assistant backup without a password.",
        )
    wanted = len((await context.snapshot()).keys)
    try:
        entries = list(_backed_up_keys(path))
    except (tarfile.TarError, OSError, ValueError) as error:
        return needs_person(
            f"{path} cannot be read: {error}.",
            "If the backup is encrypted, test it: restore it on another machine.",
        )
    if len(entries) < wanted:
        return failed(
            f"{path} contains {len(entries)} API keys, but the bridge has {wanted}.",
            "Create a new backup that includes Home Assistant's settings.",
        )
    return passed(f"{path} contains {len(entries)} API keys; the bridge has {wanted}.")


def _backed_up_keys(path: Path) -> Iterator[str]:
    """Yield the titles of the API keys in a backup."""
    with tarfile.open(path) as outer:
        for member in outer:
            if member.name.removeprefix("./").startswith("homeassistant.tar"):
                inner = outer.extractfile(member)
                if inner is not None:
                    yield from _stored_keys(inner)


def _stored_keys(archive: IO[bytes]) -> Iterator[str]:
    with tarfile.open(fileobj=archive, mode="r|*") as tar:
        for member in tar:
            if member.name.endswith(_STORAGE):
                file = tar.extractfile(member)
                stored = json.loads(file.read(_MAX_STORAGE_BYTES)) if file is not None else {}
                for entry in stored["data"]["entries"]:
                    if entry["domain"] == "drawbridge":
                        yield from (
                            sub["title"] for sub in entry.get("subentries", ()) if sub["subentry_type"] == "api_key"
                        )


CHECKS: Final = (
    Check(_SECTION, "scraped", "Prometheus has the metrics", scraped),
    Check(_SECTION, "rules", "The alert rules are loaded", rules),
    Check(_SECTION, "alertmanager", "Alerts are delivered", alertmanager),
    Check(_SECTION, "dashboard", "The dashboard is in Grafana", dashboard),
    Check(_SECTION, "audit", "The audit log is on", audit),
    Check(_SECTION, "backup", "A backup contains the API keys", backup),
)
