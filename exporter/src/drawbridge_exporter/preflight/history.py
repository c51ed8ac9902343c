"""Checks that need Prometheus's history: retention, renewed certificates, capacity and outages."""

import json
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from .backup_file import read_description
from .context import Context
from .model import Check, Verdict, failed, needs_person, passed
from .prometheus import NOT_GIVEN, query_prometheus, series_of_this_bridge

_SECTION: Final = "Operation"
_FLAG: Final = "--prometheus"
_DEFAULT_RETENTION: Final = "15d"
_MIN_HEADROOM: Final = 2.0
_STEP_SECONDS: Final = 300
_DAYS: Final = 30
_SECONDS_PER_DAY: Final = 86_400
_SECONDS_PER_HOUR: Final = 3600
_CERTIFICATES: Final = (
    "drawbridge_tls_certificate_expiry_timestamp_seconds",
    "drawbridge_listener_certificate_expiry_timestamp_seconds",
)


_UNKNOWN: Final = needs_person(
    "Prometheus does not have this bridge.", "Add it to Prometheus, and run again when there is some history."
)


async def _selector(context: Context) -> str:
    """Return the labels of this bridge in Prometheus, or an empty string if Prometheus does not have it."""
    mine, _ = await series_of_this_bridge(context)
    if not mine:
        return ""
    job, instance = mine[0]
    return f"{{job={json.dumps(job)},instance={json.dumps(instance)}}}"


async def _value(context: Context, query: str) -> float | None:
    """Return the value of a query with one result, or None without one."""
    rows = (await query_prometheus(context, "query", query=query))["result"]
    return float(rows[0]["value"][1]) if rows else None


async def retention(context: Context) -> Verdict:
    """Check how long the audit files and Prometheus keep data."""
    days = (await context.raw_snapshot()).get("settings", {}).get("audit_days")
    if days is None:
        return needs_person("The bridge does not report how long it keeps audit files.", "Update Drawbridge.")
    kept = f"Audit files are kept for {days:.0f} days"
    if context.plan.prometheus is None:
        return needs_person(f"{kept}. {NOT_GIVEN.evidence}", NOT_GIVEN.fix)
    chosen = await _retention_of_prometheus(context)
    if chosen:
        return passed(f"{kept}, and Prometheus keeps {chosen}.")
    return needs_person(
        f"{kept}. Prometheus keeps data for {_DEFAULT_RETENTION}, which is its default: nobody chose it.",
        "Decide how long data is kept, and start Prometheus with --storage.tsdb.retention.time or"
        f" --storage.tsdb.retention.size, also if {_DEFAULT_RETENTION} is right.",
    )


async def _retention_of_prometheus(context: Context) -> str:
    """Return how long Prometheus keeps data, or an empty string if nothing but its default says so."""
    flags = await query_prometheus(context, "status/flags")
    values = (flags.get(f"storage.tsdb.retention{end}", "") for end in (".time", ".size", ""))
    found = [value for value in values if value not in {"", "0s", "0", "0B"}]
    if not found:
        # Newer versions can have it in their configuration file.
        effective = (await query_prometheus(context, "status/runtimeinfo")).get("storageRetention", "")
        found = [effective] if effective not in {"", _DEFAULT_RETENTION} else []
    return " or ".join(found)


async def renewal(context: Context) -> Verdict:
    """Check that a certificate was renewed before it expired: its expiry moved, as Prometheus remembers."""
    if context.plan.prometheus is None:
        return NOT_GIVEN
    labels = await _selector(context)
    if not labels:
        return _UNKNOWN
    told: list[str] = []
    missing: list[str] = []
    for name in _CERTIFICATES:
        ends = await _value(context, name + labels)
        if ends is None:
            continue
        renewed = await _value(context, f"changes({name}{labels}[365d])") or 0
        short = "the listener's" if "listener" in name else "the bridge's"
        days = (ends - time.time()) / _SECONDS_PER_DAY
        (told if renewed else missing).append(
            f"{short} certificate ends in {days:.0f} days, renewed {renewed:.0f} times"
        )
    if missing or not told:
        return needs_person(
            f"Prometheus has not yet seen a renewal: {'; '.join(missing) or 'it has no certificate of this bridge'}.",
            "Check what renews the certificates, and who is notified when it fails.",
        )
    return passed(f"Prometheus has seen renewals: {'; '.join(told)}.")


