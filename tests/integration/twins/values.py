"""Values for the fields of requests, drawn by the name of the field or by what validates it."""

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

import voluptuous as vol

from tests.integration.twins.homes import BOXES, HALL, INSIDE, LABEL, MISSING, OUTSIDE, ROOM, WALL, WANDERER
from tests.integration.twins.templates import OF_ENTITY, OF_HOME

TIMES: Final = ("@now-10", "@now-100", "@now-100", "@now-1000", "@now+100", "2026-06-01T12:00:00+00:00", "x")
STATISTICS: Final = ("sensor.warmth", "sensor.attic_0", "test:energy")
ENTRIES: Final = (*["@entry light.lamp"] * 2, "@entry light.spot", *["@entry light.attic_0"] * 2, "x")
WORDS: Final = ("on", "off", "x", "", "automation", "en", "living_room", "light", "1")


def entity(dice: random.Random) -> str:
    """Return the id of an entity that is seen, hidden or missing."""
    kind = dice.random()
    pool = (*INSIDE, WANDERER, *BOXES) if kind < 0.5 else OUTSIDE if kind < 0.85 else MISSING
    return dice.choice(pool)


def entities(dice: random.Random) -> list[str]:
    """Return a few ids."""
    return [entity(dice) for _ in range(dice.choice([1, 1, 2, 4]))]


def _reference(dice: random.Random) -> str:
    """Return the id of an entity, or of its entry in the registry."""
    kind = dice.random()
    return entity(dice) if kind < 0.8 else dice.choice(ENTRIES)


def target(dice: random.Random) -> dict[str, Any]:
    """Return a target of one or two kinds of items."""
    names = ("entity_id", "area_id", "device_id", "label_id", "floor_id")
    return {name: NAMED[name](dice) for name in dice.sample(names, dice.choice([1, 1, 2]))}


def template(dice: random.Random) -> str:
    """Return a template about the whole home or about one entity."""
    if dice.random() < 0.35:
        return dice.choice(OF_HOME)
    return dice.choice(OF_ENTITY) % entity(dice)


def _trigger(dice: random.Random) -> Any:
    return dice.choice(
        [
            {"platform": "state", "entity_id": _reference(dice)}, {"platform": "event", "event_type": "bell"},
            {"platform": "numeric_state", "entity_id": _reference(dice), "above": 2},
            {"platform": "time_pattern", "seconds": "/5"}, {"platform": "zone", "entity_id": entity(dice)},
        ]
    )  # fmt: skip


def _condition(dice: random.Random) -> Any:
    return dice.choice(
        [
            {"condition": "state", "entity_id": _reference(dice), "state": "1"},
            {"condition": "numeric_state", "entity_id": _reference(dice), "above": 2},
            {"condition": "or", "conditions": [{"condition": "state", "entity_id": entity(dice), "state": "1"}]},
            {"condition": "device", "device_id": "@device", "domain": "light"},
        ]
    )  # fmt: skip


def _sequence(dice: random.Random) -> Any:
    return [{"action": dice.choice(["light.turn_on", "light.toggle"]), "target": target(dice)}]


def _of(*choices: Any) -> Callable[[random.Random], Any]:
    return lambda dice: dice.choice(choices)


