"""Functional checks: Home Assistant, endpoints, the cache and the version."""

import asyncio
import json
import time
from collections.abc import Iterator
from http import HTTPStatus
from itertools import batched
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from .. import __version__
from ..bridge.clock import clock_skew
from .context import Context, Reply, problem
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Function"
_STATES: Final = "/api/states"
_AT_ONCE: Final = 5
_REPEATS: Final = 3
_CHANGE_SECONDS: Final = 30.0
_MAX_SKEW_SECONDS: Final = 30.0
"""As in the alert DrawbridgeClockSkew."""
_POLL_SECONDS: Final = 0.25
_MANIFEST: Final = (
    "https://raw.githubusercontent.com/drawbridge-ha/drawbridge/main/custom_components/drawbridge/manifest.json"
)
_NEEDS_READ: Final = "Add the capability 'read' and a scope to the key, and run again."


async def connected(context: Context) -> Verdict:
    """Check that Home Assistant is running."""
    health = await context.ask("/health", key=False)
    if health.status != HTTPStatus.OK:
        return failed(f"/health answered {health.status}.", "Wait until Home Assistant has started, and check its log.")
    began = time.time()
    snapshot = await context.snapshot()
    if not snapshot.homeassistant_running:
        return failed("Home Assistant is starting or stopping.", "Wait until it has started, and run again.")
    ahead = clock_skew(snapshot, began, time.time() - began)
    if abs(ahead) > _MAX_SKEW_SECONDS:
        side = "ahead of" if ahead > 0 else "behind"
        return failed(
            f"Home Assistant's clock is {abs(ahead):.0f} s {side} this machine's, so keys expire at the wrong time.",
            "Turn on time synchronization on both machines: timedatectl set-ntp true.",
        )
    since = (time.time() - snapshot.started_at) / 3600
    return passed(
        f"Home Assistant {snapshot.homeassistant_version} is running; the bridge started {since:.1f} hours ago."
    )


