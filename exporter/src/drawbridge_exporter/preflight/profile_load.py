"""Sends the load of a profile."""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Final

import aiohttp

from .context import Context
from .live import LiveError, connected, subscribed
from .measured import Measured
from .profile import LoadProfile

_MAX_IN_FLIGHT: Final = 500
_REFUSALS: Final = range(400, 500)

type _Send = Callable[[], Awaitable[None]]


class ProfileLoad:
    """Sends the load of a profile, and measures it."""

    def __init__(self, context: Context, profile: LoadProfile) -> None:
        """Prepare the load for a bridge."""
        self._context = context
        self._profile = profile
        self._headers = {"Authorization": f"Bearer {context.plan.load_key or context.plan.key}"}
        self._cursor = ""
        self._entities: list[str] = []
        self.measured = Measured(seconds=profile.seconds)

    async def run(self) -> Measured:
        """Send the load, wait for the last answers, and return what was measured."""
        first = await self._context.ask_now("/api/states", headers=self._headers)
        self._cursor = first.headers.get("Drawbridge-Cursor", "")
        self._entities = [state["entity_id"] for state in first.json() or ()] or ["sun.sun"]
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(self._profile.subscriptions):
                group.create_task(self._subscribe(started + self._profile.seconds))
            for rate, send in self._kinds():
                group.create_task(self._at_rate(rate, send, started))
        return self.measured

    def _kinds(self) -> Iterator[tuple[int, _Send]]:
        profile, names = self._profile, itertools.cycle(self._entities)
        yield profile.states, lambda: self._one("/api/states")
        yield profile.deltas, lambda: self._one(f"/api/states?since={self._cursor}")
        yield profile.entities, lambda: self._one(f"/api/states/{next(names)}")
        if (writes := profile.writes) is not None:
            body = json.dumps({"entity_id": writes.entity_id}).encode()
            path = f"/api/services/{writes.service.replace('.', '/')}"
            yield writes.per_second, lambda: self._one(path, body)

    async def _at_rate(self, rate: int, send: _Send, started: float) -> None:
        """Send requests of one kind at a fixed rate, without waiting for responses."""
        in_flight: set[asyncio.Task[None]] = set()
        for number in range(int(rate * self._profile.seconds)):
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if len(in_flight) >= _MAX_IN_FLIGHT:
                self.measured.broken += 1
                continue
            task = asyncio.create_task(self._timed(send, due))
            in_flight.add(task)
            task.add_done_callback(in_flight.discard)
        if in_flight:
            await asyncio.wait(in_flight)

    async def _timed(self, send: _Send, due: float) -> None:
        try:
            await send()
        except (aiohttp.ClientError, TimeoutError):
            self.measured.broken += 1
            return
        self.measured.durations.append(time.perf_counter() - due)

    async def _one(self, path: str, body: bytes | None = None) -> None:
        method = "GET" if body is None else "POST"
        reply = await self._context.ask_now(path, method=method, headers=self._headers, data=body)
        self.measured.count(reply)
        if reply.status in _REFUSALS and reply.status != HTTPStatus.TOO_MANY_REQUESTS:
            self.measured.refused += 1

    async def _subscribe(self, ends: float) -> None:
        """Read a subscription until the load ends. A subscription that is closed earlier counts as broken."""
        key = self._context.plan.load_key or self._context.plan.key
        try:
            async with connected(self._context, key) as socket:
                await subscribed(socket)
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, ends - time.perf_counter())):
                        while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                            pass
                        self.measured.broken += 1
        except (aiohttp.ClientError, LiveError, TypeError, ValueError):
            self.measured.broken += 1
