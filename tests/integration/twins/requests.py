"""Requests that are the same for both twins, drawn for every endpoint and every command that there is."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import voluptuous as vol

from custom_components.drawbridge.http.endpoint import Endpoint
from custom_components.drawbridge.http.mount import ENDPOINTS
from custom_components.drawbridge.websocket.command import Command
from custom_components.drawbridge.websocket.commands import COMMANDS
from tests.integration.twins.homes import AWAY, HALL, INSIDE, LABEL, MIXED, OUTSIDE, ROOM
from tests.integration.twins.values import (
    ENTRIES,
    NAMED,
    STATISTICS,
    TIMES,
    WORDS,
    entity,
    of_domain,
    target,
    template,
    value,
)

OPEN_ENDED: Final = frozenset({"/api/stream", "/api/camera_proxy_stream/{entity_id}"})
"""Answers without an end. The event stream is kept open beside the WebSocket connections."""


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
        return target(dice)
    if dice.random() < 0.15:
        return {"entity_id": dice.choice(["all", *ENTRIES])}
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
        "type": dice.choice(types[kind]), "entity_id": dice.choice(ENTRIES),
    }  # fmt: skip
    return {kind: automation if kind == "action" else automation | {kind: "device"}}


def _related(dice: random.Random) -> dict[str, Any]:
    """Return a question for what is related to an item of the type that is asked for."""
    kind, items = dice.choice(_ITEMS)
    return {"item_type": kind, "item_id": dice.choice(items)}


def _statistics(dice: random.Random) -> list[str]:
    """Return a few ids of statistics, most of which exist."""
    return [dice.choice([*STATISTICS, *STATISTICS, entity(dice)]) for _ in range(dice.choice([1, 2, 3]))]


def _period_statistics(dice: random.Random) -> dict[str, Any]:
    more = {"types": dice.choice([["mean"], ["state", "sum"]])} if dice.random() < 0.5 else {}
    period = dice.choice(["5minute", "hour", "day"])
    return {
        "start_time": dice.choice([_MORNING, *TIMES]),
        "statistic_ids": _statistics(dice),
        "period": period,
        **more,
    }


_MORNING: Final = "2026-06-01T00:00:00+00:00"
_ITEMS: Final = (
    ("entity", ("light.lamp", "light.loft", "light.attic_0", MIXED)), ("device", ("@device", "@hidden")),
    ("area", (ROOM, HALL, *AWAY.values())), ("floor", ("ground", "top")), ("label", (LABEL, "attic")),
    ("group", ("group.room", MIXED)), ("integration", ("light", "test", "counter")),
)  # fmt: skip
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
    "fire_event": lambda dice: {"event_type": "bell", "event_data": NAMED["event_data"](dice)},
    "search/related": _related,
    "unsubscribe_events": lambda _dice: {"subscription": "@subscription"},
    "recorder/statistics_during_period": _period_statistics,
    "recorder/statistic_during_period": lambda dice: {
        "statistic_id": _statistics(dice)[0], "types": ["max"], "calendar": {"period": "day"}
    },
    "calendar/event/create": lambda dice: {"entity_id": of_domain(dice, "calendar"), "event": NAMED["event"](dice)},
    "calendar/event/update": lambda dice: {
        "entity_id": of_domain(dice, "calendar"), "uid": "1", "event": NAMED["event"](dice)
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
    return str(NAMED[part](dice)) if part in NAMED else dice.choice(WORDS)


def _body(dice: random.Random, path: str) -> Any:
    if "template" in path:
        return {"template": template(dice)}
    if "services" in path:
        return dice.choice([target(dice), NAMED["service_data"](dice)])
    if "events" in path:
        return NAMED["event_data"](dice)
    return {"state": str(dice.randrange(5)), "attributes": {"a": dice.randrange(3)}}


_ENDPOINTS: Final = [item for item in ENDPOINTS if item.path not in OPEN_ENDED]
_HAS_MORE: Final = re.compile(r"\{|period|/states$")
_OF_ENDPOINTS: Final = [3 if _HAS_MORE.search(item.path) else 1 for item in _ENDPOINTS]
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
