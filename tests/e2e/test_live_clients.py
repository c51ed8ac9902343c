"""Third-party clients of the WebSocket API with only the URL and the token changed."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from sandbox.client import Client
from sandbox.ports import choose
from sandbox.process import Process
from sandbox.stack import Stack, household
from sandbox.wait import until
from tests.e2e.programs import CLIENTS, LAMP, REPOSITORY, new_key, run

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
    """Start a household with hidden entities and a helper in the living room, for all tests of this module."""
    async with household(tmp_path_factory.mktemp("live_clients")) as running:
        await add_things(running.home_assistant.client)
        yield running


async def add_things(client: Client) -> None:
    """Add things that a narrow key must not see, and a helper in its room; only the clients switch the hall's lamp."""
    await client.call("automation.turn_off", "automation.hall_light_follows_motion")
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
    """Change hidden entities while the block runs. The hall's lamp must be off before."""
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
    """Return Home Assistant's own state of an entity."""
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
    """Run a client that switches lamps while hidden entities change, and return its states."""
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


async def test_js_websocket_with_a_wrong_key(stack: Stack) -> None:
    """A wrong key is an authentication error, and the client does not reconnect."""
    printed = await run(*JS_WEBSOCKET, stack.bridge, "dbk_wrong", LAMP, HALL_LAMP, succeeds=False)
    assert "ERR_INVALID_AUTH" in printed


async def test_js_websocket_in_one_room(stack: Stack) -> None:
    """With a key for one room, the client has the states of the room, and actions elsewhere are refused."""
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
    """With a key for one room, the client has the states of the room, and actions elsewhere are refused."""
    held = await held_by(stack, await narrow_key(stack, "hass-client, one room"), *HASS_CLIENT)
    assert LAMP in {entity["entity_id"] for entity in held["entities"]}
    assert [area["area_id"] for area in held["areas"]] == ["living_room"]
    assert lamp_states(held)[-2:] == ["on", "off"]
    assert held["refused"]
    assert MARKER not in json.dumps(held)
    assert "kitchen" not in json.dumps(held["states"])
    assert await state(stack, HALL_LAMP) == "off"


# --- Clients that run until they are stopped


def log_has(process: Process, line: str) -> bool:
    """Whether a running client has logged something."""
    assert process.running, process.failure("ended")
    return process.log.exists() and line in process.log.read_text(encoding="utf-8")


def read_if_written(process: Process, file: Path) -> Any:
    """Return what a running client has written down, or None. It may be writing just now."""
    assert process.running, process.failure("ended")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    with suppress(json.JSONDecodeError):
        return json.loads(text)
    return None


async def written_by(stack: Stack, process: Process, file: Path, *, listens: str) -> Any:
    """Run a client, switch the lamp on once its log says that it listens, and return what it writes down then."""
    client = stack.home_assistant.client
    await client.call("light.turn_off", LAMP)
    await client.call("input_boolean.turn_off", HELPER)
    held: list[Any] = []

    async def ready() -> bool:
        return log_has(process, listens)

    async def written() -> bool:
        held.append(read_if_written(process, file))
        return held[-1] is not None

    async with hidden_changes(stack):
        process.start()
        try:
            await until(ready, seconds=SECONDS)
            await asyncio.sleep(1)
            await client.call("light.turn_on", LAMP)
            await until(written, seconds=SECONDS)
        finally:
            await process.stop()
    return held[-1]


# --- AppDaemon

APPDAEMON: Final = REPOSITORY / ".venv-appdaemon" / "bin" / "appdaemon"


def appdaemon(folder: Path, url: str, key: str) -> Process:
    """Return AppDaemon, configured as its documentation shows, with one app."""
    apps = folder / "apps"
    apps.mkdir()
    plugin = {"type": "hass", "ha_url": url, "token": key}
    app = {
        "module": "reading_time",
        "class": "ReadingTime",
        "lamp": LAMP,
        "other_lamp": HALL_LAMP,
        "helper": HELPER,
        "file": str(folder / "held.json"),
    }
    shutil.copy(PROGRAMS / "reading_time.py", apps)
    home = {"latitude": 52.4, "longitude": 4.9, "elevation": 2, "time_zone": "Europe/Amsterdam"}
    # JSON is YAML.
    config = {"appdaemon": {**home, "plugins": {"HASS": plugin}}}
    (folder / "appdaemon.yaml").write_text(json.dumps(config), encoding="utf-8")
    (apps / "apps.yaml").write_text(json.dumps({"reading_time": app}), encoding="utf-8")
    return Process("AppDaemon", [str(APPDAEMON), "--config", str(folder)], log=folder / "appdaemon.log")


