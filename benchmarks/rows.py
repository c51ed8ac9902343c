"""The rows of the benchmark. Each compares two requests, and has a target for their ratio."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Final

from benchmarks.house import House
from benchmarks.wrk import Load, Request, drive

CHANGES_PER_ROUND: Final = 20_000
WARM_VIEWS: Final = 10
TEMPLATE_KEYS: Final = 20
SETTLE_SECONDS: Final = 2.0
_TEMPLATE: Final = (
    "{{ states('sensor.synthetic_00001') }} and {{ states('sensor.synthetic_00002') }}"
    "{% if is_state('sensor.synthetic_00003', 'on') %} on{% endif %}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a measurement."""

    entities: int = 10_000
    churn: float = 500.0
    scopes: int = 20
    encoding: str = "gzip"
    rounds: int = 5
    seconds: int = 3
    only: str = ""
    isal: bool = True


@dataclass(slots=True)
class Side:
    """One side of a pair: the request, and the results of each round. `size` is the size of the body in bytes."""

    name: str
    size: int = 0
    loads: list[Load] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The median requests per second."""
        return median(load.rate for load in self.loads)

    @property
    def p50(self) -> float:
        """The median of the 50th percentile latencies, in seconds."""
        return median(load.p50 for load in self.loads)

    @property
    def p99(self) -> float:
        """The median of the 99th percentile latencies, in seconds."""
        return median(load.p99 for load in self.loads)


@dataclass(slots=True)
class Row:
    """A result and its target. The target of a cost is a maximum, and that of a rate is a minimum."""

    work: str
    against: str
    target: float
    ratio: float
    cpu_ratio: float | None = None
    """The ratio of the requests per second of Home Assistant's CPU time."""
    is_cost: bool = False
    ours: Side | None = None
    other: Side | None = None

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return self.ratio <= self.target if self.is_cost else self.ratio >= self.target


@dataclass(frozen=True, slots=True)
class Pair:
    """Two requests to compare, each at its own instance, with a number of state changes per second.

    Without a second request, ours is compared with a bare view that returns the same number of bytes.
    """

    work: str
    against: str
    target: float
    ours: tuple[House, Request]
    other: tuple[House, Request] | None = None
    churn: float = 0.0

    async def rivals(self) -> tuple[tuple[House, Request], tuple[House, Request]]:
        """Return both requests for the next round."""
        house, request = self.ours
        return self.ours, self.other or (house, house.bare((await house.probe(request))[1]))


async def measure(pair: Pair, settings: Settings) -> Row:
    """Run both requests in turn, and compare the results."""
    sides = [Side(pair.work), Side(pair.against)]
    await asyncio.sleep(SETTLE_SECONDS)
    for _ in range(settings.rounds):
        for side, (house, request) in zip(sides, await pair.rivals(), strict=True):
            side.size = (await house.probe(request))[1]
            await house.churn(pair.churn)
            before = house.processor_seconds()
            load = await drive(request, settings.seconds)
            side.loads.append(replace(load, cpu=house.processor_seconds() - before))
            await house.churn(0)
    ours, other = sides
    pairs = list(zip(ours.loads, other.loads, strict=True))
    ratio = median(a.rate / b.rate for a, b in pairs)
    cpu_ratio = median((a.count / a.cpu) / (b.count / b.cpu) for a, b in pairs)
    return Row(pair.work, pair.against, pair.target, ratio, cpu_ratio=cpu_ratio, ours=ours, other=other)


async def rows(big: House, small: House, settings: Settings) -> AsyncIterator[Row]:
    """Measure all rows."""
    for make in (_bulk, _plain, _small_answers, _listener, _listener_tls, _template, _growth, _scopes):
        for pair in await make(big, small, settings):
            if settings.only in pair.work:
                yield await measure(pair, settings)
    work = f"cost of a state change, {WARM_VIEWS} cached views"
    if settings.only in work:
        yield await _cost_of_a_change(big, settings, work)


async def _bulk(big: House, _small: House, settings: Settings) -> list[Pair]:
    key, encoding, churn = await big.key(), settings.encoding, settings.churn
    bulk = big.bridge("/api/states", key, encoding=encoding)
    changing = f"all states, {encoding}, {churn:g} changes/s"
    return [
        Pair(changing, "Home Assistant's own, gzip", 50, (big, bulk), (big, big.own("/api/states", "gzip")), churn),
        Pair(changing, "bare view, same number of bytes", 0.7, (big, bulk), churn=churn),
        Pair(f"all states, {encoding}, no changes", "bare view, same number of bytes", 0.85, (big, bulk)),
    ]


async def _plain(big: House, _small: House, settings: Settings) -> list[Pair]:
    bulk, own = big.bridge("/api/states", await big.key()), big.own("/api/states")
    changing = f"all states, not compressed, {settings.churn:g} changes/s"
    return [
        Pair("all states, not compressed, no changes", "Home Assistant's own", 3, (big, bulk), (big, own)),
        Pair(changing, "Home Assistant's own", 3, (big, bulk), (big, own), settings.churn),
    ]


