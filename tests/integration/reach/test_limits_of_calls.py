"""Calls that reach more than they name: groups in fields, the settings of devices, and services of all domains."""

from typing import Any

import pytest
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from tests.integration.house import Bridge
from tests.integration.reach.everyday import NEEDED
from tests.integration.reach.whole_house import WholeHouse


@pytest.mark.parametrize("call", ["media_player.join group_members", "tts.speak media_player_entity_id"])
async def test_players_in_fields_act_within_the_scope(
    bridge: Bridge, hass: HomeAssistant, whole: WholeHouse, key: str, call: str
) -> None:
    """A group of players in scope, named by a field, does not lead to a player that is hidden."""
    name, _, field = call.partition(" ")
    domain, _, service = name.partition(".")
    path = f"/api/services/{domain}/{service}"
    body = NEEDED.get(name, {}) | {"entity_id": f"{domain}.lamp", field: "media_player.lamp"}
    for other, status in (("media_player.hidden", 403), ("media_player.no_such", 403), ("light.lamp", 200)):
        hass.states.async_set("media_player.lamp", "on", {"entity_id": [other]})
        assert (await bridge.post(path, key, json=body)).status == status, other
        assert len(whole.take()) == (status == 200)


_SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "button": ("press", {}),
    "date": ("set_value", {"date": "2026-11-27"}),
    "datetime": ("set_value", {"datetime": "2026-11-27 14:00:00"}),
    "number": ("set_value", {"value": 5}),
    "select": ("select_option", {"option": "Day"}),
    "siren": ("turn_on", {}),
    "switch": ("turn_on", {}),
    "text": ("set_value", {"value": "x"}),
    "time": ("set_value", {"time": "14:00:00"}),
}


@pytest.mark.parametrize("domain", _SETTINGS)
@pytest.mark.parametrize("category", list(EntityCategory))
async def test_settings_of_devices_are_listed_themselves(  # noqa: PLR0913, PLR0917 - fixtures and cases
    bridge: Bridge, hass: HomeAssistant, whole: WholeHouse, key: str, domain: str, category: EntityCategory
) -> None:
    """By the id of the entity, or the service with all of its fields."""
    service, data = _SETTINGS[domain]
    item, path = f"{domain}.lamp", f"/api/services/{domain}/{service}"
    er.async_get(hass).async_update_entity(item, entity_category=category)
    all_fields = await bridge.add_key(
        "All fields", capabilities=["control"], areas=["living_room"], services=[f"{domain}.{service}.*"]
    )
    listed = await bridge.add_key("Listed", capabilities=["control"], areas=["living_room"], entities=[item])
    for secret, status in ((key, 403), (all_fields, 200), (listed, 200)):
        for target in ({"entity_id": item}, {"entity_id": "all"}, {"label_id": whole.targets["lamp"]["label_id"]}):
            assert (await bridge.post(path, secret, json={**data, **target})).status == status, target
    assert len(whole.take()) == 6
    area = {"area_id": "living_room"}
    assert (await bridge.post("/api/services/light/turn_on", key, json=area)).status == 200


@pytest.mark.parametrize("domain", ["light", "switch"])
async def test_all_leaves_settings_out(bridge: Bridge, hass: HomeAssistant, whole: WholeHouse, domain: str) -> None:
    """Unless the key may change them."""
    led, path = f"{domain}.led", f"/api/services/{domain}/turn_off"
    er.async_get(hass).async_get_or_create(domain, "test", "led", suggested_object_id="led")
    er.async_get(hass).async_update_entity(led, area_id="living_room", entity_category=EntityCategory.CONFIG)
    hass.states.async_set(led, "on")
    fields: dict[str, Any] = {"capabilities": ["control"], "areas": ["living_room"]}
    both = [led, f"{domain}.lamp"]
    for name, more, reached in (
        ("Plain", {}, [f"{domain}.lamp"]),
        ("Listed", {"entities": [led]}, both),
        ("All fields", {"services": [f"{domain}.turn_off.*"]}, both),
    ):
        key = await bridge.add_key(name, **fields, **more)
        assert (await bridge.post(path, key, json={"entity_id": "all"})).status == 200
        assert [sorted(call["entity_id"]) for call in whole.take()] == [sorted(reached)], name


@pytest.mark.parametrize("service", ["turn_on", "turn_off", "toggle"])
async def test_services_of_all_domains_pass_their_target_on(
    bridge: Bridge, whole: WholeHouse, key: str, service: str
) -> None:
    """And nothing else, whether it names something or not."""
    whole.watch(f"homeassistant.{service}")
    path = f"/api/services/homeassistant/{service}"
    for data in ({"variables": {"x": 1}}, {"activity": "Movie"}, {"brightness": 5}, {"skip_condition": True}):
        body = {"entity_id": ["light.lamp", "script.lamp"], **data}
        assert (await bridge.post(path, key, json=body)).status == 200
        assert whole.take() == [{"service": f"homeassistant.{service}", "entity_id": ["light.lamp", "script.lamp"]}]
    for item in ("automation.x", "update.x", "light.hidden", "person.x", "lock.lamp"):
        assert (await bridge.post(path, key, json={"entity_id": item})).status == 403
    assert not whole.take()


async def test_services_of_all_domains_need_what_each_domain_needs(
    bridge: Bridge, hass: HomeAssistant, whole: WholeHouse, key: str
) -> None:
    """A service that was not reviewed must be listed by its exact name, also through a service of all domains."""
    whole.watch("homeassistant.turn_off")
    hass.services.async_register("pump", "turn_off", lambda _: None)
    er.async_get(hass).async_get_or_create("pump", "test", "well", suggested_object_id="well")
    er.async_get(hass).async_update_entity("pump.well", area_id="living_room")
    hass.states.async_set("pump.well", "on")
    path, generic = "/api/services/homeassistant/turn_off", "homeassistant.turn_off"
    fields: dict[str, Any] = {"capabilities": ["control"], "areas": ["living_room"]}
    not_listed = await bridge.add_key("Not listed", services=[generic, "pump.*"], **fields)
    listed = await bridge.add_key("Listed", services=[generic, "pump.turn_off"], **fields)
    for body in ({"entity_id": "pump.well"}, {"entity_id": ["light.lamp", "pump.well"]}):
        for secret, status in ((key, 403), (not_listed, 403), (listed, 200)):
            assert (await bridge.post(path, secret, json=body)).status == status, body
    assert len(whole.take()) == 2


async def test_a_room_is_switched_with_what_has_no_switch(
    bridge: Bridge, hass: HomeAssistant, whole: WholeHouse
) -> None:
    """Home Assistant passes over sensors; but not over what the key may not switch."""
    whole.watch("homeassistant.turn_off")
    room = {item: f"{item}.room" for item in ("light", "sensor", "binary_sensor", "number", "automation")}
    hass.services.async_register("automation", "turn_off", lambda _: None)
    for domain, item in room.items():
        er.async_get(hass).async_get_or_create(domain, "test", "room", suggested_object_id="room")
        er.async_get(hass).async_update_entity(item, labels={"room"})
        hass.states.async_set(item, "on")
    key = await bridge.add_key("Room", capabilities=["control"], globs=["*.room"])
    path = "/api/services/homeassistant/turn_off"
    assert (await bridge.post(path, key, json={"label_id": "room"})).status == 403
    assert (await bridge.post(path, key, json={"entity_id": "sensor.room"})).status == 403
    er.async_get(hass).async_update_entity("automation.room", labels=set())
    assert (await bridge.post(path, key, json={"label_id": "room"})).status == 200
    assert whole.take() == [{"service": "homeassistant.turn_off", "label_id": "room"}]
