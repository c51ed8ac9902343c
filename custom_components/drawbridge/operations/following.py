"""Subscriptions to data that entities publish, such as forecasts and to-do items."""

from collections.abc import Callable
from typing import Any

from homeassistant.helpers.entity import Entity
from homeassistant.util.json import JsonValueType

from ..keys import Capability
from ..states.state_json import redacted_json
from .caller import Caller

type Current = Callable[[], Caller]
"""Returns the caller with the current key."""
type Send = Callable[[JsonValueType], None]


def passes_on(entity: Entity, current: Current, send: Send) -> Callable[[Any], None]:
    """Return a listener that forwards the data that an entity publishes, redacted, while the entity is in scope.

    The listener never raises and never unsubscribes itself, because entities call their listeners in a loop.
    """

    def listener(value: object) -> None:
        caller = current()
        if caller.may(Capability.READ) and caller.home.scope.allows_afresh(entity.entity_id):
            send(redacted_json(value, caller.redaction))

    return listener
