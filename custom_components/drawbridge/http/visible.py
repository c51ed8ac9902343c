"""What of Home Assistant itself a narrow scope shows: components, and kinds of events."""

from collections.abc import Iterable
from typing import Final

from homeassistant.helpers import entity_registry as er

from ..keys import ApiKey
from ..scope.own_events import is_own_event
from .call import Call

COMMON_COMPONENTS: Final = frozenset(
    {
        "api",
        "auth",
        "config",
        "drawbridge",
        "history",
        "homeassistant",
        "http",
        "logbook",
        "recorder",
        "template",
        "websocket_api",
    }
)
"""What clients ask for before they use a part of the API; every Home Assistant has most of them."""

COMMON_EVENTS: Final = frozenset(
    {
        "component_loaded",
        "core_config_updated",
        "homeassistant_close",
        "homeassistant_final_write",
        "homeassistant_start",
        "homeassistant_started",
        "homeassistant_stop",
        "service_registered",
        "service_removed",
        "state_changed",
    }
)
"""Events of every Home Assistant. Others tell by their names what is installed."""


def components(call: Call) -> list[str]:
    """Return the loaded components that the key may know of.

    For a narrow key: what every Home Assistant has, the domains of its entities, and what provides them.
    """
    loaded = call.bridge.hass.config.components
    if call.key.scope.is_everything:
        return list(loaded)
    entities = er.async_get(call.bridge.hass)
    shown = set(COMMON_COMPONENTS)
    for state in call.bridge.hass.states.async_all():
        if call.scope.allows(state.entity_id):
            shown.add(state.domain)
            if (entry := entities.async_get(state.entity_id)) is not None:
                shown |= {entry.platform, f"{state.domain}.{entry.platform}"}
    return [item for item in loaded if item in shown]


def domains(call: Call) -> frozenset[str]:
    """Return the domains of the entities in scope."""
    states = call.bridge.hass.states.async_all()
    return frozenset(state.domain for state in states if call.scope.allows(state.entity_id))


def events(key: ApiKey, listened: Iterable[str]) -> set[str]:
    """Return those of the kinds of events that the key may know of."""
    shown = {kind for kind in listened if not is_own_event(kind)}
    return shown if key.scope.is_everything else shown & (COMMON_EVENTS | key.events)
