"""Measurements besides the rows: memory use, and blocking of the event loop."""

import asyncio
from dataclasses import dataclass
from typing import Final

from benchmarks.house import House
from benchmarks.rows import Settings
from benchmarks.wrk import drive

_SETTLE_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Measurements in bytes and seconds. `held` is the size of the cache, `resident` the growth of the process."""

    entities: int
    views: int
    held: float
    resident: float
    first_build_block: float
    load_block: float
    collection: float
    warm_seconds: float

    @property
    def held_per_view_and_entity(self) -> float:
        """The growth of the cache, in bytes."""
        return self.held / self.views / self.entities

    @property
    def resident_per_view_and_entity(self) -> float:
        """The growth of the process, in bytes."""
        return self.resident / self.views / self.entities


async def figures(house: House, settings: Settings) -> Figures:
    """Measure memory use and blocking of the event loop."""
    metrics = await house.key(capabilities=["metrics"])
    key = await house.key(everything=True, exclude={"entities": ["sensor.synthetic_00100"]})
    first, load = await _blocks(house, settings, key)
    await asyncio.sleep(_SETTLE_SECONDS)
    before, resident = await house.cache(metrics), await house.resident()
    keys = await house.scoped_keys(settings.scopes, areas=house.areas, first=500)
    for item in keys:
        await house.probe(house.bridge("/api/states", item, encoding=settings.encoding))
    after, grown = await house.cache(metrics), await house.resident()
    return Figures(
        entities=settings.entities,
        views=len(keys),
        held=after["bytes"] - before["bytes"],
        resident=grown - resident,
        first_build_block=first["longest"],
        load_block=load["longest"],
        collection=max(first["collection"], load["collection"]),
        warm_seconds=after["warm_seconds"],
    )


async def _blocks(house: House, settings: Settings, key: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return how long the event loop was blocked while the cache was filled, and under load."""
    await asyncio.sleep(_SETTLE_SECONDS)
    await house.clear_cache()
    await house.watch_blocks()
    await house.probe(house.bridge("/api/states", key, encoding=settings.encoding))
    first = await house.blocks()
    await house.churn(settings.churn)
    await house.watch_blocks()
    await drive(house.bridge("/api/states", key, encoding=settings.encoding), settings.seconds)
    load = await house.blocks()
    await house.churn(0)
    return first, load
