"""Checks of what the bridge does: endpoints, Home Assistant, cache, version."""

import asyncio
import json
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from .. import __version__
from .context import Context, Reply, problem
from .model import Check, Finding, failed, needs_person, passed

_SECTION: Final = "Function"
_STATES: Final = "/api/states"
_CHANGE_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.25
_MANIFEST: Final = (
    "https://raw.githubusercontent.com/drawbridge-ha/drawbridge/main/custom_components/drawbridge/manifest.json"
)
_NEEDS_READ: Final = "Give the key the capability 'read' and a scope, and run again."


async def connected(context: Context) -> Finding:
    """Is Home Assistant running behind the bridge?"""
    health = await context.ask("/health", key=False)
    if health.status != HTTPStatus.OK:
        return failed(f"/health answered {health.status}.", "Wait until Home Assistant has started; look at its log.")
    snapshot = await context.snapshot()
    if not snapshot.homeassistant_running:
        return failed("Home Assistant is starting or stopping.", "Wait until it has started, and run again.")
    since = (time.time() - snapshot.started_at) / 3600
    return passed(
        f"Home Assistant {snapshot.homeassistant_version} runs; the bridge has counted for {since:.1f} hours."
    )


async def endpoints(context: Context) -> Finding:
    """Does everything answer that the bridge's own description names?"""
    described = await context.ask("/openapi.json", key=False)
    document = described.json()
    if described.status != HTTPStatus.OK or not isinstance(document, dict):
        return failed(f"/openapi.json answered {described.status}.", "Update Drawbridge.")
    asked, wrong = 0, []
    for method, path in _operations(document):
        reply = await context.ask(path, method=method)
        asked += 1
        if not _is_expected(method, reply):
            wrong.append(f"{method} {path}: {reply.status}")
    if wrong:
        return failed(
            f"{len(wrong)} of {asked} did not answer as they should: {'; '.join(wrong[:5])}.",
            "Look at Home Assistant's log.",
        )
    return passed(f"All {asked} paths of /openapi.json answer; nothing was called that changes anything.")


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a harmless request for each path: GET where it takes no parameters, else OPTIONS."""
    for path, operations in document.get("paths", {}).items():
        plain = "get" in operations and "{" not in path
        yield ("GET" if plain else "OPTIONS", path.replace("{", "").replace("}", ""))


def _is_expected(method: str, reply: Reply) -> bool:
    if method == "OPTIONS":
        return reply.status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}
    # The route may require a query, and the key may lack its capability: 400 and 403 prove that the route exists.
    return reply.status < HTTPStatus.BAD_REQUEST or reply.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}


async def cache_hits(context: Context) -> Finding:
    """Does a second request come from the cache?"""
    if "read" not in (await context.me()).capabilities:
        return needs_person("The key may not read states.", _NEEDS_READ)
    first = await context.ask(_STATES)
    if first.status != HTTPStatus.OK:
        return failed(
            f"{_STATES} answered {first.status}: {problem(first)}",
            "Look at the key's capabilities and at Home Assistant's log.",
        )
    before = (await context.snapshot()).cache
    for _ in range(3):
        second = await context.ask(_STATES)
        again = await context.ask(_STATES, headers={"If-None-Match": second.headers.get("ETag", "")})
    after = (await context.snapshot()).cache
    if "states" not in before or "states" not in after:
        return failed("The bridge tells nothing of a cache of states.", "Turn the cache on, or update Drawbridge.")
    hits = after["states"].hits - before["states"].hits
    if not hits:
        return failed("None of six requests was a hit.", "Turn the cache on.")
    kept = "with its ETag the answer was 304" if again.status == HTTPStatus.NOT_MODIFIED else "states changed meanwhile"
    return passed(
        f"{hits} of 6 requests were hits; the first took {first.seconds * 1000:.1f} ms, a later one"
        f" {second.seconds * 1000:.1f} ms; {kept}."
    )


async def cache_invalidation(context: Context) -> Finding:
    """Does a change of a state show at once?"""
    if "read" not in (await context.me()).capabilities:
        return needs_person("The key may not read states.", _NEEDS_READ)
    first = await context.ask(_STATES)
    tag, ends = first.headers.get("ETag"), time.monotonic() + _CHANGE_SECONDS
    if not tag:
        return failed(f"{_STATES} has no ETag.", "Look for a proxy that strips headers, or turn the cache on.")
    while time.monotonic() < ends:
        reply = await context.ask(_STATES, headers={"If-None-Match": tag})
        if reply.status == HTTPStatus.OK:
            return await _is_newest(context, first, reply)
        await asyncio.sleep(_POLL_SECONDS)
    return needs_person(
        f"No state changed within {_CHANGE_SECONDS:.0f} seconds.", "Run again, and switch a light meanwhile."
    )


async def _is_newest(context: Context, before: Reply, after: Reply) -> Finding:
    """Compare what the bulk answer says of a changed entity with the entity's own answer."""
    old = {state["entity_id"]: state for state in before.json() or ()}
    changed = [state for state in after.json() or () if old.get(state["entity_id"]) != state]
    if not changed:
        return failed("The ETag changed, but no state did.", "Report it.")
    entity = changed[0]["entity_id"]
    single = (await context.ask(f"{_STATES}/{entity}")).json() or {}
    if single.get("last_changed", "") < changed[0]["last_changed"]:
        return failed(f"{entity} is older by itself than among all.", "Report it.")
    return passed(f"{len(changed)} states changed; a new ETag and the new states came with the next request.")


async def version(context: Context) -> Finding:
    """Is the newest version installed?"""
    running = (await context.snapshot()).bridge_version
    place = context.plan.manifest or _MANIFEST
    try:
        newest = str((await _manifest(context, place))["version"])
    except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
        if running == __version__:
            return needs_person(
                f"Drawbridge {running} goes with this exporter; {place} could not be read ({type(error).__name__}).",
                "Compare with the newest release by hand.",
            )
        return failed(f"Drawbridge {running} and exporter {__version__} differ.", "Update the older of both.")
    if running != newest:
        return failed(
            f"Drawbridge {running} runs; {place} says {newest}.",
            "Update it in HACS (the Marketplace since 2026.11), and restart Home Assistant.",
        )
    return passed(f"Drawbridge {running} is what {place} says.")


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
    Check(_SECTION, "endpoints", "All endpoints answer", endpoints),
    Check(_SECTION, "cache-hits", "The cache answers the second request", cache_hits),
    Check(_SECTION, "cache-invalidation", "A change shows at once", cache_invalidation),
    Check(_SECTION, "version", "The version is up to date", version),
)
