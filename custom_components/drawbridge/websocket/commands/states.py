"""Commands for states."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entityfilter import INCLUDE_EXCLUDE_BASE_FILTER_SCHEMA, convert_include_exclude_filter
from homeassistant.helpers.json import json_fragment

from ...encoding.codecs import CODINGS
from ...encoding.negotiation import IDENTITY
from ...operations import states as operations
from ...states.channels import EntityFilter
from ..command import ANSWERED, Answered, Commands, Request
from ..entities import EntitySubscription

commands = Commands()

_FILTER_PARTS: Final = ("include", "exclude")


@commands.command("get_states", operations.LIST)
async def get_states(request: Request) -> json_fragment:
    """Return the states of all entities in scope."""
    caller, states = request.caller, request.connection.bridge.states
    if not states.limits.enabled:
        return json_fragment(states.direct(caller.key.scope, caller.redaction))
    view = states.view(caller.key.scope, caller.redaction)
    body = await states.body_in_slices(view, CODINGS[IDENTITY])
    caller.ensure_unchanged()
    return json_fragment(b"".join(body.pieces))


@commands.command(
    "subscribe_entities",
    operations.FOLLOW,
    {vol.Optional("entity_ids"): cv.entity_ids, **INCLUDE_EXCLUDE_BASE_FILTER_SCHEMA.schema},
)
def subscribe_entities(request: Request) -> Answered:
    """Send the states of the entities in scope, then their changes."""
    entity_filter, filter_key = _read_filter(request.message)
    subscription = EntitySubscription(request, entity_filter, filter_key)
    stop_following = request.on_key_change(subscription.key_changed)

    def stop() -> None:
        stop_following()
        subscription.stop()

    request.subscribe(stop)
    request.send_result()
    subscription.start()
    return ANSWERED


def _read_filter(message: dict[str, Any]) -> tuple[EntityFilter | None, object]:
    """Return the client's filter, and a key that is equal for equal filters.

    An empty list of entities matches nothing, although Home Assistant treats it as everything.
    """
    entity_ids = frozenset(message["entity_ids"]) if "entity_ids" in message else None
    chosen = convert_include_exclude_filter(message)
    passes = None if chosen.empty_filter else chosen.get_filter()
    if entity_ids is None and passes is None:
        return None, None
    parts = {name: message[name] for name in _FILTER_PARTS if name in message}

    def entity_filter(entity_id: str) -> bool:
        return (entity_ids is None or entity_id in entity_ids) and (passes is None or passes(entity_id))

    return entity_filter, (entity_ids, repr(parts))
