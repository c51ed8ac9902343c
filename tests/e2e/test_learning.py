"""Learn mode with a third-party client: HomeAssistant-API, in its own environment."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.browser import furnished_house
from sandbox.drawbridge import NewKey, add_key, set_up
from sandbox.homeassistant import HomeAssistant

CLIENTS = Path(__file__).parents[2] / ".venv-clients" / "bin" / "python"
SUBENTRY_FLOW = "/api/config/config_entries/subentries/flow"
PROGRAM = """
import sys
from homeassistant_api import Client
with Client(sys.argv[1] + "/api", sys.argv[2]) as client:
    heating = client.get_state(entity_id="climate.living_room_heating")
    outside = client.get_state(entity_id="sensor.outdoor_temperature")
    client.trigger_service("climate", "set_hvac_mode", entity_id=heating.entity_id, hvac_mode="heat")
    print(heating.entity_id, outside.entity_id)
"""


async def run_client(house: HomeAssistant, key: str) -> str:
    """Run the client with a key, and return its output. It fails if a request is refused."""
    process = await asyncio.create_subprocess_exec(
        CLIENTS, "-c", PROGRAM, f"{house.url}/api/drawbridge", key, stdout=-1, stderr=-1
    )
    printed, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return printed.decode().strip()


async def status(house: HomeAssistant, path: str, key: str) -> int:
    """Read from the bridge with a key."""
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {key}"}
        async with session.get(f"{house.url}/api/drawbridge{path}", headers=headers) as answer:
            return answer.status


async def choose(house: HomeAssistant, entry: str, step: str) -> Any:
    """Open the menu of the only key, and choose from it."""
    keys = await house.client.command("config_entries/subentries/list", entry_id=entry)
    flow = await house.client.post(
        SUBENTRY_FLOW, {"handler": [entry, "api_key"], "subentry_id": keys[0]["subentry_id"]}
    )
    return await house.client.post(f"{SUBENTRY_FLOW}/{flow['flow_id']}", {"next_step_id": step})


async def test_a_real_client_is_narrowed_to_what_it_uses(tmp_path: Path) -> None:
    """The client works with the unchanged proposal, and cannot do anything else."""
    async with furnished_house(tmp_path) as house:
        entry = await set_up(house.client)
        key = await add_key(house.client, NewKey("Script", ("read", "control", "history"), everything=True))
        await choose(house, entry, "learn")
        assert await run_client(house, key) == "climate.living_room_heating sensor.outdoor_temperature"
        form = await choose(house, entry, "learned")
        proposed = {
            field["name"]: field["description"]["suggested_value"]
            for field in form["data_schema"]
            if "suggested_value" in (field.get("description") or {})
        }
        assert proposed == {
            "capabilities": ["control", "read"],
            "keep_scope": False,
            "entities": ["climate.living_room_heating", "sensor.outdoor_temperature"],
            "services": ["climate.set_hvac_mode"],
            "events": [],
        }
        await house.client.post(f"{SUBENTRY_FLOW}/{form['flow_id']}", proposed)
        assert await run_client(house, key) == "climate.living_room_heating sensor.outdoor_temperature"
        assert await status(house, "/api/states/light.living_room_ceiling_light", key) == 404
