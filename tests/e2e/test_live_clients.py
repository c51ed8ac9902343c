"""Programs of others that speak the WebSocket API, unmodified but for URL and token."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from sandbox.client import Client
from sandbox.stack import Stack, household
from tests.e2e.programs import CLIENTS, LAMP, new_key, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROGRAMS: Final = Path(__file__).parent / "clients"
MARKER: Final = "hidden_marker"
"""In the names of things outside of the living room, and in their states."""
HALL_LAMP: Final = "light.hall_light"
HIDDEN: Final = "sensor.hidden_marker"
HELPER: Final = "input_boolean.reading_time"
SECONDS: Final = 60


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Bring up a household with hidden things and a helper in the living room, for all tests of this module."""
    async with household(tmp_path_factory.mktemp("live_clients")) as running:
        await add_things(running.home_assistant.client)
        yield running


async def add_things(client: Client) -> None:
    """Add things that a narrow key must not see, and a helper in its room."""
    await client.post(f"/api/states/{HIDDEN}", {"state": "0"})
    area = await client.command("config/area_registry/create", name=f"{MARKER} area")
    label = await client.command("config/label_registry/create", name=f"{MARKER} label")
    await client.command("config/floor_registry/create", name=f"{MARKER} floor")
    await client.command("config/entity_registry/update", entity_id=HALL_LAMP, labels=[label["label_id"]])
    await client.command(
        "config/entity_registry/update",
        entity_id="sensor.kitchen_temperature",
        area_id=area["area_id"],
        name=f"{MARKER} temperature",
    )
    await client.command("input_boolean/create", name="Reading time")
    await client.command("config/entity_registry/update", entity_id=HELPER, area_id="living_room")


@asynccontextmanager
async def hidden_changes(stack: Stack) -> AsyncIterator[None]:
    """Change what is hidden while the block runs, and see that the hall's lamp is off before it."""
    client = stack.home_assistant.client
    await client.call("light.turn_off", HALL_LAMP)

    async def change() -> None:
        for number in range(10_000):
            await client.post(f"/api/states/{HIDDEN}", {"state": f"{MARKER} {number}"})
            await asyncio.sleep(0.1)

    task = asyncio.create_task(change())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def state(stack: Stack, entity_id: str) -> str:
    """Return the state of an entity, as Home Assistant says it."""
    said: str = (await stack.home_assistant.client.state(entity_id))["state"]
    return said


async def narrow_key(stack: Stack, name: str) -> str:
    """Make a key for the living room."""
    capabilities = ["read", "control"]
    return await new_key(stack, name, everything=False, areas=["living_room"], capabilities=capabilities)


def node_program(name: str) -> tuple[str, str]:
    """Return the command that runs a JavaScript program of the clients' folder."""
    return "node", str(PROGRAMS / name)


async def held_by(stack: Stack, key: str, *program: str | Path) -> Any:
    """Run a client that switches lamps while hidden things change; return what it held."""
    async with hidden_changes(stack):
        printed = await run(*program, stack.bridge, key, LAMP, HALL_LAMP)
    assert key not in printed
    return json.loads(printed.splitlines()[-1])


# --- home-assistant-js-websocket

JS_WEBSOCKET: Final = node_program("home-assistant-js-websocket.mjs")


async def test_js_websocket(stack: Stack) -> None:
    """home-assistant-js-websocket (npm) follows entities, config and services, and calls actions."""
    held = await held_by(stack, await new_key(stack, "js-websocket"), *JS_WEBSOCKET)
    assert held["version"] == stack.home_assistant.version
    assert held["lamp"] == ["on", "off"]
    assert len(held["entities"][0]) >= 60
    changes = [entities[HIDDEN]["state"] for entities in held["entities"]]
    assert len(set(changes)) >= 3
    assert HIDDEN in {event["data"]["entity_id"] for event in held["events"]}
    assert held["config"]["state"] == "RUNNING"
    assert {"light", "homeassistant"} <= held["services"].keys()
    assert held["user"]["name"] == "js-websocket"
    assert "result" in held["elsewhere"]
    assert await state(stack, HALL_LAMP) == "on"


async def test_js_websocket_in_one_room(stack: Stack) -> None:
    """With a key for one room, it holds the room, and what it calls elsewhere is refused."""
    held = await held_by(stack, await narrow_key(stack, "js-websocket, one room"), *JS_WEBSOCKET)
    assert held["lamp"] == ["on", "off"]
    assert LAMP in held["entities"][-1]
    assert len(held["entities"][-1]) < 25
    assert held["config"]["state"] == "RUNNING"
    assert held["elsewhere"]["error"]
    assert MARKER not in json.dumps(held)
    assert await state(stack, HALL_LAMP) == "off"


# --- hass-client

HASS_CLIENT: Final = (CLIENTS / "python", PROGRAMS / "hass_client_example.py")


def lamp_states(held: Any) -> list[str]:
    """Return the states of the lamp, in the order in which the client learned them."""
    states = []
    for event in held["lamps"]:
        change = event.get("a", {}).get(LAMP) or event.get("c", {}).get(LAMP, {}).get("+", {})
        states += [change["s"]] if "s" in change else []
    return states


async def test_hass_client(stack: Stack) -> None:
    """hass-client (PyPI) reads states and registries, follows entities, and calls actions."""
    held = await held_by(stack, await new_key(stack, "hass-client"), *HASS_CLIENT)
    assert held["version"] == stack.home_assistant.version
    assert len(held["states"]) >= 60
    assert held["config"]["state"] == "RUNNING"
    assert "light" in held["services"]
    assert {"living_room", f"{MARKER}_area"} <= {area["area_id"] for area in held["areas"]}
    assert {LAMP, HALL_LAMP} <= {entity["entity_id"] for entity in held["entities"]}
    assert held["devices"]
    assert lamp_states(held)[-2:] == ["on", "off"]
    assert HIDDEN in {event["data"]["entity_id"] for event in held["events"]}
    assert held["elsewhere"]["context"]["id"]
    assert await state(stack, HALL_LAMP) == "on"


async def test_hass_client_in_one_room(stack: Stack) -> None:
    """With a key for one room, it holds the room, and what it calls elsewhere is refused."""
    held = await held_by(stack, await narrow_key(stack, "hass-client, one room"), *HASS_CLIENT)
    assert LAMP in {entity["entity_id"] for entity in held["entities"]}
    assert [area["area_id"] for area in held["areas"]] == ["living_room"]
    assert lamp_states(held)[-2:] == ["on", "off"]
    assert held["refused"]
    assert MARKER not in json.dumps(held)
    assert "kitchen" not in json.dumps(held["states"])
    assert await state(stack, HALL_LAMP) == "off"
