"""What happens in the twins: in the room the same, elsewhere whatever there is."""

import random
from collections.abc import Callable
from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.core import Context
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
)

from tests.integration.twins.homes import INSIDE, LABEL, LIGHTS, ONLY, OUTSIDE, PLAIN, ROOM, WANDERER, Home

type Change = Callable[[Home], Any]
"""Changes a home. What it returns is awaited, if it can be."""

SENSOR: Final = {"unit_of_measurement": "°C", "device_class": "temperature", "state_class": "measurement"}
_MOST: Final = 30
"""Entries of a registry that a home has made before it begins to remove some."""


def inside(dice: random.Random) -> Change:
    """Return a change of the room, for both homes."""
    return dice.choices(list(_INSIDE), list(_INSIDE.values()))[0](dice)


def outside(home: Home) -> Any:
    """Change something outside of the room, as it comes."""
    return home.dice.choice(_OUTSIDE)(home)


# --- In the room


def _state(dice: random.Random) -> Change:
    entity_id, value = dice.choice([*PLAIN, WANDERER]), str(dice.randrange(6))
    attributes: dict[str, Any] = {name: dice.choice([1, "two", [3], None]) for name in "abc" if dice.random() < 0.4}
    if entity_id.startswith("sensor."):
        attributes |= SENSOR
    if entity_id.startswith("device_tracker."):
        attributes |= {"latitude": 52.1, "longitude": 4.3, "gps_accuracy": 10, "source_type": "gps"}
    return lambda home: home.hass.states.async_set(entity_id, value, attributes, context=Context())


def _caused(dice: random.Random) -> Change:
    """Return a change of the room that something outside of it causes, here a light and there a script."""
    entity_id, value = dice.choice(PLAIN), str(dice.randrange(6))

    def change(home: Home) -> None:
        context, cause = Context(), home.dice.choice([item for item in OUTSIDE if item[:5] in {"light", "scrip"}])
        if home.dice.random() < 0.5:
            data = {"name": home.word(), "entity_id": cause}
            home.hass.bus.async_fire("script_started", data, context=context)
        home.hass.states.async_set(cause, home.word(), context=context)
        home.hass.states.async_set(entity_id, value, context=context)

    return change


def _removal(dice: random.Random) -> Change:
    entity_id = dice.choice(PLAIN)
    return lambda home: home.hass.states.async_remove(entity_id, Context())


def _service(dice: random.Random) -> Change:
    entity_id = dice.choice([*LIGHTS, "input_boolean.fan"])
    domain, service = entity_id.partition(".")[0], dice.choice(["turn_on", "turn_off", "toggle"])
    data = {"entity_id": entity_id}
    return lambda home: home.hass.services.async_call(domain, service, data, blocking=True, context=Context())


def _entry(dice: random.Random) -> Change:
    entity_id = dice.choice([*INSIDE, WANDERER])
    # Elsewhere, the wanderer is in an area that the other home has not.
    labels = set() if entity_id == WANDERER else dice.choice([set(), {LABEL}])
    changes: dict[str, Any] = dice.choice(
        [
            {"name": dice.choice([None, "One", "Two"])}, {"icon": dice.choice([None, "mdi:a", "mdi:b"])},
            {"labels": labels}, {"aliases": {dice.choice("xy")}}, {"categories": {"automation": "c1"}},
        ]
    )  # fmt: skip
    return lambda home: er.async_get(home.hass).async_update_entity(entity_id, **changes)


def _carry(dice: random.Random) -> Change:
    is_home = dice.random() < 0.5

    def carry(home: Home) -> None:
        elsewhere = [area.id for area in ar.async_get(home.hass).async_list_areas() if area.id != ROOM]
        area = ROOM if is_home else home.dice.choice([None, *elsewhere])
        er.async_get(home.hass).async_update_entity(WANDERER, area_id=area)

    return carry


def _area(dice: random.Random) -> Change:
    changes: dict[str, Any] = dice.choice(
        [{"icon": dice.choice(["mdi:a", "mdi:b"])}, {"aliases": {dice.choice("xy")}}, {"name": "Living room"}]
    )
    return lambda home: ar.async_get(home.hass).async_update(ROOM, **changes)


def _floor(dice: random.Random) -> Change:
    level = dice.randrange(3)
    return lambda home: fr.async_get(home.hass).async_update("ground", level=level)


def _label(dice: random.Random) -> Change:
    color = dice.choice(["red", "blue"])
    return lambda home: lr.async_get(home.hass).async_update(LABEL, color=color)


def _device(dice: random.Random) -> Change:
    name = dice.choice([None, "My lamp", "Our lamp"])
    return lambda home: dr.async_get(home.hass).async_update_device(home.refs["@device"], name_by_user=name)


def _event(dice: random.Random) -> Change:
    data: dict[str, Any] = dice.choice(
        [{"button": dice.randrange(3)}, {"entity_id": "light.lamp"}, {"entity_id": ["group.room"]}]
    )
    return lambda home: home.hass.bus.async_fire("bell", data, context=Context())


_INSIDE: Final[dict[Callable[[random.Random], Change], int]] = {
    _state: 12, _caused: 3, _removal: 1, _service: 3, _entry: 2, _carry: 2, _area: 1, _floor: 1, _label: 1, _device: 1,
    _event: 2,
}  # fmt: skip


# --- Elsewhere


def _other_state(home: Home) -> None:
    entity_id = home.dice.choice(OUTSIDE)
    attributes = {"friendly_name": home.word(), "latitude": 1.5, "longitude": home.dice.random(), "code": home.word()}
    home.hass.states.async_set(entity_id, home.word(), attributes, context=Context())


