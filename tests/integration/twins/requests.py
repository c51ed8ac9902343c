"""Requests that are the same for both twins, drawn for every endpoint and every command that there is."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import voluptuous as vol

from custom_components.drawbridge.http.endpoint import Endpoint
from custom_components.drawbridge.http.mount import ENDPOINTS
from custom_components.drawbridge.websocket.command import Command
from custom_components.drawbridge.websocket.commands import COMMANDS
from tests.integration.twins.homes import BOXES, HALL, INSIDE, LABEL, MISSING, OUTSIDE, ROOM, WALL, WANDERER
from tests.integration.twins.templates import OF_ENTITY, OF_HOME

OPEN_ENDED: Final = frozenset({"/api/stream", "/api/camera_proxy_stream/{entity_id}"})
"""Answers without an end. The event stream is kept open beside the WebSocket connections."""
_TIMES: Final = ("@now-10", "@now-100", "@now-100", "@now-1000", "@now+100", "2026-06-01T12:00:00+00:00", "x")
_STATISTICS: Final = ("sensor.warmth", "sensor.attic_0", "test:energy")
_MORNING: Final = "2026-06-01T00:00:00+00:00"
_ENTRIES: Final = (*["@entry light.lamp"] * 2, "@entry light.spot", *["@entry light.attic_0"] * 2, "x")
_WORDS: Final = ("on", "off", "x", "", "automation", "en", "living_room", "light", "1")


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
    return entity(dice) if kind < 0.8 else dice.choice(_ENTRIES)


def _target(dice: random.Random) -> dict[str, Any]:
    names = ("entity_id", "area_id", "device_id", "label_id", "floor_id")
    return {name: _NAMED[name](dice) for name in dice.sample(names, dice.choice([1, 1, 2]))}


def _template(dice: random.Random) -> str:
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
    return [{"action": dice.choice(["light.turn_on", "light.toggle"]), "target": _target(dice)}]


def _of(*choices: Any) -> Callable[[random.Random], Any]:
    return lambda dice: dice.choice(choices)


_NAMED: Final[Mapping[str, Callable[[random.Random], Any]]] = {
    "entity_id": entity, "entity_ids": entities, "entity": lambda dice: ",".join(entities(dice)),
    "filter_entity_id": lambda dice: ",".join(entities(dice)), "statistic_id": entity,
    "statistic_ids": lambda dice: [dice.choice([*_STATISTICS, entity(dice)]) for _ in range(2)],
    "area_id": _of(ROOM, HALL, "attic", "none"), "area": _of(ROOM, "Living room", "attic"),
    "device_id": _of("@device", "@hidden", "none"), "device_ids": lambda dice: [_NAMED["device_id"](dice)],
    "label_id": _of(LABEL, "attic", "none"), "label": _of(LABEL, "attic"), "floor_id": _of("ground", "attic"),
    "start_time": _of(*_TIMES), "end_time": _of(*_TIMES), "start": _of(*_TIMES), "end": _of(*_TIMES),
    "start_date_time": _of(*_TIMES), "end_date_time": _of(*_TIMES), "context_id": _of("01KB0000000000000000000001"),
    "event_type": _of("bell", "state_changed", "attic_event", "call_service", "entity_registry_updated",
                      "device_registry_updated", "area_registry_updated", "service_registered", "component_loaded"),
    "event_data": lambda dice: dice.choice([{}, {"entity_id": _reference(dice)}, {"button": 1}]),
    "domain": _of("light", "light", "input_boolean", "todo", "homeassistant", "counter", "attic"),
    "service": _of("turn_on", "turn_off", "toggle", "get_items", "do"), "target": _target,
    "service_data": lambda dice: dice.choice([{}, {"entity_id": entity(dice)}, {"brightness": dice.randrange(255)}]),
    "template": _template, "trigger": _trigger, "condition": _condition, "sequence": _sequence,
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


@dataclass
class Ask:
    """A request.

    Attributes:
        name: The endpoint or the command, for the tally.
        path: The path of an endpoint.
        message: The fields of a command, or the body of a request.
        query: The query of a request.
        headers: The headers of a request.

    """

    name: str
    path: str = ""
    message: Any = None
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def value(dice: random.Random, name: str, validator: object) -> Any:
    """Return a value for a field, which is mostly valid."""
    if dice.random() < 0.03:
        return dice.choice([None, [], {}, -1, "x" * 300])
    return _NAMED[name](dice) if name in _NAMED else _of_kind(dice, name, validator)


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
    return dice.choice(_WORDS) if validator is str or callable(validator) else validator


def of_domain(dice: random.Random, domain: str) -> str:
    """Return the id of an entity of a domain, or now and then of any."""
    if dice.random() < 0.1:
        return entity(dice)
    inner, outer = [[item for item in pool if item.startswith(f"{domain}.")] for pool in (INSIDE, OUTSIDE + MISSING)]
    return dice.choice(inner if inner and (dice.random() < 0.6 or not outer) else outer or INSIDE)


def _call(dice: random.Random) -> tuple[str, str, dict[str, Any]]:
    """Return a service, and data for it without a target."""
    domain, service = dice.choice(_CALLS)
    data: dict[str, Any] = {}
    if service == "turn_on" and dice.random() < 0.5:
        data = {"brightness": dice.randrange(1, 255)} if domain == "light" else {}
    elif service == "get_events":
        data = {"start_date_time": "2026-06-01 00:00:00", "end_date_time": "2026-06-03 00:00:00"}
    elif service == "add_item":
        data = {"item": dice.choice(["Dust", "Break"])}
    elif service == "browse_media":
        data = dice.choice([{}, {"media_content_id": "", "media_content_type": "video"}])
    elif service == "get_forecasts":
        data = {"type": "daily"}
    return domain, service, data


def _aim(dice: random.Random, domain: str) -> dict[str, Any]:
    if dice.random() < 0.3:
        return _target(dice)
    if dice.random() < 0.15:
        return {"entity_id": dice.choice(["all", *_ENTRIES])}
    return {"entity_id": of_domain(dice, "light" if domain == "homeassistant" else domain)}


def _call_command(dice: random.Random) -> dict[str, Any]:
    domain, service, data = _call(dice)
    more = {"return_response": True} if service.startswith(_ANSWERING) else {}
    aim = _aim(dice, domain)
    if dice.random() < 0.3:
        return {"domain": domain, "service": service, "service_data": {**data, **aim}, **more}
    return {"domain": domain, "service": service, "service_data": data, "target": aim, **more}


def _automation(dice: random.Random, kind: str) -> dict[str, Any]:
    """Return a question for the options of an automation of a device."""
    types = {"action": ("turn_on", "toggle"), "condition": ("is_on", "is_off"), "trigger": ("turned_on", "x")}
    automation = {
        "device_id": dice.choice(["@device", "@device", "@hidden"]), "domain": dice.choice(["light", "light", "test"]),
        "type": dice.choice(types[kind]), "entity_id": dice.choice(_ENTRIES),
    }  # fmt: skip
    return {kind: automation if kind == "action" else automation | {kind: "device"}}


def _statistics(dice: random.Random) -> list[str]:
    """Return a few ids of statistics, most of which exist."""
    return [dice.choice([*_STATISTICS, *_STATISTICS, entity(dice)]) for _ in range(dice.choice([1, 2, 3]))]


def _period_statistics(dice: random.Random) -> dict[str, Any]:
    more = {"types": dice.choice([["mean"], ["state", "sum"]])} if dice.random() < 0.5 else {}
    period = dice.choice(["5minute", "hour", "day"])
    return {
        "start_time": dice.choice([_MORNING, *_TIMES]),
        "statistic_ids": _statistics(dice),
        "period": period,
        **more,
    }


_CALLS: Final = (
    ("light", "turn_on"), ("light", "turn_off"), ("light", "toggle"), ("input_boolean", "toggle"),
    ("homeassistant", "turn_on"), ("todo", "get_items"), ("todo", "add_item"), ("calendar", "get_events"),
    ("weather", "get_forecasts"), ("attic", "do"), ("logbook", "log"), ("script", "attic_0"),
    ("media_player", "browse_media"), ("todo", "add_item"), ("counter", "increment"), ("script", "secret"),
)  # fmt: skip
_ANSWERING: Final = ("get_", "browse_")
"""How the names of services begin that return something."""
_OWN_ENTITIES: Final = frozenset({"todo", "calendar", "camera", "weather", "image"})
"""Commands that begin so, and endpoints with a part that begins so, are about entities of this domain."""
_WHOLE: Final[Mapping[str, Callable[[random.Random], dict[str, Any]]]] = {
    "call_service": _call_command,
    "execute_script": lambda dice: {
        "sequence": [
            {"action": f"light.{dice.choice(['turn_on', 'toggle'])}", "target": {"entity_id": of_domain(dice, "light")}}
            for _ in range(dice.choice([1, 1, 2]))
        ]
    },
    "device_automation/action/capabilities": lambda dice: _automation(dice, "action"),
    "device_automation/condition/capabilities": lambda dice: _automation(dice, "condition"),
    "device_automation/trigger/capabilities": lambda dice: _automation(dice, "trigger"),
    "fire_event": lambda dice: {"event_type": "bell", "event_data": _NAMED["event_data"](dice)},
    "unsubscribe_events": lambda _dice: {"subscription": "@subscription"},
    "recorder/statistics_during_period": _period_statistics,
    "recorder/statistic_during_period": lambda dice: {
        "statistic_id": _statistics(dice)[0], "types": ["max"], "calendar": {"period": "day"}
    },
    "calendar/event/create": lambda dice: {"entity_id": of_domain(dice, "calendar"), "event": _NAMED["event"](dice)},
    "calendar/event/update": lambda dice: {
        "entity_id": of_domain(dice, "calendar"), "uid": "1", "event": _NAMED["event"](dice)
    },
    "calendar/event/delete": lambda dice: {"entity_id": of_domain(dice, "calendar"), "uid": "1"},
    "calendar/event/subscribe": lambda dice: {
        "entity_id": of_domain(dice, "calendar"), "start": "2026-06-01T00:00:00", "end": "2026-06-03T00:00:00"
    },
}  # fmt: skip
"""Messages whose fields depend on each other. One in five is drawn field by field all the same."""


def command(dice: random.Random, command: Command) -> Ask:
    """Return a message of a command."""
    if command.type in _WHOLE and dice.random() < 0.8:
        return Ask(command.type, message=_WHOLE[command.type](dice))
    domain = command.type.partition("/")[0]
    message: dict[str, Any] = {}
    for marker, validator in (command.fields or {}).items():
        name = str(marker)
        if name == "entity_id" and domain in _OWN_ENTITIES:
            message[name] = of_domain(dice, domain)
        elif isinstance(marker, vol.Required) or dice.random() < 0.5:
            message[name] = value(dice, name, validator)
    return Ask(command.type, message=message)


def endpoint(dice: random.Random, endpoint: Endpoint) -> Ask:
    """Return a request for an endpoint."""
    name, path = f"{endpoint.method} {endpoint.path}", endpoint.path
    query: dict[str, str] = {}
    for parameter in endpoint.about.parameters if endpoint.about is not None else ():
        if parameter.required or dice.random() < 0.35:
            query[parameter.name] = str(value(dice, parameter.name, str))
    if "{service}" in path and dice.random() < 0.8:
        domain, service, data = _call(dice)
        more = {"return_response": ""} if service.startswith(_ANSWERING) else {}
        return Ask(name, f"/api/services/{domain}/{service}", {**data, **_aim(dice, domain)}, more)
    if "history" in path or "logbook" in path:
        query |= _past(dice, path)
    for part in [item[1:-1].partition(":")[0] for item in path.split("/") if item.startswith("{")]:
        path = path.replace(f"{{{part}}}", _part(dice, part, endpoint.path) or "x")
    body = None
    if endpoint.about is not None and endpoint.about.body is not None:
        body = _body(dice, endpoint.path)
    headers = {"If-None-Match": f"@etag {path}"} if dice.random() < 0.3 else {}
    return Ask(name, path, body, query, headers)


def _past(dice: random.Random, path: str) -> dict[str, str]:
    """Return the query for what happened to entities, most of which exist."""
    if "logbook" in path and dice.random() < 0.5:
        return {}
    name = "entity" if "logbook" in path else "filter_entity_id"
    return {name: ",".join([dice.choice(INSIDE), *(dice.choice(OUTSIDE) for _ in range(3))])}


def _part(dice: random.Random, part: str, path: str) -> str:
    """Return a part of a path."""
    own = [domain for domain in _OWN_ENTITIES if f"/{domain}" in path]
    if part == "entity_id" and own:
        return of_domain(dice, own[0])
    return str(_NAMED[part](dice)) if part in _NAMED else dice.choice(_WORDS)


def _body(dice: random.Random, path: str) -> Any:
    if "template" in path:
        return {"template": _template(dice)}
    if "services" in path:
        return dice.choice([_target(dice), _NAMED["service_data"](dice)])
    if "events" in path:
        return _NAMED["event_data"](dice)
    return {"state": str(dice.randrange(5)), "attributes": {"a": dice.randrange(3)}}


_ENDPOINTS: Final = [item for item in ENDPOINTS if item.path not in OPEN_ENDED]
_OF_ENDPOINTS: Final = [3 if "{" in item.path or "period" in item.path else 1 for item in _ENDPOINTS]
_COMMANDS: Final = list(COMMANDS.values())
_OFTEN: Final = {"render_template": 10, "search/related": 6}
_OF_COMMANDS: Final = [_OFTEN.get(item.type, 3 if item.fields else 1) for item in _COMMANDS]


def draw(dice: random.Random, missing: list[str]) -> tuple[bool, Ask]:
    """Return a request, and whether it is a command. What has fields is drawn more often, and so is what is missing."""
    if missing and dice.random() < 0.3:
        name = dice.choice(missing)
        if name in COMMANDS:
            return True, command(dice, COMMANDS[name])
        return False, endpoint(dice, next(item for item in _ENDPOINTS if name == f"{item.method} {item.path}"))
    if dice.random() < 0.4:
        return False, endpoint(dice, dice.choices(_ENDPOINTS, _OF_ENDPOINTS)[0])
    return True, command(dice, dice.choices(_COMMANDS, _OF_COMMANDS)[0])
