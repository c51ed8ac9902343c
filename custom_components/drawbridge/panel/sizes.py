"""Counts the entities in scopes, without blocking the event loop."""

import time
from dataclasses import dataclass
from typing import Final

from ..bridge import Bridge
from ..policy_tests.turns import entities_in
from ..scope.model import Scope

_KEPT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Size:
    count: int
    about: tuple[int, int]
    counted: float


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
            known = self._sizes[scope] = _Size(len(await entities_in(self._bridge, scope)), about, now)
        return known.count

    def keep(self, scopes: set[Scope]) -> None:
        """Drop the numbers of all other scopes."""
        self._sizes = {scope: size for scope, size in self._sizes.items() if scope in scopes}

    def _about(self) -> tuple[int, int]:
        """Return what changes when the entities change."""
        return self._bridge.directory.revision, self._bridge.hass.states.async_entity_ids_count()
