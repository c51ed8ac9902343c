"""Checks of the path of an alert: from Prometheus through Alertmanager to the people on call."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from yarl import URL

from .context import Context
from .model import Check, Verdict, failed, needs_person, passed
from .others import OtherServerError, other_json, other_samples
from .prometheus import NOT_GIVEN, query_prometheus
from .rules import ALERTS

_SECTION: Final = "Operation"
_FLAG: Final = "--prometheus"
_WATCHDOG: Final = "DrawbridgeWatchdog"
_MAX_LOST_RATIO: Final = 0.05
_CRITICAL: Final = {"alertname": "DrawbridgeDown", "severity": "critical", "job": "drawbridge"}
_MINUTE_UNITS: Final = {"s": 1 / 60, "m": 1.0, "h": 60.0, "d": 1440.0}
_RUN: Final = "Run again with --alertmanager URL, or send a test alert and check that it reaches the person on call."


class _UnknownError(Exception):
    """Alertmanager cannot be queried. The text says why."""


async def _alertmanager(context: Context) -> URL:
    """Return the URL of Alertmanager, as given or as Prometheus knows it."""
    if context.plan.sources.alertmanager is not None:
        return context.plan.sources.alertmanager
    if context.plan.prometheus is None:
        raise _UnknownError(NOT_GIVEN.evidence)
    active = (await query_prometheus(context, "alertmanagers"))["activeAlertmanagers"]
    if not active:
        message = "Prometheus has no active Alertmanager."
        raise _UnknownError(message)
    return URL(active[0]["url"].partition("/api/")[0])


async def _ask(context: Context, base: URL, path: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return await other_json(context, base / "api/v2" / path, "Alertmanager")
    except OtherServerError as error:
        if context.plan.sources.alertmanager is not None:
            raise
        message = f"Prometheus sends alerts to {base}, which this machine cannot ask: {error}."
        raise _UnknownError(message) from None
    except ValueError as error:
        raise _UnknownError(f"{error}.") from None


async def delivered(context: Context) -> Verdict:
    """Check that the alert that always fires reaches Alertmanager, and that its notifications are delivered."""
    try:
        base = await _alertmanager(context)
        alerts = await _ask(context, base, "alerts")
        sent, lost = await _notifications(context, base)
    except _UnknownError as error:
        return needs_person(str(error), _RUN)
    names = {alert["labels"].get("alertname") for alert in alerts}
    if _WATCHDOG not in names:
        return failed(
            f"{base} does not have {_WATCHDOG}, which always fires.",
            "Add Alertmanager to alerting in Prometheus's configuration, and load the rules.",
        )
    evidence = f"{base} delivered {sent:.0f} notifications, and {lost:.0f} failed"
    if lost > _MAX_LOST_RATIO * sent or not sent:
        return failed(
            f"{evidence}.",
            "See Alertmanager's log, and check the addresses of the receivers.",
        )
    return passed(f"{evidence}; {_WATCHDOG} is among them.")


async def _notifications(context: Context, base: URL) -> tuple[float, float]:
    """Return how many requests to receivers were sent, and how many of them failed. Failed ones are repeated."""
    samples = await other_samples(context, base / "metrics")
    lost = sum(item.value for item in samples if item.name == "alertmanager_notification_requests_failed_total")
    every = sum(item.value for item in samples if item.name == "alertmanager_notification_requests_total")
    return every - lost, lost


async def escalation(context: Context) -> Verdict:
    """Check that a critical alert goes on to a second receiver, and that the watchdog has a receiver of its own."""
    try:
        base = await _alertmanager(context)
        status = await _ask(context, base, "status")
    except _UnknownError as error:
        return needs_person(str(error), _RUN)
    return judge_routes(yaml.safe_load(status["config"]["original"])["route"])


def judge_routes(root: Mapping[str, Any]) -> Verdict:
    """Return the verdict for the routes of a configuration."""
    levels = list(_receivers(root, _CRITICAL, {}))
    first = {receiver for receiver, wait in levels if wait < 5}  # noqa: PLR2004 - minutes
    later = {receiver: wait for receiver, wait in levels if wait >= 5}  # noqa: PLR2004 - minutes
    if not first or not later.keys() - first:
        return failed(
            f"A critical alert goes to {', '.join(receiver for receiver, _ in levels)}, and to nobody later.",
            "Add a second level, as in exporter/alertmanager/alertmanager.yml.",
        )
    watched = {receiver for receiver, _ in _receivers(root, {"alertname": _WATCHDOG}, {})}
    if watched & (first | later.keys()):
        return failed(f"{_WATCHDOG} has no receiver of its own.", "Send it to a dead man's switch.")
    second = ", ".join(f"{receiver} after {wait:.0f} minutes" for receiver, wait in later.items())
    return passed(
        f"A critical alert goes to {', '.join(sorted(first))}, and to {second}. The dead man's switch is"
        f" {', '.join(sorted(watched))}."
    )


def _receivers(
    route: Mapping[str, Any], labels: Mapping[str, str], above: Mapping[str, Any]
) -> Iterator[tuple[str, float]]:
    """Yield the receivers that an alert reaches, each with the minutes until it is notified."""
    own = {**above, **{name: route[name] for name in ("receiver", "group_wait") if name in route}}
    found = False
    for child in route.get("routes", ()):
        if _matches(child, labels):
            found = True
            yield from _receivers(child, labels, own)
            if not child.get("continue"):
                break
    if not found:
        yield own["receiver"], _minutes(str(own.get("group_wait", "30s")))


def _matches(route: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Return whether a route takes an alert. Only matchers that compare are understood, as in the example."""
    for matcher in route.get("matchers", ()):
        name, _, value = str(matcher).partition("=")
        if labels.get(name.strip()) != value.strip().strip('"'):
            return False
    return all(labels.get(name) == value for name, value in route.get("match", {}).items())


def _minutes(duration: str) -> float:
    return float(duration[:-1] or 0) * _MINUTE_UNITS.get(duration[-1:], 0.0)


async def runbooks(context: Context) -> Verdict:
    """Check that each alert has a runbook."""
    if context.plan.prometheus is None:
        return NOT_GIVEN
    groups = (await query_prometheus(context, "rules"))["groups"]
    ours = [rule for group in groups for rule in group["rules"] if rule["name"] in ALERTS]
    if not ours:
        return needs_person("Prometheus has none of the alerts.", "Load the rules, and run again.")
    if without := sorted({rule["name"] for rule in ours if not rule.get("annotations", {}).get("runbook_url")}):
        return failed(f"Alerts without a runbook: {', '.join(without)}.", "Load exporter/rules unchanged.")
    return passed(f"All {len(ours)} alerts name a runbook.")


CHECKS: Final = (
    Check(_SECTION, "alertmanager", "Alerts are delivered", delivered, needs_bridge=False, flag=_FLAG),
    Check(_SECTION, "escalation", "Alerts escalate", escalation, needs_bridge=False, flag=_FLAG),
    Check(_SECTION, "runbooks", "Alerts have runbooks", runbooks, needs_bridge=False, flag=_FLAG),
)