def complaints(log: Path) -> list[str]:
    """Return the warnings and errors that AppDaemon logs until it is stopped, except those about a slow machine."""
    lines = log.read_text(encoding="utf-8").partition("Received signal")[0].splitlines()
    # On a slow machine, AppDaemon may start an app before it has the first states.
    slow = "Excessive time spent", "took too long", f"Entity {LAMP} not found in the default namespace"
    return [
        line
        for line in lines
        if re.search(r" (WARNING|ERROR|CRITICAL) ", line) and not any(text in line for text in slow)
    ]


async def test_appdaemon(stack: Stack, tmp_path: Path) -> None:
    """AppDaemon (PyPI) runs an app that listens to a lamp and turns a helper on."""
    key = await new_key(stack, "AppDaemon")
    process = appdaemon(tmp_path, stack.bridge, key)
    held = await written_by(stack, process, tmp_path / "held.json", listens="ReadingTime listens")
    assert len(held["states"]) >= 60
    assert held["config"]["state"] == "RUNNING"
    assert "light" in {service["domain"] for service in held["services"]}
    assert HIDDEN in {change[0] for change in held["seen"]}
    assert await state(stack, HELPER) == "on"
    assert await state(stack, HALL_LAMP) == "on"
    assert complaints(tmp_path / "appdaemon.log") == []


async def test_appdaemon_in_one_room(stack: Stack, tmp_path: Path) -> None:
    """With a key for one room, its app works there, and cannot switch anything elsewhere."""
    key = await narrow_key(stack, "AppDaemon, one room")
    process = appdaemon(tmp_path, stack.bridge, key)
    held = await written_by(stack, process, tmp_path / "held.json", listens="ReadingTime listens")
    assert LAMP in held["states"]
    assert HALL_LAMP not in held["states"]
    assert MARKER not in json.dumps(held)
    assert [line for line in complaints(tmp_path / "appdaemon.log") if HALL_LAMP not in line] == []
    assert await state(stack, HELPER) == "on"
    assert await state(stack, HALL_LAMP) == "off"


# --- Node-RED

NODE_RED: Final = PROGRAMS / "node_modules" / ".bin" / "node-red"


def node_red(folder: Path, url: str, key: str) -> Process:
    """Return Node-RED with the flow of the clients' folder, and a server's address and key."""
    shutil.copy(PROGRAMS / "node-red-flows.json", folder / "flows.json")
    shutil.copy(PROGRAMS / "node-red-settings.cjs", folder / "settings.js")
    # Node-RED takes nodes from the folder of its user.
    (folder / "node_modules").symlink_to(PROGRAMS / "node_modules")
    shutil.copy(PROGRAMS / "package.json", folder)
    credentials = {"node_server": {"host": url, "access_token": key}}
    (folder / "flows_cred.json").write_text(json.dumps(credentials), encoding="utf-8")
    return Process(
        "Node-RED",
        [str(NODE_RED), "--userDir", str(folder)],
        log=folder / "node-red.log",
        environment={"NODE_RED_PORT": str(choose(None)), "NODE_PATH": str(PROGRAMS / "node_modules")},
        folder=folder,
    )


async def test_node_red(stack: Stack, tmp_path: Path) -> None:
    """Node-RED with its Home Assistant nodes (npm): a state change triggers an action."""
    key = await new_key(stack, "Node-RED")
    process = node_red(tmp_path, stack.bridge, key)
    held = await written_by(stack, process, tmp_path / "held.json", listens="Connected to http")
    server = held["held"]["homeAssistant"]
    assert server["isConnected"]
    assert server["isRunning"]
    assert len(server["states"]) >= 60
    assert "light" in server["services"]
    assert MARKER in json.dumps(held["seen"])
    assert held["errors"] == []
    assert await state(stack, HELPER) == "on"
    assert await state(stack, HALL_LAMP) == "on"


async def test_node_red_in_one_room(stack: Stack, tmp_path: Path) -> None:
    """With a key for one room, the same flow runs there, and its action elsewhere is refused."""
    key = await narrow_key(stack, "Node-RED, one room")
    process = node_red(tmp_path, stack.bridge, key)
    held = await written_by(stack, process, tmp_path / "held.json", listens="Connected to http")
    server = held["held"]["homeAssistant"]
    assert server["isRunning"]
    assert LAMP in server["states"]
    assert HALL_LAMP not in server["states"]
    assert MARKER not in json.dumps(held)
    assert [error["at"] for error in held["errors"]] == ["node_turn_on_elsewhere"]
    assert await state(stack, HELPER) == "on"
    assert await state(stack, HALL_LAMP) == "off"


async def test_what_they_asked_for(stack: Stack) -> None:
    """The clients of this module used only commands that exist, and only their calls out of scope failed."""
    exposed = await stack.exporter.metrics()
    results = dict(re.findall(r"^drawbridge_stream_commands_total\{(.*)\} ([1-9]\S*)$", exposed, re.MULTILINE))
    failed = [labels for labels in results if 'result="success"' not in labels]
    assert failed == ['result="unauthorized",type="call_service"'], results
