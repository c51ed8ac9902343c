"""The rows about the WebSocket API: the CPU time of Home Assistant for each delivered change."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import median
from typing import Any, Final

from benchmarks.house import House
from benchmarks.rows import Row, Settings, Side
from benchmarks.wrk import Load
from sandbox import drawbridge
from sandbox.process import SandboxError

CLIENTS: Final = 300
CHANGES: Final = 200
MANY_CLIENTS: Final = 1_000
MANY_CHANGES: Final = 500
_SLOW_BYTES: Final = 4_194_304
SNAPSHOTS: Final = 50
KEYS: Final = 12
"""The number of keys with the same scope, because a key can have at most 100 connections."""
_SETTLE_SECONDS: Final = 3.0
_OWN_PATH: Final = "/api/websocket"
_PATH: Final = drawbridge.BASE_PATH + "/api/websocket"


class Readers:
    """A process with WebSocket clients that read and discard messages."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Wrap a process that has started."""
        self._process = process

    async def mark(self, command: str = "mark") -> dict[str, float]:
        """Return the changes, bytes and delays in seconds since the last mark, and the number of connected clients."""
        return dict(json.loads(await self._ask(command)))

    async def _ask(self, command: str) -> str:
        assert self._process.stdin is not None  # noqa: S101 - it has a pipe
        assert self._process.stdout is not None  # noqa: S101 - the same
        self._process.stdin.write(f"{command}\n".encode())
        await self._process.stdin.drain()
        return (await self._process.stdout.readline()).decode()


@asynccontextmanager
async def readers(house: House, path: str, keys: Sequence[str], clients: int, *options: str) -> AsyncIterator[Readers]:
    """Connect this number of clients, and use the keys in turn."""
    port = house.home_assistant.url.rpartition(":")[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.reader", port, path, str(clients), *options,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None  # noqa: S101 - it has a pipe
    assert process.stdout is not None  # noqa: S101 - the same
    try:
        process.stdin.write(("\n".join(keys) + "\n\n").encode())
        await process.stdin.drain()
        if (await process.stdout.readline()).strip() != b"ready":
            raise SandboxError("The readers could not connect")
        yield Readers(process)
    finally:
        process.stdin.close()
        await process.wait()


async def live_rows(house: House, settings: Settings) -> AsyncIterator[Row]:
    """Measure all rows, one after the other."""
    everything = [await house.key() for _ in range(KEYS)]
    scopes = await house.scoped_keys(settings.scopes)
    for work, keys, target in (
        (f"WebSocket: {CLIENTS} clients of one scope, {CHANGES} changes/s", everything, 0.5),
        (f"WebSocket: {CLIENTS} clients in {settings.scopes} scopes, {CHANGES} changes/s", scopes, 0.7),
    ):
        if settings.only in work:
            yield await _delivery(house, settings, work, keys, target)
    for options, how in (((), ""), (("deflate",), ", compressed")):
        work = f"WebSocket: first states of {settings.entities} entities{how}"
        if settings.only in work:
            yield await _snapshot(house, settings, work, everything[0], *options)
    work = f"WebSocket: {MANY_CLIENTS} clients, {MANY_CHANGES} changes/s, 20 % of them do not read"
    if settings.only in work:
        async for row in _slow(house, settings, work, everything):
            yield row


async def _delivery(house: House, settings: Settings, work: str, keys: Sequence[str], target: float) -> Row:
    """Compare the CPU time for each delivered change, without the cost of the changes themselves."""
    ours, other = Side(work), Side("Home Assistant's own")
    ratios = []
    for _ in range((settings.rounds + 1) // 2):
        idle = await _idle_seconds(house, settings)
        costs = []
        for side, path, secrets in ((ours, _PATH, keys), (other, _OWN_PATH, [house.client.token])):
            async with readers(house, path, secrets, CLIENTS) as clients:
                load = await _measure(house, settings, clients)
            side.loads.append(load)
            costs.append((load.cpu - idle) / load.count)
        ratios.append(costs[0] / costs[1])
    ratio = median(ratios)
    return Row(work, "Home Assistant's own", target, ratio, cpu_ratio=ratio, is_cost=True, ours=ours, other=other)


async def _measure(house: House, settings: Settings, clients: Readers, changes: float = CHANGES) -> Load:
    """Measure a period: the delivered changes, their rate and delays, and the CPU time."""
    await house.churn(changes)
    await asyncio.sleep(_SETTLE_SECONDS)
    await clients.mark()
    before, began = house.processor_seconds(), asyncio.get_running_loop().time()
    await asyncio.sleep(settings.seconds * 3)
    seconds = asyncio.get_running_loop().time() - began
    cpu, found = house.processor_seconds() - before, await clients.mark()
    await house.churn(0)
    count = int(found["changes"])
    if not count:
        raise SandboxError("No change was delivered")
    return Load(count=count, rate=count / seconds, p50=found["p50"], p99=found["p99"], cpu=cpu)


async def _idle_seconds(house: House, settings: Settings) -> float:
    """Return the CPU time of the changes themselves, without clients."""
    await house.churn(CHANGES)
    await asyncio.sleep(_SETTLE_SECONDS)
    before = house.processor_seconds()
    await asyncio.sleep(settings.seconds * 3)
    seconds = house.processor_seconds() - before
    await house.churn(0)
    return seconds


async def _snapshot(house: House, settings: Settings, work: str, key: str, *options: str) -> Row:
    """Compare the CPU time of clients that connect and get all states, one after the other."""
    ratios = []
    for _ in range(settings.rounds):
        costs = []
        for path, secret in ((_PATH, key), (_OWN_PATH, house.client.token)):
            await asyncio.sleep(_SETTLE_SECONDS)
            before = house.processor_seconds()
            async with readers(house, path, [secret], SNAPSHOTS, *options):
                costs.append(house.processor_seconds() - before)
        ratios.append(costs[0] / costs[1])
    return Row(work, "Home Assistant's own", 0.3, median(ratios), is_cost=True)


async def _slow(house: House, settings: Settings, work: str, keys: Sequence[str]) -> AsyncIterator[Row]:
    """Stop 20 % of the clients until every sensor has changed, and let them read again."""
    seconds = settings.entities / MANY_CHANGES + _SETTLE_SECONDS
    async with readers(house, _PATH, keys, MANY_CLIENTS, "keep") as clients:
        before = await house.resident()
        await clients.mark("slow")
        await house.churn(MANY_CHANGES)
        await asyncio.sleep(seconds)
        grown = await house.resident() - before
        delays: dict[str, Any] = await clients.mark()
        await house.churn(0)
        found: dict[str, Any] = await clients.mark(f"check {house.client.token}")
    ours = Side(work, size=int(grown / (MANY_CLIENTS / 5)))
    ours.loads.append(Load(count=1, rate=0, p50=delays["p50"], p99=delays["p99"], cpu=0))
    yield Row(work, "share of clients still connected", 1.0, found["open"] / MANY_CLIENTS, ours=ours)
    exact = found["exact"] / found["kept"]
    yield Row(work, f"share with the exact final states, of {found['kept']}", 1.0, exact, ours=ours)
    yield Row(work, f"memory for each slow client, of {_SLOW_BYTES} bytes", 1.0, ours.size / _SLOW_BYTES,
              is_cost=True, ours=ours)  # fmt: skip
