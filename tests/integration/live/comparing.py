"""Holds the bridge's WebSocket API against Home Assistant's own, and puts things into rooms."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from tests.integration.house import Bridge
from tests.integration.live.client import LiveClient, Message, connected, live

MARKER = "hidden_marker"
"""A text in whatever is out of the scope of a narrow key."""


async def set_up(hass: HomeAssistant, *components: str, **config: Any) -> None:
    """Set up what serves HTTP. It has to be before the first request."""
    for component in ("websocket_api", *components):
        assert await async_setup_component(hass, component, config)
    await hass.async_block_till_done()


@asynccontextmanager
async def both(bridge: Bridge, secret: str, token: str) -> AsyncIterator[tuple[LiveClient, LiveClient]]:
    """Connect to the bridge with a key, and to Home Assistant itself with a token."""
    async with live(bridge, secret) as ours, connected(bridge.client, token, "/api/websocket") as theirs:
        yield ours, theirs


async def same(ours: LiveClient, theirs: LiveClient, type_: str, **fields: Any) -> Message:
    """Send a command to both. Return the answer, which is the same."""
    answers = [await client.command(type_, **fields) for client in (ours, theirs)]
    for answer in answers:
        del answer["id"]
    assert answers[0] == answers[1], (type_, fields)
    return answers[0]


async def same_event(
    ours: LiveClient, theirs: LiveClient, numbers: tuple[int, int], is_meant: Callable[[Any], bool] = lambda _: True
) -> Any:
    """Return the next event of a subscription that is meant, which is the same from both."""
    events = [await until(ours, numbers[0], is_meant), await until(theirs, numbers[1], is_meant)]
    assert events[0] == events[1]
    return events[0]


async def until(client: LiveClient, number: int, is_meant: Callable[[Any], bool]) -> Any:
    """Return the next event of a subscription that is meant. Some entities tell the same more than once."""
    while not is_meant(event := await client.event(number)):
        pass
    return event


async def same_subscription(ours: LiveClient, theirs: LiveClient, type_: str, **fields: Any) -> tuple[int, int]:
    """Subscribe at both, and return the ids."""
    numbers = (await ours.send(type_, **fields), await theirs.send(type_, **fields))
    answers = [await ours.answer(numbers[0]), await theirs.answer(numbers[1])]
    assert [answer["success"] for answer in answers] == [True, True], answers
    assert answers[0]["result"] == answers[1]["result"]
    return numbers


def assert_unseen(client: LiveClient, text: str = MARKER) -> None:
    """Make sure that a text is in no message that a client got."""
    assert client.log
    assert text not in json.dumps(client.log)


async def add_entry(hass: HomeAssistant, domain: str, data: dict[str, Any]) -> None:
    """Set an integration up in the flow that a user sees."""
    flow = await hass.config_entries.flow.async_init(domain, context={"source": "user"})
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], data)
    assert flow["type"] is FlowResultType.CREATE_ENTRY, flow
    await hass.async_block_till_done()


def put_into(hass: HomeAssistant, entity_id: str, area_id: str | None) -> None:
    """Put an entity into a room."""
    er.async_get(hass).async_update_entity(entity_id, area_id=area_id)


async def add_cameras(hass: HomeAssistant, folder: Path, picture: bytes, *names: str) -> None:
    """Set up cameras that show a picture: the first one in the living room, the others in the bedroom.

    Each picture is a PNG file in a folder, by the name of the camera.
    """
    await set_up(hass, "camera")
    hass.config.allowlist_external_dirs = {str(folder)}
    for number, name in enumerate(names):
        file = folder / f"{name}.png"
        file.write_bytes(picture)
        await add_entry(hass, "local_file", {"name": name, "file_path": str(file)})
        put_into(hass, f"camera.{name.lower().replace(' ', '_')}", "bedroom" if number else "living_room")
