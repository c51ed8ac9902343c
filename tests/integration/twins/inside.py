"""What happens in the room of the twins: the same in both."""

import random
from collections.abc import Callable
from typing import Any, Final

from homeassistant.core import Context
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)

from tests.integration.twins.differences import renew_secrets
from tests.integration.twins.homes import (
    AWAY,
    BOXES,
    HALL,
    INSIDE,
    LABEL,
    LIGHTS,
    ONLY_DOMAIN,
    OUTSIDE,
    PLAIN,
    ROOM,
    SENSOR,
    WANDERER,
    Home,
)

type Change = Callable[[Home], Any]
"""Changes a home. What it returns is awaited, if it can be."""


def inside(dice: random.Random) -> Change:
    """Return a change of the room, for both homes."""
    return dice.choices(list(_INSIDE), list(_INSIDE.values()))[0](dice)


def _state(dice: random.Random) -> Change:
    entity_id, value = dice.choice([*PLAIN, WANDERER, *BOXES]), str(dice.randrange(6))
    attributes: dict[str, Any] = {name: dice.choice([1, "two", [3], None]) for name in "abc" if dice.random() < 0.4}
    if entity_id.startswith("sensor."):
        attributes |= SENSOR
    is_secret = dice.random() < 0.3 or entity_id in BOXES or entity_id.startswith("device_tracker.")

    def change(home: Home) -> None:
        more = _secrets(home, entity_id) if is_secret else {}
        home.hass.states.async_set(entity_id, value, attributes | more, context=Context())

    return change


def _secrets(home: Home, entity_id: str) -> dict[str, Any]:
    """Return attributes that no key of the entity sees as they are."""
    word = home.word()
    own = {"entity_picture": f"/api/image_proxy/image.{word}"} if entity_id in BOXES else {}
    return {
        "latitude": home.dice.random(), "longitude": home.dice.random(), "api_token": word,
        "link": f"see http://host/?token={word}", "entity_picture": f"/api/camera_proxy/camera.{word}?x=1", **own,
    }  # fmt: skip


def _caused(dice: random.Random) -> Change:
    """Return a change of the room that something outside of it causes, here a light and there a script."""
    entity_id, value = dice.choice(PLAIN), str(dice.randrange(6))

    def change(home: Home) -> None:
        context, cause = Context(), home.dice.choice([item for item in OUTSIDE if item[:5] in {"light", "scrip"}])
        kind = home.dice.random()
        if kind < 0.4:
            data = {"name": home.word(), "entity_id": cause}
            home.hass.bus.async_fire("script_started", data, context=context)
        elif kind < 0.7:
            data = {"name": home.word(), "message": home.word(), "domain": home.word()}
            home.hass.bus.async_fire("logbook_entry", data, context=context)
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
        elsewhere = other_areas(home)
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


def _secret(_dice: random.Random) -> Change:
    return renew_secrets


def _log(dice: random.Random) -> Change:
    """Return an entry of the logbook about the room. Now and then, it names something else."""
    entity_id, same = dice.choice(PLAIN), dice.choice(["done", f"see {ONLY_DOMAIN}", "see counter.attic", None, None])

    def change(home: Home) -> None:
        text = same or f"see {home.dice.choice(OUTSIDE)} {home.word()}"
        data = {"name": "Somebody", "message": text, "entity_id": entity_id}
        home.hass.bus.async_fire("logbook_entry", data, context=Context())

    return change


def _event(dice: random.Random) -> Change:
    data: dict[str, Any] = dice.choice(
        [{"button": dice.randrange(3)}, {"entity_id": "light.lamp"}, {"entity_id": ["group.room"]}]
    )
    return lambda home: home.hass.bus.async_fire("bell", data, context=Context())


_INSIDE: Final[dict[Callable[[random.Random], Change], int]] = {
    _state: 12, _caused: 3, _removal: 1, _service: 3, _entry: 2, _carry: 2, _area: 1, _floor: 1, _label: 1, _device: 1,
    _event: 2, _secret: 1, _log: 1,
}  # fmt: skip


def other_areas(home: Home) -> list[str]:
    """Return the areas that only this home has, and that may be changed."""
    fixed = {ROOM, HALL, *AWAY.values()}
    return [area.id for area in ar.async_get(home.hass).async_list_areas() if area.id not in fixed]
