"""Third-party clients with only the URL and the token changed, and random requests."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio

from sandbox.stack import Stack, household
from tests.e2e.programs import CLIENTS, LAMP, REPOSITORY, new_key, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMATHESIS: Final = REPOSITORY / ".venv-schemathesis" / "bin" / "schemathesis"

HOMEASSISTANT_API: Final = """
import json, sys, time
from datetime import UTC, datetime, timedelta
from homeassistant_api import Client, State

url, key, lamp = sys.argv[1:]
with Client(f"{url}/api/", key) as client:
    now = datetime.now(UTC)
    said = {"running": client.check_api_running(), "version": client.get_config()["version"]}
    said["states"] = len(client.get_states())
    said["domains"] = sorted(client.get_entities())
    light = client.get_domain("light")
    light.turn_on(entity_id=lamp)
    said["on"] = client.get_state(entity_id=lamp).state
    client.trigger_service("light", "turn_off", entity_id=lamp)
    entity = client.get_entity(entity_id=lamp)
    said["off"] = entity.state.state
    said["events"] = client.trigger_service_with_response(
        "calendar", "get_events", entity_id="calendar.household", duration={"hours": 1}
    )[1]
    start, end = now - timedelta(hours=1), now + timedelta(hours=1)
    for _ in range(60):
        # The recorder writes what happened a few seconds later.
        entries = client.get_logbook_entries(filter_entities=lamp, start_timestamp=start, end_timestamp=end)
        said["logbook"] = len(list(entries))
        if said["logbook"] >= 2:
            break
        time.sleep(0.5)
    said["history"] = [len(item.states) for item in client.get_entity_histories((entity,), start, end)]
    said["template"] = client.get_rendered_template("The lamp is {{ states('" + lamp + "') }}.")
    said["set"] = client.set_state(State(state="5", entity_id="sensor.made_up", attributes={"a": 1})).state
    said["fired"] = client.fire_event("bell", button="front")
    said["state_changed"] = client.get_event("state_changed") is not None
    said["components"] = "light" in client.get_components()
print(json.dumps(said))
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Start a household for all tests of this module."""
    async with household(tmp_path_factory.mktemp("clients")) as running:
        yield running


async def test_homeassistant_api(stack: Stack) -> None:
    """HomeAssistant-API (PyPI) reads, calls services, and gets history, logbook and templates."""
    key = await new_key(stack, "HomeAssistant-API")
    said = json.loads(await run(CLIENTS / "python", "-c", HOMEASSISTANT_API, stack.bridge, key, LAMP))
    assert said["running"] is True
    assert said["version"] == stack.home_assistant.version
    assert said["states"] >= 60
    assert {"light", "sensor", "calendar"} <= set(said["domains"])
    assert (said["on"], said["off"]) == ("on", "off")
    assert said["events"] == {"calendar.household": {"events": []}}
    assert said["history"][0] >= 2
    assert said["logbook"] >= 2
    assert said["template"] == "The lamp is off."
    assert said["set"] == "5"
    assert said["fired"] == "Event bell fired."
    assert said["state_changed"] is True
    assert said["components"] is True


async def test_homeassistant_cli(stack: Stack, tmp_path: Path) -> None:
    """hass-cli (homeassistant-cli on PyPI) does what its README shows, over REST."""
    key = await new_key(stack, "hass-cli", services=["light.*", "homeassistant.toggle"])

    server = {"HASS_SERVER": stack.bridge, "HASS_TOKEN": key}

    async def cli(*arguments: str) -> str:
        return await run(CLIENTS / "hass-cli", *arguments, environment=server)

    template = tmp_path / "lamp.j2"
    template.write_text("{{ states('" + LAMP + "') }} and {{ 6 * 7 }}", encoding="utf-8")
    assert LAMP in await cli("state", "list", "light.*")
    before = json.loads(await cli("--output=json", "state", "get", LAMP))[0]["state"]
    assert LAMP in await cli("state", "toggle", LAMP)
    after = json.loads(await cli("--output=json", "state", "get", LAMP))[0]["state"]
    assert {before, after} == {"on", "off"}
    assert LAMP in await cli("service", "call", "homeassistant.toggle", "--arguments", f"entity_id={LAMP}")
    assert "turn_on" in await cli("service", "list", "light.*")
    assert LAMP in await cli("state", "history", "--since", "50m", LAMP)
    assert await cli("template", str(template)) == f"{before} and 42\n"
    assert stack.home_assistant.version in await cli("config", "release")
    assert LAMP in await cli("raw", "get", f"/api/states/{LAMP}")
    assert "updated" in await cli("state", "edit", "--json", '{"state": "7"}', "sensor.by_cli")
    assert "deleted" in await cli("state", "delete", "sensor.by_cli")


async def test_a_narrow_key_in_the_same_client(stack: Stack) -> None:
    """With a key for one room, the same program sees only the room."""
    key = await new_key(stack, "hass-cli, one room", everything=False, areas=["living_room"])
    server = {"HASS_SERVER": stack.bridge, "HASS_TOKEN": key}
    listed = await run(CLIENTS / "hass-cli", "state", "list", environment=server)
    assert LAMP in listed
    assert "kitchen" not in listed
    answer = await run(
        CLIENTS / "hass-cli", "raw", "get", "/api/states/light.hall_light", succeeds=False, environment=server
    )
    assert "404" in answer


async def test_requests_made_up_at_random(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    """Schemathesis finds no response that the OpenAPI document does not allow, and Home Assistant continues to work.

    Two of its checks are left out. `ignored_auth` sends wrong keys, for which the address is locked out, as it should
    be. `positive_data_acceptance` takes every id and date for one that exists.
    """
    monkeypatch.chdir(tmp_path)  # where it stores its findings
    key = await new_key(stack, "Schemathesis", services=["light.*", "switch.*"])
    printed = await run(
        SCHEMATHESIS, "run", f"{stack.bridge}/openapi.json", "--header", f"Authorization: Bearer {key}",
        "--max-examples", "30", "--generation-deterministic", "--continue-on-failure", "--no-color",
        "--phases", "examples,coverage,fuzzing,stateful", "--exclude-checks", "ignored_auth,positive_data_acceptance",
        "--generation-with-security-parameters", "false",
        "--exclude-path", "/api/stream",  # its response has no end
        "--exclude-path", "/api/camera_proxy_stream/{entity_id}",  # nor has its
    )  # fmt: skip
    counted = re.search(r"(\d+) generated, (\d+) passed", printed)
    assert counted is not None, printed[-3000:]
    record_property("schemathesis_cases", counted[1])
    assert int(counted[1]) == int(counted[2]) > 1000
    async with aiohttp.ClientSession() as session, session.get(f"{stack.bridge}/health") as answer:
        assert await answer.json() == {"status": "ok"}
