"""Counts the entities in scopes, without blocking the event loop."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import batched
from typing import Final

from ..bridge import Bridge
from ..scope.model import Scope

_AT_ONCE: Final = 250
_KEPT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Size:
    count: int
    about: tuple[int, int]
    counted: float


async def every_entity(bridge: Bridge) -> AsyncIterator[str]:
    """Yield the IDs of all entities with a state, and let the event loop run in between."""
    for batch in batched(bridge.hass.states.async_entity_ids(), _AT_ONCE, strict=False):
        for entity_id in batch:
            yield entity_id
        await asyncio.sleep(0)


class ScopeSizes:
    """The number of entities in each scope. It is counted again when entities change, and at least every minute."""

    def __init__(self, bridge: Bridge) -> None:
        """Create an empty collection."""
        self._bridge = bridge
        self._sizes: dict[Scope, _Size] = {}

    async def of(self, scope: Scope) -> int:
        """Return the number of entities in a scope."""
        about, now = self._about(), time.monotonic()
        known = self._sizes.get(scope)
        if known is None or known.about != about or now - known.counted > _KEPT_SECONDS:
            known = self._sizes[scope] = _Size(await self._count(scope), about, now)
        return known.count

    def keep(self, scopes: set[Scope]) -> None:
        """Drop the numbers of all other scopes."""
        self._sizes = {scope: size for scope, size in self._sizes.items() if scope in scopes}

    async def _count(self, scope: Scope) -> int:
        count = 0
        allows = self._bridge.directory.live(scope).allows
        async for entity_id in every_entity(self._bridge):
            count += allows(entity_id)
        return count

    def _about(self) -> tuple[int, int]:
        """Return what changes when the entities change."""
        return self._bridge.directory.revision, self._bridge.hass.states.async_entity_ids_count()
