"""What no key reads: bearer text, places without ``location``, and anything of other keys."""

from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.recorder import get_instance

from tests.integration.mirror.sides import Sides

PLAYER = "media_player.tv"
SIGNED = "http://ha.local:8123/api/states?authSig=eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln"
HEADER = SIGNED.partition("authSig=")[2].partition(".")[0]
NAME = "Grandmother"


async def everything(sides: Sides, key: str, entity_id: str) -> str:
    """Return all that a key reads of an entity, as one text."""
    paths = (
        "/api/states",
        f"/api/states/{entity_id}",
        f"/api/states?entity_id={entity_id}&fields=state,attributes",
        f"/api/history/period?filter_entity_id={entity_id}",
        "/api/logbook",
        "/api/config",
        "/api/components",
        "/api/events",
        "/api/services",
        "/key",
    )
    found = [await (await sides.bridge.get(path, key)).text() for path in paths]
    for template in (
        f"{{{{ states.{entity_id} }}}} {{{{ states.{entity_id}.attributes }}}}",
        f"{{{{ states('{entity_id}') }}}} {{{{ state_attr('{entity_id}', 'media_content_id')|reverse|list }}}}",
        f"{{{{ state_attr_translated('{entity_id}', 'media_content_id') }}}} {{{{ state_translated('{entity_id}') }}}}",
    ):
        answer = await sides.bridge.post("/api/template", key, json={"template": template})
        found += [await answer.text()]
    return " ".join(found)


async def test_bearer_text(sides: Sides) -> None:
    """A player reports the URL that it was given; no key reads it, whatever it may do."""
    for state in (SIGNED, "playing"):
        sides.bridge.hass.states.async_set(PLAYER, state, {"media_content_id": SIGNED, "queue": [{"uri": SIGNED}]})
    await sides.bridge.hass.async_block_till_done()
    await get_instance(sides.bridge.hass).async_block_till_done()
    text = await everything(sides, sides.key, PLAYER)
    assert text.count("**REDACTED**") > 8
    assert HEADER not in text
    assert HEADER[::-1] not in text.replace("', '", "")


async def test_places(sides: Sides) -> None:
    """Coordinates are read with ``location`` alone."""
    zone = "zone.office"
    sides.bridge.hass.states.async_set(zone, "0", {"latitude": 52.123456, "longitude": 4.654321, "radius": 98765})
    await sides.bridge.hass.async_block_till_done()
    await get_instance(sides.bridge.hass).async_block_till_done()
    narrow = await sides.bridge.add_key("Narrow", capabilities=["read", "history", "template"])
    assert "52.123456" in await everything(sides, sides.key, zone)
    text = await everything(sides, narrow, zone)
    assert not [found for found in ("52.123456", "4.654321", "98765") if found in text]


async def test_other_keys(sides: Sides) -> None:
    """A key that sees everything and may do everything learns nothing of another one."""
    hass, bridge = sides.bridge.hass, sides.bridge
    other = await bridge.add_key(NAME, entities=["input_boolean.bedroom_lamp"], capabilities=["read", "control"])
    body = {"entity_id": "input_boolean.bedroom_lamp"}
    assert (await bridge.post("/api/services/input_boolean/toggle", other, json=body)).status == 200
    assert (await bridge.get("/api/history/period", other)).status == 403
    ir.async_create_issue(
        hass, "drawbridge", "x", is_fixable=False, severity=ir.IssueSeverity.WARNING,
        translation_key="x", translation_placeholders={"name": NAME},
    )  # fmt: skip
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    own = sorted(bridge.own_entities())
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), bridge.entry.entry_id)
    assert any(NAME in (device.name or "") for device in devices)
    user_id = bridge.entry.runtime_data.usage._users[bridge.key_id(NAME)]  # noqa: SLF001 - no key may read it
    logbook = await (await bridge.get("/api/logbook", sides.key)).text()
    assert user_id not in logbook
    text = logbook + await everything(sides, sides.key, own[0])
    sources = ["{{ issues() }}", "{{ issue('drawbridge', 'x') }}", f"{{{{ device_id('{NAME}') }}}}"]
    sources += [f"{{{{ device_attr('{item.id}', 'name') }}}} {{{{ device_name('{item.id}') }}}}" for item in devices]
    for item in own:
        sources += [f"{{{{ device_id('{item}') }}}} {{{{ entity_name('{item}') }}}} {{{{ states('{item}') }}}}"]
    for source in sources:
        text += await (await bridge.post("/api/template", sides.key, json={"template": source})).text()
    assert (await bridge.post("/api/services/drawbridge/list_keys?return_response", sides.key, json={})).status == 403
    assert NAME.lower() not in text.lower()
    assert not [item.id for item in devices if item.id in text]
