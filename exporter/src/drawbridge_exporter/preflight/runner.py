"""Runs the checks in order."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import aiohttp

from ..bridge.errors import FetchError, from_exception
from . import (
    access,
    alerting,
    backups,
    cluster,
    deployed,
    environment,
    errors,
    exporters,
    firewall,
    function,
    history,
    keys,
    live,
    logs,
    operation,
    people,
    performance,
    reach,
    scans,
    tracing,
    transport,
)
from .checklist import is_asked
from .context import Context, Plan
from .listener import ListenerChecks
from .load import LoadTest
from .model import Check, Report, Result, Status, Verdict, failed, passed, skipped
from .others import OtherServerError
from .previous import Comparison

_MAX_SIGNATURE_DAYS: Final = 365


def checks(plan: Plan, results: Sequence[Result] = ()) -> Iterator[Check]:
    """Yield the checks in the order in which they run. The last ones compare the ``results`` with an earlier run.

    The first check finds out whether the others can run. Performance checks use the snapshot from before the run.
    The rate limit check runs last because it uses up the key's requests.
    """
    yield from reach.CHECKS
    yield from access.CHECKS
    yield from keys.CHECKS
    yield from transport.CHECKS
    yield from ListenerChecks().checks()
    yield from function.CHECKS
    yield from errors.CHECKS
    yield from live.CHECKS
    yield from performance.CHECKS
    if plan.load:
        yield from LoadTest().checks(plan)
    yield from operation.CHECKS
    yield from history.CHECKS
    yield from alerting.CHECKS
    yield from logs.CHECKS
    yield from backups.CHECKS
    yield from exporters.CHECKS
    yield from deployed.CHECKS
    yield from cluster.CHECKS
    yield from scans.CHECKS
    yield from tracing.CHECKS
    yield from environment.CHECKS
    yield from firewall.CHECKS
    yield from access.LAST_CHECKS
    yield from people.CHECKS
    yield from Comparison(results).checks()


async def run(context: Context, tell: Callable[[Result], None]) -> Report:
    """Run every check, report each result to `tell` as it finishes, and return the report."""
    started_at, started = time.time(), time.perf_counter()
    results: list[Result] = []
    for check in checks(context.plan, results):
        if not is_asked(check.item, context.plan.profile):
            continue
        began = time.perf_counter()
        left = context.plan.max_seconds - (began - started)
        verdict = _signed(check, context.plan, await _find(check, context, left))
        result = Result(check.section, check.item, check.title, verdict, time.perf_counter() - began)
        tell(result)
        results.append(result)
    return Report(
        url=str(context.plan.url),
        started_at=started_at,
        seconds=time.perf_counter() - started,
        versions=_versions(context),
        profile=context.plan.profile,
        results=tuple(results),
        figures=context.figures,
    )


async def _find(check: Check, context: Context, left: float) -> Verdict:
    """Run a check, unless the bridge cannot be reached or the time is up."""
    if check.needs_bridge and context.first is None and check.item != "reach":
        return skipped("Not checked, because the bridge cannot be reached with the key.")
    if left <= 0:
        return skipped(f"Not checked, because the time of {context.plan.max_seconds:.0f} s was up (--max-seconds).")
    seconds = min(check.seconds, left)
    try:
        async with asyncio.timeout(seconds) as limit:
            return await run_check(check, context)
    except TimeoutError:
        if not limit.expired():
            raise
        return failed(f"The check did not finish within {seconds:.0f} s.", "Check the bridge's load, and run again.")


async def run_check(check: Check, context: Context) -> Verdict:
    """Run a check, and turn the errors of its requests into verdicts."""
    try:
        return await check.run(context)
    except asyncio.CancelledError:
        raise
    except FetchError as error:
        return failed(str(error), "Check the URL.")
    except OtherServerError as error:
        return _other_server(error)
    except (aiohttp.ClientError, TimeoutError) as error:
        return failed(f"No response: {from_exception(error)}", "Check the network and Home Assistant's load.")
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        # A response of another form must not end the run.
        said = str(error) if isinstance(error, ValueError) else "it has another form than expected."
        return failed(f"Unexpected response: {said}", "Check the URL and the versions.")


def _other_server(error: OtherServerError) -> Verdict:
    if error.is_known:
        return skipped(f"Not checked: {error}.")
    return failed(f"{error}.", "Check its URL on the command line, and whether it is running.")


def _signed(check: Check, plan: Plan, verdict: Verdict) -> Verdict:
    """Return the verdict with a person's signature, if there is one that is not too old."""
    signature = plan.signed.get(check.item)
    if signature is None or verdict.status is not Status.PERSON:
        return verdict
    days = (datetime.now(UTC).date() - signature.on).days
    said = f"Confirmed by {signature.by} on {signature.on}"
    if days > _MAX_SIGNATURE_DAYS:
        return replace(verdict, evidence=f"{verdict.evidence} {said}, which is over a year ago.")
    return passed(f"{said}. {signature.note}".strip())


def _versions(context: Context) -> str:
    first = context.first
    if first is None:
        return "unknown"
    return f"Drawbridge {first.bridge_version}, Home Assistant {first.homeassistant_version}"