def _other_removal(home: Home) -> None:
    home.hass.states.async_remove(home.dice.choice(OUTSIDE))


def _other_area(home: Home) -> None:
    areas = ar.async_get(home.hass)
    others = [area.id for area in areas.async_list_areas() if area.id != ROOM]
    # Without its area, the other light of the lamp's device would be in the room.
    attic = er.async_get(home.hass).entities["light.attic_0"].area_id
    unused = [area_id for area_id in others if area_id != attic]
    if len(others) > _MOST:
        areas.async_delete(home.dice.choice(unused))
    elif home.dice.random() < 0.5:
        areas.async_create(home.word(), floor_id="ground")
    else:
        areas.async_update(home.dice.choice(others), name=home.word(), icon=f"mdi:{home.word()}")


def _other_floor(home: Home) -> None:
    floors = fr.async_get(home.hass)
    others = [floor.floor_id for floor in floors.async_list_floors() if floor.floor_id != "ground"]
    if len(others) > _MOST:
        floors.async_delete(home.dice.choice(others))
    else:
        floors.async_create(home.word())


def _other_label(home: Home) -> None:
    labels = lr.async_get(home.hass)
    others = [label.label_id for label in labels.async_list_labels() if label.label_id != LABEL]
    if len(others) > _MOST:
        labels.async_delete(home.dice.choice(others))
    else:
        labels.async_create(home.word())


def _other_category(home: Home) -> None:
    categories = cr.async_get(home.hass)
    others = list(categories.async_list_categories(scope="automation"))
    if len(others) > _MOST:
        categories.async_delete(scope="automation", category_id=home.dice.choice(others).category_id)
    else:
        category = categories.async_create(scope="automation", name=home.word())
        home.normal.hide([category.category_id])


def _other_device(home: Home) -> None:
    devices = dr.async_get(home.hass)
    if len(home.devices) > _MOST:
        devices.async_remove_device(home.devices.pop(home.dice.randrange(_MOST)))
        return
    device = devices.async_get_or_create(
        config_entry_id=home.config.entry_id, identifiers={("test", home.word())}, name=home.word()
    )
    home.normal.hide([device.id])
    home.devices.append(device.id)


def _other_hub(home: Home) -> None:
    dr.async_get(home.hass).async_update_device(home.refs["@hub"], name_by_user=home.word())


def _other_entry(home: Home) -> None:
    """Register an entity, change it, or take it out again. One may have the label that is shared, but no key for it."""
    registry, entity_id = er.async_get(home.hass), home.dice.choice(OUTSIDE)
    if registry.async_get(entity_id) is None:
        domain, _, name = entity_id.partition(".")
        if home.hass.states.get(entity_id) is not None:
            home.hass.states.async_remove(entity_id)
        entry = registry.async_get_or_create(domain, "test", home.word(), suggested_object_id=name)
        home.normal.hide([entry.id])
    elif home.dice.random() < 0.3 and not entity_id.endswith("_0"):
        registry.async_remove(entity_id)
    else:
        areas = [area.id for area in ar.async_get(home.hass).async_list_areas() if area.id != ROOM]
        registry.async_update_entity(entity_id, name=home.word(), area_id=home.dice.choice(areas))


def _other_event(home: Home) -> None:
    hidden: dict[str, Any] = home.dice.choice(
        [
            {"entity_id": home.dice.choice(OUTSIDE)}, {"entity_id": ["light.lamp", home.dice.choice(OUTSIDE)]},
            {"device_id": home.refs["@hub"]}, {"deep": [{"entity": home.dice.choice(OUTSIDE)}]},
            {"text": f"see {home.dice.choice(OUTSIDE)}"},
        ]
    )  # fmt: skip
    kind = home.dice.choice(["bell", home.word().replace("-", "_"), "automation_triggered", "call_service"])
    home.hass.bus.async_fire(kind, {**hidden, "code": home.word()}, context=Context())


def _other_service(home: Home) -> None:
    domain = home.word().replace("-", "_")
    home.hass.services.async_register(domain, "do", lambda _call: None)
    if home.dice.random() < 0.5:
        home.hass.services.async_remove(domain, "do")


def _other_component(home: Home) -> None:
    home.hass.config.components.add(home.word())
    home.hass.bus.async_fire("component_loaded", {"component": home.dice.choice(ONLY[home.name])})


def _other_listener(home: Home) -> None:
    kind = home.dice.choice(["bell", "state_changed", "service_registered", home.word().replace("-", "_")])
    home.hass.bus.async_listen(kind, lambda _event: None)


def _other_note(home: Home) -> None:
    persistent_notification.async_create(home.hass, home.word(), home.word(), "note")
    ir.async_create_issue(
        home.hass, "test", home.word(), is_fixable=False, severity=ir.IssueSeverity.WARNING, translation_key="x"
    )


def _other_call(home: Home) -> Any:
    service = home.dice.choice(["turn_on", "turn_off"])
    return home.hass.services.async_call("light", service, {"entity_id": "light.attic_0"}, blocking=True)


def _other_log(home: Home) -> None:
    data = {"name": home.word(), "message": home.word(), "entity_id": home.dice.choice(OUTSIDE)}
    home.hass.bus.async_fire("logbook_entry", data)


_OUTSIDE: Final[list[Change]] = [
    *[_other_state] * 6, _other_removal, _other_area, _other_floor, _other_label, _other_category, _other_device,
    _other_hub, *[_other_entry] * 2, *[_other_event] * 2, _other_service, _other_component, _other_listener,
    _other_note, _other_call, _other_log,
]  # fmt: skip
