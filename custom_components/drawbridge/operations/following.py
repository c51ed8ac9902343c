"""What entities tell those that follow them, such as forecasts and lists of items."""

from collections.abc import Callable
from typing import Any

from homeassistant.helpers.entity import Entity
from homeassistant.util.json import JsonValueType

from ..keys import Capability
from ..states.state_json import redacted_json
from .caller import Caller

type Current = Callable[[], Caller]
"""Returns the caller for the key as it is now."""
type Send = Callable[[JsonValueType], None]


def passes_on(entity: Entity, current: Current, send: Send) -> Callable[[Any], None]:
    """Return a listener that passes on what an entity tells, redacted, whenever the entity is in scope.

    It raises nothing and never unsubscribes by itself: entities call their listeners in a loop.
    """

    def listener(value: object) -> None:
        caller = current()
        if caller.may(Capability.READ) and caller.home.scope.allows_afresh(entity.entity_id):
            send(redacted_json(value, caller.redaction))

    return listener
