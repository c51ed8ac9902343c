"""Changes keys at full speed, and computes the possible states of each key after Home Assistant was killed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import aiohttp

from sandbox import drawbridge
from sandbox.client import Client, Json
from tests.e2e.test_key_life import LAMP, SUBENTRY_FLOW

OTHER_LAMP: Final = "input_boolean.secret_lamp"
WIDE: Final = frozenset({LAMP, OTHER_LAMP})
NARROW: Final = frozenset({LAMP})
CLOSED: Final[frozenset[str]] = frozenset()
KILLED: Final = (aiohttp.ClientError, TypeError, OSError)
"""What a client notices of a server that is killed; an answer with an error is none of these."""


@dataclass(slots=True)
class Secret:
    """What a secret shows according to the acknowledged changes, and after the change in progress."""

    value: str
    key_id: str
    sees: frozenset[str] = WIDE
    in_flight: frozenset[str] | None = None

    @property
    def possible(self) -> set[frozenset[str]]:
        """Return what the secret may show."""
        return {self.sees} if self.in_flight is None else {self.sees, self.in_flight}


@dataclass(slots=True)
class Worker:
    """One administrator's session that changes keys of its own, one change after the other."""

    client: Client
    entry_id: str
    chance: random.Random
    names: Iterable[int]
    open: list[Secret] = field(default_factory=list)
    closed: list[Secret] = field(default_factory=list)
    made: int = 0
    cut_off: str = ""

    async def work(self) -> None:
        """Make changes until Home Assistant has ended."""
        changes = (self.rotate, self.revoke, self.delete, self.disable, self.narrow)
        try:
            while True:
                self.cut_off = "create"
                await self.create()
                change = self.chance.choice(changes)
                self.cut_off = change.__name__
                await change(self.chance.choice(self.open))
                self.made += 2
        except KILLED:
            return

    async def create(self) -> None:
        """Create a key."""
        name = f"key {next(iter(self.names))}"
        made = await self._act("create_key", name=name, entities=sorted(WIDE))
        self.open.append(Secret(made["secret"], made["id"]))

    async def rotate(self, secret: Secret) -> None:
        """Replace a secret. The old one becomes invalid immediately."""
        secret.in_flight = CLOSED
        made = await self._act("rotate_key", key=secret.key_id, overlap=0)
        self._close(secret)
        self.open.append(Secret(made["secret"], secret.key_id, secret.sees))

    async def revoke(self, secret: Secret) -> None:
        """Remove a key by Drawbridge's action."""
        await self._end(secret, lambda: self._act("revoke_key", key=secret.key_id))

    async def delete(self, secret: Secret) -> None:
        """Remove a key by Home Assistant's own command."""
        about = {"entry_id": self.entry_id, "subentry_id": secret.key_id}
        await self._end(secret, lambda: self.client.command("config_entries/subentries/delete", **about))

    async def disable(self, secret: Secret) -> None:
        """Disable a key."""
        await self._end(secret, lambda: self._reconfigure(secret, "disabled", {"next_step_id": "disable"}))

    async def narrow(self, secret: Secret) -> None:
        """Take an entity from the scope of a key."""
        scope = {"everything": False, "more": {}, "entities": [LAMP]}
        secret.in_flight = NARROW
        await self._reconfigure(secret, "reconfigure_successful", {"next_step_id": "scope"}, scope)
        secret.sees, secret.in_flight = NARROW, None

    async def _end(self, secret: Secret, change: Callable[[], Awaitable[Json]]) -> None:
        secret.in_flight = CLOSED
        await change()
        self._close(secret)

    def _close(self, secret: Secret) -> None:
        self.open.remove(secret)
        self.closed.append(Secret(secret.value, secret.key_id, CLOSED))

    async def _act(self, action: str, **data: object) -> Json:
        answer = await self.client.post(f"/api/services/drawbridge/{action}?return_response", data)
        return answer["service_response"]

    async def _reconfigure(self, secret: Secret, reason: str, *answers: Json) -> None:
        begin = {"handler": [self.entry_id, "api_key"], "subentry_id": secret.key_id}
        step = await self.client.post(SUBENTRY_FLOW, begin)
        for answer in answers:
            step = await self.client.post(f"{SUBENTRY_FLOW}/{step['flow_id']}", answer)
        if step.get("errors") == {"base": "refuses_requests"}:
            step = await self.client.post(f"{SUBENTRY_FLOW}/{step['flow_id']}", answers[-1])
        assert step["reason"] == reason


async def under_load(
    client: Client, entry_id: str, chance: random.Random, names: count[int], kill: Callable[[], Awaitable[None]]
) -> list[Worker]:
    """Let workers change keys at full speed until ``kill`` has ended Home Assistant."""
    clients = [Client(client.url, client.token) for _ in range(5)]
    workers = [Worker(item, entry_id, chance, names) for item in clients]
    tasks = [asyncio.create_task(worker.work()) for worker in workers]
    try:
        await kill()
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        for item in clients:
            await item.close()
    return workers


async def seen_with(url: str, secrets: Iterable[Secret]) -> dict[str, frozenset[str]]:
    """Return the entities that each secret shows; none if it is not valid."""
    seen: dict[str, frozenset[str]] = {}
    async with aiohttp.ClientSession() as session:
        for secret in secrets:
            headers = {"X-API-Key": secret.value}
            async with session.get(f"{url}{drawbridge.BASE_PATH}/api/states", headers=headers) as response:
                assert response.status in {200, 401, 429}
                states = await response.json() if response.status == 200 else []
            seen[secret.value] = frozenset(state["entity_id"] for state in states)
    return seen
