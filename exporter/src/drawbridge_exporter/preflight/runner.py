"""Runs the checks, one after the other."""

import time
from collections.abc import Callable, Iterator

import aiohttp

from ..bridge.errors import FetchError, from_exception
from . import access, function, operation, people, performance, transport
from .context import Context
from .load import LoadTest
from .model import Check, Finding, Report, Result, failed


def checks(*, load: bool) -> Iterator[Check]:
    """Yield the checks in the order in which they run.

    Performance comes after those that make traffic, and the rate limit, which
    uses up the key's requests, after everything that needs them.
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
    """Run every check, tell each result as it comes, and return them all."""
    started_at, started = time.time(), time.perf_counter()
    versions = await _versions(context)
    results = []
    for check in checks(load=context.plan.load):
        began = time.perf_counter()
        finding = await _find(check, context)
        result = Result(check.section, check.item, check.title, finding, time.perf_counter() - began)
        tell(result)
        results.append(result)
    return Report(
        url=str(context.plan.url),
        started_at=started_at,
        seconds=time.perf_counter() - started,
        versions=versions,
        results=tuple(results),
    )


async def _find(check: Check, context: Context) -> Finding:
    try:
        return await check.run(context)
    except FetchError as error:
        return failed(str(error), "See that the URL is right.")
    except (aiohttp.ClientError, TimeoutError) as error:
        return failed(f"No answer: {from_exception(error)}", "See that it can be reached from here, and run again.")
    except ValueError as error:
        return failed(f"The answer was not as expected: {error}", "See that the URL is right and the versions fit.")


async def _versions(context: Context) -> str:
    try:
        snapshot = await context.snapshot()
    except FetchError, aiohttp.ClientError, TimeoutError, ValueError:
        return "unknown"
    return f"Drawbridge {snapshot.bridge_version}, Home Assistant {snapshot.homeassistant_version}"