async def capacity(context: Context) -> Verdict:
    """Compare the throughput of the load test with the busiest five minutes of the last month."""
    if context.plan.prometheus is None:
        return NOT_GIVEN
    if context.peak is None:
        return needs_person(
            "No load test reached the limit of the bridge.",
            "Run again with --load, and with --load-key-file and a key that has no rate limit.",
        )
    labels = await _selector(context)
    if not labels:
        return _UNKNOWN
    query = f"max_over_time(instance:drawbridge_http_requests:rate5m{labels}[{_DAYS}d])"
    busiest = await _value(context, query)
    if busiest is None:
        return needs_person(
            "Prometheus has no traffic of this bridge.", "Load the recording rules, and run again later."
        )
    evidence = (
        f"The load test reached {context.peak:.0f} requests/s; the busiest five minutes of the last {_DAYS} days had"
        f" {busiest:.1f}."
    )
    if context.peak < _MIN_HEADROOM * busiest:
        return failed(evidence, "Reduce the traffic with deltas or subscriptions, or use a faster machine.")
    return passed(evidence)


async def continuity(context: Context) -> Verdict:
    """Compare the longest outage of the last month with the RTO, and the age of the backup with the RPO."""
    rto, rpo = context.plan.sources.rto_hours, context.plan.sources.rpo_hours
    if rto is None or rpo is None or context.plan.backup is None:
        return needs_person(
            "The targets for recovery or a backup were not given.",
            "Define how long the bridge may be down and how much data may be lost, and run again with --rto HOURS,"
            " --rpo HOURS and --backup FILE.",
        )
    if context.plan.prometheus is None:
        return NOT_GIVEN
    labels = await _selector(context)
    if not labels:
        return _UNKNOWN
    age = (time.time() - _made_at(context.plan.backup)) / _SECONDS_PER_HOUR
    outage = await _longest_outage(context, labels) / _SECONDS_PER_HOUR
    evidence = (
        f"The longest outage of the last {_DAYS} days took {outage:.1f} of at most {rto:g} hours; the backup is"
        f" {age:.1f} of at most {rpo:g} hours old."
    )
    if outage > rto or age > rpo:
        return failed(evidence, "Make backups more often, or practise the restore, or correct the targets.")
    return passed(evidence)


def _made_at(path: Path) -> float:
    """Return the time of a backup. Raises ValueError if it is not a backup of Home Assistant."""
    try:
        description = read_description(path)
        if description is not None:
            made = datetime.fromisoformat(description["date"])
            return (made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp()
    except (tarfile.TarError, OSError, KeyError, TypeError) as error:
        message = f"{path} is not a backup: {error}"
        raise ValueError(message) from error
    message = f"{path} has no backup.json"
    raise ValueError(message)


async def _longest_outage(context: Context, labels: str) -> float:
    """Return the longest time in seconds in which the bridge was down or was not scraped."""
    now = int(time.time())
    found: list[dict[str, Any]] = (
        await query_prometheus(
            context,
            "query_range",
            query=f"drawbridge_up{labels}",
            start=str(now - _DAYS * _SECONDS_PER_DAY),
            end=str(now),
            step=str(_STEP_SECONDS),
        )
    )["result"]
    up = sorted(float(at) for row in found for at, value in row["values"] if float(value) == 1)
    gaps = [after - before - _STEP_SECONDS for before, after in zip(up, [*up[1:], now], strict=True)]
    return max([0.0, *gaps])


CHECKS: Final = (
    Check(_SECTION, "retention", "Data retention is defined", retention, flag=_FLAG),
    Check(_SECTION, "certificates", "Certificates are renewed automatically", renewal, flag=_FLAG),
    Check(_SECTION, "capacity", "Capacity is sufficient", capacity, flag="--prometheus --load"),
    Check(_SECTION, "continuity", "RTO and RPO are met", continuity, flag="--rto --rpo --backup --prometheus"),
)
