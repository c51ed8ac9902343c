"""Checks that logs are collected in Loki: the audit record of this run arrives, and queries and alerts work."""

import asyncio
import secrets
import time
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

from yarl import URL

from .context import Context
from .model import Check, Verdict, failed, needs_person, passed
from .others import ask_other, silent

_SECTION: Final = "Operation"
_FLAG: Final = "--loki"
_AUDIT: Final = '{job="drawbridge-audit"}'
_WAIT_SECONDS: Final = 90.0
_POLL_SECONDS: Final = 2.0
_NANOSECONDS: Final = 1_000_000_000
_HOUR_SECONDS: Final = 3600
LOG_ALERTS: Final = frozenset({"DrawbridgeAuditSilent", "DrawbridgeKeyGuessing"})
"""The alerts of exporter/loki."""
_LOOK: Final = "check that the logs of Home Assistant and the exporter are collected in one place, kept and searched."
_NOT_GIVEN: Final = needs_person(
    "Loki was not checked because its URL was not given.", f"Run again with {_FLAG} URL. Or: {_LOOK}"
)


def queries() -> tuple[str, ...]:
    """Return the queries of docs/logs.md."""
    text = files(__package__).joinpath("queries.logql").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


async def _query(context: Context, query: str, since: float) -> tuple[int, Any]:
    base = context.plan.sources.loki or URL()
    asked = {
        "query": query,
        "start": str(int(since * _NANOSECONDS)),
        "end": str(int((time.time() + 60) * _NANOSECONDS)),
        "limit": "1",
    }
    url = (base / "loki/api/v1/query_range").with_query(asked)
    reply = await ask_other(context, url)
    found = reply.json()
    if reply.status == HTTPStatus.OK and (not isinstance(found, dict) or found.get("status") != "success"):
        raise silent(context, url, f"{base} answered to {url.path}, but not as Loki does")
    return reply.status, found


async def collected(context: Context) -> Verdict:
    """Have a request refused, and wait until its audit record is in Loki."""
    if context.plan.sources.loki is None:
        return _NOT_GIVEN
    mark, started = f"preflight-{secrets.token_hex(8)}", time.time()
    await context.ask("/api/states", key=False, headers={"X-Request-ID": mark})
    while time.time() - started < context.plan.sources.loki_seconds:
        status, found = await _query(context, f'{_AUDIT} |= "{mark}"', started - 60)
        if status != HTTPStatus.OK:
            return failed(f"Loki answered {status}.", "Check --loki, and Loki's log.")
        if found["data"]["result"]:
            return passed(f"The audit record of this run arrived in Loki after {time.time() - started:.0f} s.")
        await asyncio.sleep(_POLL_SECONDS)
    return failed(
        f"The audit record of this run did not arrive in Loki within {context.plan.sources.loki_seconds:.0f} s.",
        "Turn on the audit files, and set up a collector as in docs/logs.md, with the label job=drawbridge-audit.",
    )


async def analysis(context: Context) -> Verdict:
    """Check that Loki answers the queries of docs/logs.md."""
    if context.plan.sources.loki is None:
        return _NOT_GIVEN
    wrong = [
        query for query in queries() if (await _query(context, query, time.time() - _HOUR_SECONDS))[0] != HTTPStatus.OK
    ]
    if wrong:
        return failed(f"Loki does not answer {len(wrong)} queries: {wrong[0]}", "Check Loki's version: 3 or newer.")
    return passed(f"Loki answers all {len(queries())} queries of docs/logs.md.")


async def alerts(context: Context) -> Verdict:
    """Check that the alerts on logs are loaded."""
    base = context.plan.sources.loki
    if base is None:
        return _NOT_GIVEN
    reply = await ask_other(context, base / "prometheus/api/v1/rules")
    found = reply.json()
    groups = found["data"]["groups"] if reply.status == HTTPStatus.OK and isinstance(found, dict) else []
    missing = sorted(LOG_ALERTS - {rule["name"] for group in groups for rule in group["rules"]})
    if missing:
        return failed(f"Loki lacks the alerts {', '.join(missing)}.", "Load exporter/loki/drawbridge-logs.yml.")
    return passed(f"Loki has the alerts {', '.join(sorted(LOG_ALERTS))}.")


CHECKS: Final = (
    Check(_SECTION, "log-aggregation", "Logs are aggregated", collected, seconds=120, flag=_FLAG),
    Check(_SECTION, "log-analysis", "Logs can be queried", analysis, needs_bridge=False, flag=_FLAG),
    Check(_SECTION, "log-alerts", "Logs raise alerts", alerts, needs_bridge=False, flag=_FLAG),
)
