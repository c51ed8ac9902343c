"""The rows about recorded states: history and logbook of a few entities."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from benchmarks.house import House
from benchmarks.rows import Pair, Row, Settings, measure
from sandbox.process import SandboxError

_ENTITIES: Final = 3
_CHANGES: Final = 30
"""Changes of each entity."""
_KEYS: Final = 8
_COMMIT_SECONDS: Final = 7.0
"""The recorder writes every five seconds."""
_OWN: Final = "Home Assistant's own"


async def recorded_rows(house: House, settings: Settings) -> AsyncIterator[Row]:
    """Measure all rows, one after the other."""
    works = {f"{what} of {_ENTITIES} entities, {who}": (what, who) for what in _PATHS for who in _SCOPES}
    if not any(settings.only in work for work in works):
        return
    since, names = await _change_states(house)
    for work, (what, who) in works.items():
        if settings.only in work:
            path = _PATHS[what].format(since=quote(since), names=",".join(names))
            scope = {"entities": names} if who == _NARROW else {"everything": True}
            keys = [await house.key(capabilities=["history"], **scope) for _ in range(_KEYS)]
            pair = Pair(work, _OWN, 1.0, (house, house.bridge(path, *keys)), (house, house.own(path)))
            await _compare_answers(house, pair)
            yield await measure(pair, settings)


_NARROW: Final = "a narrow key"
_SCOPES: Final = ("a key that sees everything", _NARROW)
_PATHS: Final = {
    "history": "/api/history/period/{since}?filter_entity_id={names}",
    "short history": "/api/history/period/{since}?filter_entity_id={names}&minimal_response&no_attributes",
    "logbook": "/api/logbook/{since}?entity={names}",
}


async def _change_states(house: House) -> tuple[str, list[str]]:
    """Change a few entities that are recorded, and return a time before that and their IDs."""
    states = await house.client.get("/api/states")
    names = sorted(item["entity_id"] for item in states if item["entity_id"].startswith("input_boolean."))[:_ENTITIES]
    if len(names) < _ENTITIES:
        raise SandboxError("The household has too few entities that can be switched")
    since = datetime.now(UTC).isoformat()
    for _ in range(_CHANGES):
        for name in names:
            await house.client.call("input_boolean.toggle", name)
    await asyncio.sleep(_COMMIT_SECONDS)
    return since, names


async def _compare_answers(house: House, pair: Pair) -> None:
    """Check that both sides answer with about the same, so that the same work is measured."""
    (ours, _, _), (own, _, _) = [await house.probe(request) for _, request in await pair.rivals()]
    if ours != own:
        raise SandboxError(f"The sides of '{pair.work}' answered with {ours} and {own}")
