"""Runs the checks in order."""

import time
from collections.abc import Callable, Iterator

import aiohttp

from ..bridge.errors import FetchError, from_exception
from . import access, function, operation, people, performance, transport
from .context import Context
from .load import LoadTest
from .model import Check, Report, Result, Verdict, failed


def checks(*, load: bool) -> Iterator[Check]:
    """Yield the checks in the order in which they run.

    Performance checks run after the checks that cause traffic. The rate limit check
    runs last because it uses up the key's requests.
    """
    yield from access.CHECKS
    yield from transport.CHECKS
    yield from function.CHECKS
    if load:
        yield from LoadTest().checks()
    yield from performance.CHECKS
    yield from operation.CHECKS
    yield from access.LAST_CHECKS
    yield from people.CHECKS


async def run(context: Context, tell: Callable[[Result], None]) -> Report:
    """Run every check, report each result to `tell` as it finishes, and return the report."""
    started_at, started = time.time(), time.perf_counter()
    versions = await _versions(context)
    results = []
    for check in checks(load=context.plan.load):
        began = time.perf_counter()
        verdict = await _find(check, context)
        result = Result(check.section, check.item, check.title, verdict, time.perf_counter() - began)
        tell(result)
        results.append(result)
    return Report(
        url=str(context.plan.url),
        started_at=started_at,
        seconds=time.perf_counter() - started,
        versions=versions,
        results=tuple(results),
    )


async def _find(check: Check, context: Context) -> Verdict:
    try:
        return await check.run(context)
    except FetchError as error:
        return failed(str(error), "Check the URL.")
    except (aiohttp.ClientError, TimeoutError) as error:
        return failed(
            f"No response: {from_exception(error)}", "Check that the bridge is reachable from here, and run again."
        )
    except ValueError as error:
        return failed(f"Unexpected response: {error}", "Check the URL and the versions.")


async def _versions(context: Context) -> str:
    try:
        snapshot = await context.snapshot()
    except FetchError, aiohttp.ClientError, TimeoutError, ValueError:
        return "unknown"
    return f"Drawbridge {snapshot.bridge_version}, Home Assistant {snapshot.homeassistant_version}"