NAMED: Final[Mapping[str, Callable[[random.Random], Any]]] = {
    "entity_id": entity, "entity_ids": entities, "entity": lambda dice: ",".join(entities(dice)),
    "filter_entity_id": lambda dice: ",".join(entities(dice)), "statistic_id": entity,
    "statistic_ids": lambda dice: [dice.choice([*STATISTICS, entity(dice)]) for _ in range(2)],
    "area_id": _of(ROOM, HALL, "attic", "none"), "area": _of(ROOM, "Living room", "attic"),
    "device_id": _of("@device", "@hidden", "none"), "device_ids": lambda dice: [NAMED["device_id"](dice)],
    "label_id": _of(LABEL, "attic", "none"), "label": _of(LABEL, "attic"), "floor_id": _of("ground", "attic"),
    "start_time": _of(*TIMES), "end_time": _of(*TIMES), "start": _of(*TIMES), "end": _of(*TIMES),
    "start_date_time": _of(*TIMES), "end_date_time": _of(*TIMES), "context_id": _of("01KB0000000000000000000001"),
    "event_type": _of("bell", "state_changed", "attic_event", "call_service", "entity_registry_updated",
                      "device_registry_updated", "area_registry_updated", "service_registered", "component_loaded"),
    "event_data": lambda dice: dice.choice([{}, {"entity_id": _reference(dice)}, {"button": 1}]),
    "domain": _of("light", "light", "input_boolean", "todo", "homeassistant", "counter", "attic"),
    "service": _of("turn_on", "turn_off", "toggle", "get_items", "do"), "target": target,
    "service_data": lambda dice: dice.choice([{}, {"entity_id": entity(dice)}, {"brightness": dice.randrange(255)}]),
    "template": template, "trigger": _trigger, "condition": _condition, "sequence": _sequence,
    "item_type": _of("entity", "device", "area", "floor", "label", "automation", "script", "integration"),
    "item_id": lambda dice: dice.choice([entity(dice), "@device", "@hidden", ROOM, LABEL, "ground", "attic"]),
    "period": _of("5minute", "hour", "day", "1", "3"), "types": _of(["mean"], ["state", "sum"]),
    "subscription": lambda dice: dice.randrange(1, 400), "scope": _of("automation", "helpers"),
    "integration": _of("light", "counter", "timer", "test"), "integrations": _of(["light"], ["counter"]),
    "since": _of("@cursor", "@cursor", "x"), "fields": _of("state", "state,attributes.a"), "include": lambda dice: {
        "entities": entities(dice), "domains": [dice.choice(["light", "sensor", "person"])]},
    "exclude": lambda dice: {"entities": entities(dice)}, "restrict": _of("state_changed", "bell"),
    "forecast_type": _of("daily", "hourly"), "features": lambda _dice: {},
    "category": _of("title", "state", "services"),
    "language": _of("en", "nl"), "key": _of("core", "x"), "value": _of(None, 1, {"a": 1}), "uid": _of("1", "2"),
    "event": lambda _dice: {"summary": "Party", "dtstart": "2026-06-02", "dtend": "2026-06-03"},
    "variables": lambda _dice: {}, "timeout": _of(1, 3), "url_path": _of(None, "lovelace", "attic", WALL, WALL),
}  # fmt: skip
"""Values for a field of this name, wherever it is."""


def value(dice: random.Random, name: str, validator: object) -> Any:
    """Return a value for a field, which is mostly valid."""
    if dice.random() < 0.03:
        return dice.choice([None, [], {}, -1, "x" * 300])
    return NAMED[name](dice) if name in NAMED else _of_kind(dice, name, validator)


def _of_kind(dice: random.Random, name: str, validator: object) -> Any:
    if isinstance(validator, vol.In):
        return dice.choice(sorted(validator.container, key=str))
    if isinstance(validator, vol.Any | vol.All):
        return value(dice, name, validator.validators[0])
    if isinstance(validator, list):
        return [value(dice, name, validator[0])] if validator else []
    return _plain(dice, validator)


def _plain(dice: random.Random, validator: object) -> Any:
    if validator is bool or "boolean" in repr(validator):
        return dice.random() < 0.5
    if validator is int or "int" in repr(validator):
        return dice.randrange(5)
    if validator is dict or isinstance(validator, dict):
        return {}
    return dice.choice(WORDS) if validator is str or callable(validator) else validator


def of_domain(dice: random.Random, domain: str) -> str:
    """Return the id of an entity of a domain, or now and then of any."""
    if dice.random() < 0.1:
        return entity(dice)
    inner, outer = [[item for item in pool if item.startswith(f"{domain}.")] for pool in (INSIDE, OUTSIDE + MISSING)]
    return dice.choice(inner if inner and (dice.random() < 0.6 or not outer) else outer or INSIDE)
