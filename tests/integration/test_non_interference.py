"""Non-interference: what is out of scope changes no byte of what a key gets.

Two homes have a room that is the same in both, and nothing else in common. Whatever a key for the room asks, and whatever
happens, both give the same. That is the definition of scope.
"""

import asyncio
import logging
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from homeassistant.helpers import event, service

import custom_components  # noqa: F401  before the first instance, or the plugin's own folder of that name wins
from tests.integration.twins.homes import COMPONENTS, build
from tests.integration.twins.pair import Twins

# The harness has every statement logged.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

STEPS = int(os.environ.get("DRAWBRIDGE_TWIN_STEPS", "10000"))
SEED = os.environ.get("DRAWBRIDGE_TWIN_SEED")


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Nothing: each home is made in the test."""


def _components() -> dict[str, ModuleType]:
    return {name: import_module(f"homeassistant.components.{name}") for name in COMPONENTS}


@pytest.fixture
async def twins(
    request: pytest.FixtureRequest,
    async_test_recorder: Callable[..., Any],
    aiohttp_client: Callable[[Any], Awaitable[TestClient[Any, Any]]],
    freezer: Any,
    socket_enabled: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Twins]:
    """Return two homes."""
    logging.getLogger().setLevel(logging.WARNING)
    # The harness has the loop keep the stack of every call, which takes most of the time.
    asyncio.get_running_loop().set_debug(False)
    # To describe services, Home Assistant imports integrations whose requirements are not installed here.
    monkeypatch.setattr(service, "_base_components", _components)
    # Triggers of time fire a part of a second late, which is drawn for each. Here it is one that no step ends with.
    monkeypatch.setattr(event, "RANDOM_MICROSECOND_MIN", 77_777)
    monkeypatch.setattr(event, "RANDOM_MICROSECOND_MAX", 77_777)
    # No step ends where a window does.
    freezer.move_to("2026-06-01T12:00:00.012345Z")
    seed = SEED or str(random.SystemRandom().randrange(10**6))
    print(f"DRAWBRIDGE_TWIN_SEED={seed}")  # noqa: T201 - pytest shows it where the test fails
    request.node.user_properties.append(("seed", seed))
    async with AsyncExitStack() as stack:
        one, other = [
            await build(stack, name, tmp_path / name, async_test_recorder, aiohttp_client) for name in ("a", "b")
        ]
        one.dice.seed(f"a{seed}")
        other.dice.seed(f"b{seed}")
        yield Twins((one, other), freezer, random.Random(seed))


@pytest.mark.timeout(0 if STEPS > 20_000 else 300)
async def test_what_is_hidden_changes_nothing(twins: Twins, record_property: Callable[[str, object], None]) -> None:
    """Every byte of every answer and of every delivered event is the same, after random ids are."""
    await twins.run(STEPS)
    record_property("events", twins.events)
    record_property("granted", dict(twins.granted))
    if STEPS >= 10_000:
        assert not twins.unasked()