async def _small_answers(big: House, _small: House, settings: Settings) -> list[Pair]:
    key = await big.key()
    # Exclude the household, whose entities change occasionally.
    sensors = await big.key(globs=["sensor.synthetic_*"])
    bulk = big.bridge("/api/states", sensors, encoding=settings.encoding)
    etag = (await big.probe(bulk))[2]
    unchanged = big.bridge("/api/states", sensors, encoding=settings.encoding, If_None_Match=etag)
    one, path = "sensor.synthetic_00001", "/api/states/sensor.synthetic_00001"
    own = big.own(path)
    return [
        Pair("all states, 304 Not Modified", "bare view, 200 bytes", 0.85, (big, unchanged), (big, big.bare(200))),
        Pair(f"one state ({one})", "Home Assistant's own", 1.5, (big, big.bridge(path, key)), (big, own)),
        Pair(f"one state ({one})", "bare view, same number of bytes", 0.0, (big, big.bridge(path, key))),
    ]


async def _listener(big: House, _small: House, _settings: Settings) -> list[Pair]:
    return [await _through_the_listener(big, "one state through the listener", 1.2, tls=False)]


async def _listener_tls(big: House, _small: House, _settings: Settings) -> list[Pair]:
    return [await _through_the_listener(big, "one state through the listener, TLS", 1.2, tls=True)]


async def _through_the_listener(house: House, work: str, target: float, *, tls: bool) -> Pair:
    await house.open_listener(tls=tls)
    path = "/api/states/sensor.synthetic_00001"
    ours, own = house.listener(path, await house.key()), house.own(path, tls=tls)
    return Pair(work, f"Home Assistant's own, {'TLS' if tls else 'no TLS'}", target, (house, ours), (house, own))


async def _template(big: House, _small: House, _settings: Settings) -> list[Pair]:
    # A single key would exceed its CPU time for templates per minute.
    whole = [await big.key(everything=True, capabilities=["template"]) for _ in range(TEMPLATE_KEYS)]
    narrow = [await big.key(globs=["sensor.synthetic_0000*"], capabilities=["template"]) for _ in range(TEMPLATE_KEYS)]
    body = json.dumps({"template": _TEMPLATE})
    own = replace(big.own("/api/template"), body=body)
    return [
        Pair(f"a template with three entities, {sees}", "Home Assistant's own", 1.0, (big, ours), (big, own))
        for sees, ours in (
            ("a key that sees everything", replace(big.bridge("/api/template", *whole), body=body)),
            ("a narrow key", replace(big.bridge("/api/template", *narrow), body=body)),
        )
    ]


async def _growth(big: House, small: House, settings: Settings) -> list[Pair]:
    churn, many, few = settings.churn, f"{settings.entities} entities, {settings.churn:g} changes/s", "1000 entities"
    path = "/api/states/sensor.synthetic_00001"
    single, unchanged = [], []
    for house in (big, small):
        key, quiet = await house.key(), await house.quiet_key()
        single.append((house, house.bridge(path, key)))
        etag = (await house.probe(house.bridge("/api/states", quiet)))[2]
        unchanged.append((house, house.bridge("/api/states", quiet, If_None_Match=etag)))
    return [
        Pair(f"304 Not Modified, {many}", few, 0.95, unchanged[0], unchanged[1], churn),
        Pair(f"one state, {many}", few, 0.95, single[0], single[1], churn),
    ]


async def _scopes(big: House, _small: House, settings: Settings) -> list[Pair]:
    encoding, churn, number = settings.encoding, settings.churn, settings.scopes
    pairs = []
    for less, keys in (
        ("one sensor", await big.scoped_keys(number)),
        ("one area and one sensor", await big.scoped_keys(number, areas=big.areas)),
    ):
        many = big.bridge("/api/states", *keys, encoding=encoding)
        one = big.bridge("/api/states", keys[0], keys[0], encoding=encoding)
        work = f"all states, {encoding}, {churn:g} changes/s, {number} scopes in turn, each without {less}"
        pairs.append(Pair(work, "one of the scopes", 0.8, (big, many), (big, one), churn))
    return pairs


async def _cost_of_a_change(big: House, settings: Settings, work: str) -> Row:
    """Measure state changes with the bridge loaded and warm, and with the bridge unloaded, in turn."""
    views = [
        big.bridge("/api/states", key, encoding=settings.encoding)
        for key in await big.scoped_keys(WARM_VIEWS, areas=big.areas)
    ]
    ratios = []
    for _ in range(settings.rounds):
        for request in views:
            await big.probe(request)
        await asyncio.sleep(SETTLE_SECONDS)
        loaded = await big.seconds_per_change(CHANGES_PER_ROUND)
        await big.switch_bridge(on=False)
        await asyncio.sleep(SETTLE_SECONDS)
        ratios.append(loaded / await big.seconds_per_change(CHANGES_PER_ROUND))
        await big.switch_bridge(on=True)
    return Row(work, "without the bridge", 1.10, median(ratios), is_cost=True)
