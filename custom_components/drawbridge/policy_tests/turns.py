"""Long work in the event loop, in short turns."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

from ..scope.model import EntityFacts, Scope
from .home import Home

_TURN_SECONDS: Final = 0.002


class Turns:
    """Lets the event loop run after each two milliseconds of work."""

    def __init__(self) -> None:
        """Begin a turn."""
        self._began = time.monotonic()

    async def rest(self) -> None:
        """Let the event loop run if it is time."""
        if time.monotonic() - self._began > _TURN_SECONDS:
            await asyncio.sleep(0)
            self._began = time.monotonic()


async def every_entity(home: Home) -> AsyncIterator[EntityFacts]:
    """Yield the facts of all entities with a state, sorted by ID, and let the event loop run in between."""
    turns = Turns()
    for entity_id in sorted(home.hass.states.async_entity_ids()):
        yield home.directory.facts(entity_id)
        await turns.rest()


async def entities_in(home: Home, scope: Scope) -> set[str]:
    """Return the entities in a scope."""
    return {facts.entity_id async for facts in every_entity(home) if scope.matches(facts)}