async def endpoints(context: Context) -> Verdict:
    """Check that every path of the OpenAPI document responds."""
    described = await context.ask("/openapi.json", key=False)
    document = described.json()
    if described.status != HTTPStatus.OK or not isinstance(document, dict):
        return failed(f"/openapi.json answered {described.status}.", "Update Drawbridge.")
    operations = list(_operations(document))
    wrong: list[str] = []
    for some in batched(operations, _AT_ONCE, strict=False):
        replies = await asyncio.gather(*(context.ask(path, method=method) for method, path in some))
        wrong += [
            f"{method} {path}: {reply.status}"
            for (method, path), reply in zip(some, replies, strict=True)
            if not _is_expected(method, reply)
        ]
    if wrong:
        return failed(
            f"{len(wrong)} of {len(operations)} paths returned an unexpected status: {'; '.join(wrong[:5])}.",
            "Check Home Assistant's log.",
        )
    return passed(f"All {len(operations)} paths of /openapi.json respond. Only read-only requests were sent.")


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a safe method and path for each path: GET if it has no parameters and an end, otherwise OPTIONS."""
    for path, operations in document.get("paths", {}).items():
        plain = "{" not in path and "get" in operations and not _is_stream(operations["get"])
        yield ("GET" if plain else "OPTIONS", path.replace("{", "").replace("}", ""))


def _is_stream(operation: dict[str, Any]) -> bool:
    """Return whether a response has no end."""
    return "text/event-stream" in operation.get("responses", {}).get("200", {}).get("content", {})


def _is_expected(method: str, reply: Reply) -> bool:
    if method == "OPTIONS":
        return reply.status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}
    # The route may require a query, and the key may lack its capability: 400 and 403 prove that the route exists.
    return reply.status < HTTPStatus.BAD_REQUEST or reply.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}


async def cache_hits(context: Context) -> Verdict:
    """Check that the cache answers repeated requests."""
    if "read" not in (await context.me()).capabilities:
        return needs_person("The key cannot read states.", _NEEDS_READ)
    first = await context.ask(_STATES)
    if first.status != HTTPStatus.OK:
        return failed(
            f"{_STATES} answered {first.status}: {problem(first)}",
            "Check the key's capabilities and Home Assistant's log.",
        )
    before = (await context.snapshot()).cache.get("states")
    for _ in range(_REPEATS):
        second = await context.ask(_STATES)
        again = await context.ask(_STATES, headers={"If-None-Match": second.headers.get("ETag", "")})
    after = (await context.snapshot()).cache.get("states")
    if before is None or after is None:
        return failed(
            "The snapshot has no statistics for the cache of states.", "Turn on the cache, or update Drawbridge."
        )
    return _hits(after.hits - before.hits, first, second, again)


def _hits(hits: int, first: Reply, second: Reply, again: Reply) -> Verdict:
    """Describe the cache hits among the repeated requests.

    Args:
        hits: The number of hits.
        first: The response to the first request.
        second: The response to a later request.
        again: The response to a request with its ETag.

    """
    sent = 2 * _REPEATS
    if not hits:
        return failed(f"None of {sent} requests was a cache hit.", "Turn on the cache.")
    kept = (
        "a request with the ETag returned 304"
        if again.status == HTTPStatus.NOT_MODIFIED
        else "a state changed before the request with the ETag"
    )
    return passed(
        f"{hits} of {sent} requests were cache hits; the first request took {first.seconds * 1000:.1f} ms, a later"
        f" request {second.seconds * 1000:.1f} ms; {kept}."
    )


async def cache_invalidation(context: Context) -> Verdict:
    """Check that a response reflects a state change immediately."""
    if "read" not in (await context.me()).capabilities:
        return needs_person("The key cannot read states.", _NEEDS_READ)
    first = await context.ask(_STATES)
    tag, ends = first.headers.get("ETag"), time.monotonic() + _CHANGE_SECONDS
    if not tag:
        return failed(f"{_STATES} has no ETag.", "Check for a proxy that removes headers, or turn on the cache.")
    while time.monotonic() < ends:
        reply = await context.ask(_STATES, headers={"If-None-Match": tag})
        if reply.status == HTTPStatus.OK:
            return await _is_newest(context, first, reply)
        await asyncio.sleep(_POLL_SECONDS)
    return needs_person(
        f"No state changed within {_CHANGE_SECONDS:.0f} seconds.",
        "Run again, and switch a light while the check waits.",
    )


async def _is_newest(context: Context, before: Reply, after: Reply) -> Verdict:
    """Compare a changed entity in the response for all states with its own response."""
    old = {state["entity_id"]: state for state in before.json() or ()}
    changed = [state for state in after.json() or () if old.get(state["entity_id"]) != state]
    if not changed:
        return failed("The ETag changed, but no state changed.", "Report a bug.")
    entity = changed[0]["entity_id"]
    single = (await context.ask(f"{_STATES}/{entity}")).json() or {}
    if single.get("last_changed", "") < changed[0]["last_changed"]:
        return failed(
            f"The response for {entity} is older than its state in the response for all states.", "Report a bug."
        )
    return passed(f"{len(changed)} states changed, and the next request returned the new states and a new ETag.")


async def cache_warm(context: Context) -> Verdict:
    """Check that the cache of states was warmed, so that the first client does not wait."""
    states = (await context.snapshot()).cache.get("states")
    if states is None or states.warm_seconds is None:
        return needs_person(
            "The bridge does not report that its cache was warmed.",
            "Check that the cache is on, and warm it with the button of the bridge in Home Assistant.",
        )
    return passed(f"The last warming took {states.warm_seconds * 1000:.0f} ms; the cache has {states.entries} views.")


async def version(context: Context) -> Verdict:
    """Check that the newest version is installed."""
    running = (await context.snapshot()).bridge_version
    place = context.plan.manifest or _MANIFEST
    try:
        newest = str((await _manifest(context, place))["version"])
    except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
        if running == __version__:
            return needs_person(
                f"Drawbridge {running} matches this exporter, but {place} could not be read ({type(error).__name__}).",
                "Compare the version with the newest release.",
            )
        return failed(
            f"The versions of Drawbridge ({running}) and the exporter ({__version__}) differ.", "Update the older one."
        )
    if running != newest:
        return failed(
            f"Drawbridge {running} is installed; the newest version is {newest} ({place}).",
            "Update it in HACS (the Marketplace since 2026.11), and restart Home Assistant.",
        )
    return passed(f"Drawbridge {running} is the newest version ({place}).")


async def _manifest(context: Context, place: str) -> dict[str, Any]:
    if place.startswith(("http://", "https://")):
        reply = await context.ask_url(URL(place))
        found = reply.json()
    else:
        found = json.loads(await asyncio.to_thread(Path(place).read_bytes))
    if not isinstance(found, dict):
        message = "not a manifest"
        raise ValueError(message)  # noqa: TRY004 - what was read is wrong, not its Python type
    return found


CHECKS: Final = (
    Check(_SECTION, "home-assistant", "Home Assistant is connected", connected),
    Check(_SECTION, "endpoints", "All endpoints respond", endpoints),
    Check(_SECTION, "cache-hits", "The cache answers repeated requests", cache_hits),
    Check(_SECTION, "cache-invalidation", "A state change is visible immediately", cache_invalidation),
    Check(_SECTION, "cache-warm", "The cache is warmed", cache_warm),
    Check(_SECTION, "version", "The version is up to date", version),
)
