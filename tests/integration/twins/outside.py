"""What happens elsewhere in the twins, whatever there is."""

from typing import Any, Final

from homeassistant.components import persistent_notification, tag
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

from tests.integration.twins.homes import HALL, LABEL, ONLY, OUTSIDE, ROOM, SENSOR, Home
from tests.integration.twins.inside import Change, other_areas

_MOST: Final = 30
"""Entries of a registry that a home has made before it begins to remove some."""


def outside(home: Home) -> Any:
    """Change something outside of the room, as it comes."""
    return home.dice.choice(_OUTSIDE)(home)


def _other_state(home: Home) -> None:
    entity_id = home.dice.choice(OUTSIDE)
    attributes = (
        SENSOR
        if entity_id == "sensor.attic_0"
        else {"friendly_name": home.word(), "latitude": 1.5, "longitude": home.dice.random(), "code": home.word()}
    )
    home.hass.states.async_set(entity_id, home.word(), attributes, context=Context())


def _other_removal(home: Home) -> None:
    home.hass.states.async_remove(home.dice.choice(OUTSIDE))


def _other_area(home: Home) -> None:
    areas = ar.async_get(home.hass)
    others = other_areas(home)
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
        registry.async_update_entity(entity_id, name=home.word(), area_id=home.dice.choice(other_areas(home)))


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
    about = home.dice.choice([{"entity_id": home.dice.choice(OUTSIDE)}, {"domain": "light"}, {}])
    data = {"name": home.word(), "message": home.word(), **about}
    home.hass.bus.async_fire("logbook_entry", data)


def _other_place(home: Home) -> Any:
    return home.hass.config.async_update(latitude=home.dice.uniform(1, 50), external_url=f"https://{home.word()}.test")


def _other_page(home: Home) -> None:
    home.hass.bus.async_fire("lovelace_updated", {"url_path": home.dice.choice([home.word(), None])})
    home.hass.bus.async_fire("themes_updated")
    home.hass.bus.async_fire("panels_updated")


def _other_order(home: Home) -> None:
    areas, floors = ar.async_get(home.hass), fr.async_get(home.hass)
    fixed = [area.id for area in areas.async_list_areas() if area.id in {ROOM, HALL}]
    areas.async_reorder([*fixed, *_shuffled(home, {area.id for area in areas.async_list_areas()} - {*fixed})])
    floors.async_reorder(
        ["ground", *_shuffled(home, {item.floor_id for item in floors.async_list_floors()} - {"ground"})]
    )


def _shuffled(home: Home, items: set[str]) -> list[str]:
    return home.dice.sample(sorted(items), len(items))


def _other_scan(home: Home) -> Any:
    return tag.async_scan_tag(home.hass, home.word(), None)


def _other_burst(home: Home) -> None:
    """Change much at once, now and then."""
    if home.dice.random() < 0.05:
        for _ in range(150):
            home.hass.states.async_set(home.dice.choice(OUTSIDE), home.word())


async def _other_key(home: Home) -> None:
    """Have another key do something."""
    secret = home.secrets["other"]
    kind = home.dice.randrange(4)
    if kind == 0:
        await home.bridge.post("/api/services/light/toggle", secret, json={"entity_id": "light.attic_0"})
    elif kind == 1:
        await home.bridge.post("/api/states/sensor.attic_1", secret, json={"state": home.word()})
    elif kind == 2:
        await home.bridge.post("/api/events/bell", secret, json={"entity_id": "light.attic_0"})
    else:
        await home.bridge.get("/api/states/light.lamp", secret)


_OUTSIDE: Final[list[Change]] = [
    *[_other_state] * 6, _other_removal, _other_area, _other_floor, _other_label, _other_category, _other_device,
    _other_hub, *[_other_entry] * 2, *[_other_event] * 2, _other_service, _other_component, _other_listener,
    _other_note, _other_call, _other_log, _other_place, _other_page, _other_order, _other_scan, _other_burst,
    _other_key,
]  # fmt: skip
