"""What differs in the twins within the room and beside it, and what no key of them sees."""

from datetime import timedelta
from typing import Any

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.dashboard import LovelaceStorage
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_add_external_statistics, async_import_statistics
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from tests.integration.twins.homes import AWAY, BOXES, HALL, LABEL, ONLY_DOMAIN, ONLY_SCRIPT, ROOM, SENSOR, WALL, Home


def configuration(name: str) -> dict[str, dict[str, Any]]:
    """Return the configuration of the integrations of a home, before it is built."""
    hidden = f"hidden-{name}"
    persons = [{"id": "resident", "name": "Resident"}, {"id": hidden, "name": hidden}]
    themes = {hidden: {"primary-color": hidden}}
    return {
        "input_boolean": {"input_boolean": {"fan": {}}},
        "person": {"person": persons},
        "group": {"group": {f"hidden_{name}": {"entities": ["light.lamp"]}}},
        "frontend": {"frontend": {"themes": themes}},
    }


async def add(home: Home) -> None:
    """Add everything that differs, once the room is there."""
    await home.hass.config.async_update(
        latitude=home.dice.uniform(1, 50), longitude=home.dice.uniform(1, 50), elevation=home.dice.randrange(99),
        external_url=f"https://{home.word()}.example.com",
    )  # fmt: skip
    renew_secrets(home)
    _add_hall(home)
    _measure(home)
    home.hass.states.async_set("sensor.attic_0", "20", SENSOR)
    ar.async_get(home.hass).async_update(ROOM, temperature_entity_id="sensor.attic_0" if home.name == "a" else None)
    await _add_dashboard(home)
    if home.name == "a":
        home.hass.states.async_set(ONLY_DOMAIN, "on")
        entry = er.async_get(home.hass).async_get_or_create("light", "test", "loft", suggested_object_id="loft")
        er.async_get(home.hass).async_update_entity(
            entry.entity_id, device_id=home.refs["@device"], area_id=AWAY["a"], name="loft"
        )
        home.normal.hide([entry.id])
    else:
        _echo(home)
        home.hass.states.async_set(ONLY_SCRIPT, "off")
        domain, _, name = ONLY_SCRIPT.partition(".")
        home.hass.services.async_register(domain, name, lambda _call: None)


def renew_secrets(home: Home) -> None:
    """Change what no key sees of the room: addresses, numbers and codes."""
    entities, word = er.async_get(home.hass), home.word()
    dr.async_get(home.hass).async_update_device(
        home.refs["@device"], serial_number=word, configuration_url=f"https://{word}.local/",
        new_connections={("test", word)}, new_identifiers={("test", word)},
    )  # fmt: skip
    entities.async_update_entity_options("light.lamp", "lock", {"default_code": word})
    entities.async_update_entity("sensor.power", new_unique_id=word)


def _add_hall(home: Home) -> None:
    """Add two entities of the hall, whose devices are elsewhere."""
    areas, devices, entities = ar.async_get(home.hass), dr.async_get(home.hass), er.async_get(home.hass)
    areas.async_create("Hall", floor_id="ground")
    assert [areas.async_create(name.title()).id for name in AWAY.values()] == [*AWAY.values()]
    away = AWAY[home.name]
    entry_id = home.config.entry_id
    box = devices.async_get_or_create(config_entry_id=entry_id, identifiers={("test", "box")}, name="Box")
    rack = devices.async_get_or_create(config_entry_id=entry_id, identifiers={("test", "rack")}, name=home.word())
    devices.async_update_device(box.id, area_id=away)
    devices.async_update_device(rack.id, area_id=away)
    home.normal.hide([rack.id])
    outlet: Any = box
    if hasattr(dr, "async_get_effective_area_id"):
        child: Any = devices.async_get_or_create_child  # type: ignore[attr-defined, unused-ignore]  # not before 2026.8
        outlet = child(
            config_entry_id=entry_id, identifiers={("test", "outlet")}, name="Outlet", parent_device_id=rack.id
        )
    for entity_id, device in zip(BOXES, (box, outlet), strict=True):
        found = entities.async_get_or_create(
            "switch", "test", entity_id, suggested_object_id=entity_id.partition(".")[2], device_id=device.id
        )
        entities.async_update_entity(found.entity_id, area_id=HALL, labels={LABEL}, name=entity_id)
        attributes = {"entity_picture": f"/api/image_proxy/image.{home.word()}", "latitude": home.dice.random()}
        home.hass.states.async_set(entity_id, "on", attributes)


def _measure(home: Home) -> None:
    """Import statistics: the same of a sensor of the room, and others of what is not in it."""
    noon = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    for statistic_id, name, value in (
        ("sensor.warmth", None, 20.0), ("sensor.attic_0", home.word(), home.dice.random()),
        ("test:energy", home.word(), home.dice.random()),
    ):  # fmt: skip
        is_entity = "." in statistic_id
        described = StatisticMetaData(
            has_sum=False, mean_type=StatisticMeanType.ARITHMETIC, name=name, statistic_id=statistic_id,
            source="recorder" if is_entity else "test", unit_class="temperature", unit_of_measurement="°C",
        )  # fmt: skip
        hours = [
            StatisticData(start=noon - timedelta(hours=hour), mean=value + hour, min=value, max=value + 9)
            for hour in range(1, 4)
        ]
        (async_import_statistics if is_entity else async_add_external_statistics)(home.hass, described, hours)


async def _add_dashboard(home: Home) -> None:
    """Add the dashboard of the room, which shows things beside it too, and another."""
    attic = f"light.attic_{home.dice.randrange(3)}"
    shown = [{"type": "tile", "entity": "light.lamp"}, {"type": "markdown", "content": "Welcome"}]
    hub = home.refs["@hub"]
    texts = [f"{{{{ states('{attic}') }}}}", f"See light.{'loft' if home.name == 'a' else 'barn'}", f"See {hub}"]
    others = [{"type": "tile", "entity": attic}, *({"type": "markdown", "content": text} for text in texts)]
    views = [{"title": "Here", "cards": shown + others}, {"title": "There", "cards": others}]
    for path, title in ((WALL, "Wall"), ("attic" if home.name == "a" else home.word(), home.word())):
        details = {"id": path, "url_path": path, "title": title, "mode": "storage"}
        dashboard = LovelaceStorage(home.hass, details)
        home.hass.data[LOVELACE_DATA].dashboards[path] = dashboard
        await dashboard.async_save({"title": title, "views": views if path == WALL else []})


def _echo(home: Home) -> None:
    """Have a light elsewhere follow one of the room, for the same cause. Only one of the homes does so."""

    @callback
    def follow(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == "light.spot":
            home.hass.states.async_set("light.attic_1", home.word(), context=event.context)

    home.hass.bus.async_listen(EVENT_STATE_CHANGED, follow)
