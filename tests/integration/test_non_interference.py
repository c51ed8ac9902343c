"""Non-interference: what is out of scope changes no byte of what a key gets.

Two homes have a room that is the same in both, and nothing else in common. Whatever a key for the room asks, and
whatever happens, both give the same. That is the definition of scope.
"""

import asyncio
import logging
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
import voluptuous as vol
from aiohttp.test_utils import TestClient
from homeassistant.components import image
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.helpers import event, service

import custom_components  # noqa: F401  before the first instance, or the plugin's own folder of that name wins
from custom_components.drawbridge.websocket.commands import COMMANDS
from tests.integration.twins.building import build
from tests.integration.twins.homes import COMPONENTS, Home
from tests.integration.twins.pair import Twins
from tests.integration.twins.requests import command

# The harness has every statement logged.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

_IS_OLDEST = (MAJOR_VERSION, MINOR_VERSION) < (2026, 10)
STEPS = int(os.environ.get("DRAWBRIDGE_TWIN_STEPS", "3000" if _IS_OLDEST else "10000"))
SEED = os.environ.get("DRAWBRIDGE_TWIN_SEED", "1")

_DRAWS: Final = 300
"""Messages of a command of which one must be valid."""

type Build = Callable[[AsyncExitStack, str], Awaitable[Home]]


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Nothing: each home is made in the test."""


def _components() -> dict[str, ModuleType]:
    return {name: import_module(f"homeassistant.components.{name}") for name in COMPONENTS}


@pytest.mark.parametrize("name", sorted(name for name, item in COMMANDS.items() if item.schema is not None))
def test_every_command_is_drawn(name: str) -> None:
    """The generator makes valid messages of a command, so that a new one cannot be missed."""
    dice = random.Random(name)  # noqa: S311 - it is no secret
    drawn = COMMANDS[name]
    assert drawn.schema is not None
    for number in range(1, _DRAWS + 1):
        message = _without_references(command(dice, drawn).message)
        with suppress(vol.Invalid):
            drawn.schema({**message, "id": number, "type": name})
            return
    pytest.fail(f"None of {_DRAWS} messages is valid. Does the generator know the fields?")


def _without_references(item: Any) -> Any:
    """Return a message with a value in place of each name that a home resolves."""
    if isinstance(item, dict):
        return {name: _without_references(inner) for name, inner in item.items()}
    if isinstance(item, list):
        return [_without_references(inner) for inner in item]
    if item == "@subscription":
        return 1
    return "2026-06-01T12:00:00" if isinstance(item, str) and item.startswith("@now") else item


@pytest.fixture
def build_home(
    async_test_recorder: Callable[..., Any],
    aiohttp_client: Callable[[Any], Awaitable[TestClient[Any, Any]]],
    tmp_path: Path,
) -> Build:
    """Return what makes a home of a name."""
    return lambda stack, name: build(stack, name, tmp_path / name, async_test_recorder, aiohttp_client)


@pytest.fixture
async def twins(
    build_home: Build, freezer: Any, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> AsyncIterator[Twins]:
    """Return two homes."""
    logging.getLogger().setLevel(logging.WARNING)
    # The harness has the loop keep the stack of every call, which takes most of the time.
    loop: Any = asyncio.get_running_loop()
    loop.set_debug(False)
    # At the end, each thread has the less time to stop the more there are.
    loop._default_executor._max_workers = 4  # noqa: SLF001 - Home Assistant refuses another executor
    # To describe services, Home Assistant imports integrations whose requirements are not installed here.
    monkeypatch.setattr(service, "_base_components", _components)
    # Triggers of time fire a part of a second late, which is drawn for each. Here it is one that no step ends with.
    monkeypatch.setattr(event, "RANDOM_MICROSECOND_MIN", 77_777)
    monkeypatch.setattr(event, "RANDOM_MICROSECOND_MAX", 77_777)
    # Pictures keep their tokens: their timer and that of cameras would be due at once, in any order.
    monkeypatch.setattr(image, "TOKEN_CHANGE_INTERVAL", timedelta(days=99))
    # No step ends where a window does.
    freezer.move_to("2026-06-01T12:00:00.012345Z")
    record_property("seed", SEED)
    async with AsyncExitStack() as stack:
        one, other = [await build_home(stack, name) for name in ("a", "b")]
        one.dice.seed(f"a{SEED}")
        other.dice.seed(f"b{SEED}")
        yield Twins((one, other), freezer, random.Random(SEED))  # noqa: S311 - it is no secret


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.timeout(0 if STEPS > 10_000 else 600)
async def test_what_is_hidden_changes_nothing(twins: Twins, record_property: Callable[[str, object], None]) -> None:
    """Every byte of every answer and of every delivered event is the same, after random ids are.

    Every endpoint and every command is asked, and each that can be granted is.
    """
    await twins.run(STEPS)
    record_property("steps", twins.steps)
    record_property("events", twins.events)
    record_property("asked", dict(twins.asked))
    record_property("granted", dict(twins.granted))
    assert twins.unasked() == set()
    assert twins.ungranted() == set()
    assert twins.wrongly_excepted() == set()
    assert twins.undelivered() == set()
