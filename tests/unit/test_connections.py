"""Live connections are closed when their key ends, also if it changed while they were opened."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.drawbridge.connections import Connections
from custom_components.drawbridge.door import Door
from custom_components.drawbridge.keys import ApiKey, KeyRing, StoredSecret
from custom_components.drawbridge.options import Options
from custom_components.drawbridge.refusal import Refusal, RefusedError
from custom_components.drawbridge.sessions import Sessions


class Recorded:
    """A connection that records its calls."""

    pending_bytes = 0
    door = Door.HOME_ASSISTANT

    def __init__(self, key: ApiKey) -> None:
        """Create a connection that the first secret of a key opened."""
        self.key = key
        self.digest = key.secrets[0].digest
        self.session_id: str | None = None
        self.ended: list[str] = []
        self.end_came = asyncio.Event()

    def change_key(self, key: ApiKey) -> None:
        """Record the key."""
        self.key = key

    def may_stay(self, key: ApiKey) -> bool:
        """Record the check. A key with networks is refused."""
        return not key.networks

    def end(self, reason: str, *, going_away: bool = False) -> None:
        """Record the reason."""
        self.ended.append(f"{reason} {going_away}")
        self.end_came.set()


def connections_of(keys: KeyRing) -> Connections:
    """Return the connections that these keys open, without sessions."""
    return Connections(keys, Sessions(keys, Path("unused")))


KEY = ApiKey("one", "One", (StoredSecret("aa"),))
ENDINGS: dict[str, Callable[[], list[ApiKey]]] = {
    "removed": list,
    "disabled": lambda: [replace(KEY, enabled=False)],
    "expired": lambda: [replace(KEY, expires=time.time() - 1)],
    "rotated": lambda: [replace(KEY, secrets=(StoredSecret("bb"),))],
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_key_that_changed_before_the_connection_was_open(ending: str) -> None:
    """A key can change between its admission and the opening of its connection."""
    connections, connection = connections_of(KeyRing(ENDINGS[ending]())), Recorded(KEY)
    connections.open(connection, Options())()
    assert len(connection.ended) == 1
    assert len(connections) == 0


async def test_a_key_that_was_narrowed_before_the_connection_was_open() -> None:
    """The connection stays open, and has the changed key."""
    narrower = replace(KEY, name="Narrower")
    connections, connection = connections_of(KeyRing([narrower])), Recorded(KEY)
    close = connections.open(connection, Options())
    assert (connection.key, connection.ended) == (narrower, [])
    close()


async def test_a_secret_that_ends() -> None:
    """When a secret ends, its connections are closed."""
    key = replace(KEY, secrets=(StoredSecret("aa", valid_until=time.time() + 0.02),))
    connections, connection = connections_of(KeyRing([key])), Recorded(key)
    close = connections.open(connection, Options())
    assert connection.ended == []
    async with asyncio.timeout(10):
        await connection.end_came.wait()
    close()


async def test_closing_twice_counts_once() -> None:
    """A connection that is closed twice is counted once."""
    connections = connections_of(KeyRing([KEY]))
    first, second = connections.open(Recorded(KEY), Options()), connections.open(Recorded(KEY), Options())
    assert (len(connections), connections.of_key("one")) == (2, 2)
    first()
    first()
    assert len(connections) == 1
    second()
    assert (len(connections), connections.of_key("one")) == (0, 0)


@pytest.mark.parametrize("options", [Options(max_connections=2), Options(max_key_connections=2)])
async def test_too_many(options: Options) -> None:
    """A connection over the limit is not counted, and a closed connection makes room for another one."""
    connections = connections_of(KeyRing([KEY]))
    first, second = connections.open(Recorded(KEY), options), connections.open(Recorded(KEY), options)
    with pytest.raises(RefusedError) as caught:
        connections.open(Recorded(KEY), options)
    assert caught.value.refusal is Refusal.TOO_MANY_CONNECTIONS
    assert len(connections) == 2
    first()
    third = connections.open(Recorded(KEY), options)
    for close in (second, third):
        close()
    assert (len(connections), connections.of_key("one")) == (0, 0)
