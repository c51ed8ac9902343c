"""Looks at requests that have been answered, for learn mode and for what a person should know of."""

import re
from http import HTTPStatus
from typing import Final

from ..keys import ApiKey, Capability
from ..learning.lessons import Asked
from .call import Call
from .endpoint import Endpoint

_ALL_ENTITIES: Final = frozenset(
    {"/api/states", "/api/calendars", "/api/logbook", "/api/logbook/{start}", "/api/template"}
)
"""Routes that answer about every entity in scope, unless the request names some."""
_NAMING: Final = ("entity_id", "filter_entity_id", "entity")
"""Query parameters of the mirror that name entities, in lists with commas."""
_MAX_ID: Final = 255
_SERVICE: Final = re.compile(r"[a-z0-9_]{1,64}\.[a-z0-9_]{1,64}")
_EVENT: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def observe(call: Call, key: ApiKey, endpoint: Endpoint) -> None:
    """Note what there is to note of a request with a key; for most requests, nothing."""
    request, sightings = call.request, call.bridge.sightings
    if (key.id, call.remote, request.secure) not in sightings.seen:
        sightings.use(key.id, call.address, call.remote, request.headers, secure=request.secure)
    if key.learning:
        call.bridge.lessons.learn(key.id, asked_for(call, endpoint))


def asked_for(call: Call, endpoint: Endpoint) -> Asked:
    """Return what a request asked for: by its route, its path, its query, and what its handler says it reached."""
    parts, key = call.request.match_info, call.key
    reached = call.activity.reached if call.activity is not None else ()
    entities = {*reached, *_named(call)}
    if (entity_id := parts.get("entity_id")) is not None:
        entities.add(entity_id.lower())
    capabilities = {endpoint.capability} if isinstance(endpoint.capability, Capability) else set()
    if endpoint.path == "/api/config" and Capability.LOCATION in key.capabilities:
        capabilities.add(Capability.LOCATION)
    service = f"{parts['domain']}.{parts['service']}".lower() if "service" in parts else ""
    event = parts.get("event_type", "")
    return Asked(
        capabilities=frozenset(capabilities),
        entities=frozenset(item for item in entities if len(item) <= _MAX_ID),
        service=service if _SERVICE.fullmatch(service) else None,
        event=event if _EVENT.fullmatch(event) else None,
        everything=endpoint.path in _ALL_ENTITIES and not entities,
        refused=call.refused is not None and call.refused.refusal.value.status == HTTPStatus.FORBIDDEN,
    )


def _named(call: Call) -> set[str]:
    values = (value for name in _NAMING for value in call.request.query.getall(name, ()))
    names = (item.strip().lower() for value in values for item in value.split(","))
    return {item for item in names if "." in item and "*" not in item}
