"""Universal media players pass calls to others, so those must be in scope."""

from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.drawbridge.operations.delegates import may_act_on_others
from tests.integration.house import Bridge

INSIDE: Final = "media_player.inside"
HIDDEN: Final = "media_player.hidden"
PAUSE: Final = "/api/services/media_player/media_pause"
_COMMAND: Final = {"action": "media_player.media_pause", "target": {"entity_id": HIDDEN}}
PLAYERS: Final[dict[str, dict[str, Any]]] = {
    "within": {"children": [INSIDE]},
    "beyond": {"children": [INSIDE, HIDDEN]},
    "nested": {"children": ["media_player.beyond"]},
    "browsing": {"children": [INSIDE], "browse_media_entity": HIDDEN},
    "commanding": {"children": [INSIDE], "commands": {"media_pause": _COMMAND}},
    "choosing": {"children": [INSIDE], "active_child_template": f"{{{{ '{HIDDEN}' }}}}"},
    "childless": {},
}


@pytest.fixture
async def house(house: HomeAssistant) -> HomeAssistant:
    """Set players up before the server starts: it takes no more routes afterwards."""
    for item in (INSIDE, HIDDEN):
        house.states.async_set(item, "playing", {"supported_features": 2**20 - 1})
    listed = [{"platform": "universal", "name": name, **fields} for name, fields in PLAYERS.items()]
    assert await async_setup_component(house, "media_player", {"media_player": listed})
    await house.async_block_till_done()
    return house


@pytest.mark.parametrize("name", PLAYERS)
async def test_calls(bridge: Bridge, hass: HomeAssistant, name: str) -> None:
    """A key may use a player if its children are in scope, or if the player is listed by its ID."""
    player = f"media_player.{name}"
    assert may_act_on_others(hass, player)
    assert not may_act_on_others(hass, INSIDE)
    key = await bridge.add_key(capabilities=["control"], globs=[INSIDE, *(f"media_player.{item}*" for item in PLAYERS)])
    allowed = name in {"within", "childless"}
    # Without a child that plays, the player does not support the action.
    expected = {200, 400, 500} if allowed else {403}
    assert (await bridge.post(PAUSE, key, json={"entity_id": player})).status in expected
    chosen = await bridge.add_key("Chosen", capabilities=["control"], entities=[player])
    assert (await bridge.post(PAUSE, chosen, json={"entity_id": player})).status in {200, 400, 500}


async def test_groups_of_players(bridge: Bridge, hass: HomeAssistant) -> None:
    """A player is found in a group too."""
    hass.states.async_set("group.players", "on", {"entity_id": ["media_player.beyond"]})
    key = await bridge.add_key(capabilities=["control"], globs=[INSIDE, "group.*", "media_player.beyond*"])
    assert (await bridge.post(PAUSE, key, json={"entity_id": "group.players"})).status == 403


async def test_browsing(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    """A player without a child that can be browsed says so. Home Assistant itself answers with an internal error."""
    player = "media_player.childless"
    key = await bridge.add_key(capabilities=["read", "control"], entities=[player])
    answer = await bridge.post(
        "/api/services/media_player/browse_media?return_response", key, json={"entity_id": player}
    )
    assert (answer.status, (await answer.json())["reason"]) == (400, "unsupported")
    assert not [item for item in caplog.records if item.exc_info]
