"""Learn mode: the services of commands that are not `call_service`, used or refused."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge
from tests.integration.live.client import live
from tests.integration.live.comparing import add_entry, put_into, set_up
from tests.integration.test_learning import proposal

LAMP = "input_boolean.living_room_lamp"
OTHER = "input_boolean.bedroom_lamp"
HOME = "calendar.household"
EVENT = {"dtstart": "2026-12-01", "dtend": "2026-12-02", "summary": "Bins"}
ON = {"action": "input_boolean.turn_on", "target": {"entity_id": LAMP}}
OFF = {"service": "input_boolean.turn_off", "target": {"entity_id": LAMP}}


@pytest.fixture(autouse=True)
async def _integrations(house: HomeAssistant) -> None:
    await set_up(house, "calendar", "file_upload")


async def learnt(bridge: Bridge, *commands: dict[str, Any], **fields: Any) -> tuple[set[str], set[str]]:
    """Send commands with a key in learn mode, and return the services that it used, and those that were refused."""
    secret = await bridge.add_key("Client", **{"capabilities": ["read", "control"], **fields})
    await bridge.edit_key("Client", "learn", {})
    async with live(bridge, secret) as client:
        for command in commands:
            await client.command(**command)
    lesson = bridge.entry.runtime_data.lessons.get(bridge.key_id("Client"))
    return lesson.services, lesson.refused_services


def script(*sequence: Any) -> dict[str, Any]:
    """Return a command that runs a script."""
    return {"type_": "execute_script", "sequence": list(sequence)}


async def test_scripts(bridge: Bridge) -> None:
    """All services of a script were used."""
    assert await learnt(bridge, script(ON, OFF)) == ({"input_boolean.turn_on", "input_boolean.turn_off"}, set())


async def test_a_refused_action(bridge: Bridge) -> None:
    """The one action that the key may not call was refused, and the others are needed all the same."""
    refused = {"action": "input_boolean.toggle", "target": {"entity_id": LAMP}}
    assert await learnt(
        bridge, script(ON, refused, OFF), services=["input_boolean.turn_on", "input_boolean.turn_off"]
    ) == ({"input_boolean.turn_on", "input_boolean.turn_off"}, {"input_boolean.toggle"})


async def test_an_action_out_of_scope(bridge: Bridge) -> None:
    """The action out of scope was refused too."""
    hidden = {"action": "input_boolean.toggle", "target": {"entity_id": OTHER}}
    found = await learnt(bridge, script(ON, hidden), areas=["living_room"])
    assert found == ({"input_boolean.turn_on"}, {"input_boolean.toggle"})


async def test_without_control(bridge: Bridge) -> None:
    """Without `control`, all services were refused."""
    found = await learnt(bridge, script(ON, OFF), capabilities=["read"])
    assert found == (set(), {"input_boolean.turn_on", "input_boolean.turn_off"})


@pytest.mark.parametrize(
    "sequence",
    [
        {"action": "input_boolean.turn_on"},
        [],
        None,
        5,
        [None],
        [{"action": 5}],
        [{"delay": 1}],
        [{"action": "x" * 999}],
    ],
    ids=str,
)
async def test_other_sequences(bridge: Bridge, sequence: Any) -> None:
    """Sequences that name no service add none."""
    used, refused = await learnt(bridge, {"type_": "execute_script", "sequence": sequence})
    assert used == set()
    assert refused <= {"input_boolean.turn_on"}


@pytest.mark.parametrize("write", ["update", "delete"])
@pytest.mark.parametrize(
    ("services", "is_allowed"),
    [([], True), (["calendar.create_event"], False), (["calendar.update_event", "calendar.delete_event"], True)],
    ids=str,
)
async def test_events_of_calendars(
    bridge: Bridge, hass: HomeAssistant, write: str, services: list[str], *, is_allowed: bool
) -> None:
    """They have no service. A list of services has them by these names, which learn mode proposes."""
    await add_entry(hass, "local_calendar", {"calendar_name": "Household", "import": "create_empty"})
    put_into(hass, HOME, "living_room")
    fields = {"event": EVENT} if write == "update" else {}
    command = {"type_": f"calendar/event/{write}", "entity_id": HOME, "uid": "none", **fields}
    used, refused = await learnt(bridge, command, services=services, areas=["living_room"])
    name = f"calendar.{write}_event"
    assert (used, refused) == (({name}, set()) if is_allowed else (set(), {name}))
    _, proposed = await proposal(bridge)
    assert proposed["services"] == ([name] if is_allowed else [])
    assert proposed["capabilities"] == (["control"] if is_allowed else [])
