"""The audit trail in the logbook, in words.

Every user of Home Assistant can read the logbook, so entries name no address and no key.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.core import Event, HomeAssistant, callback

from .audit.sinks import EVENT_AUDIT
from .const import DOMAIN

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "key_missing": "it sent no key",
        "key_ambiguous": "it sent more than one key",
        "key_malformed": "what it sent is no key",
        "key_unknown": "there is no such key",
        "key_expired": "the key has expired",
        "key_disabled": "the key is disabled",
        "key_changed": "the key was changed while the request was in progress",
        "locked_out": "too many wrong keys came from its address",
        "network": "the key may not be used from there",
        "rate_limited": "too many requests",
        "capability": "the key lacks the capability",
        "scope": "not in its scope",
        "service": "not on its list, or not in its scope",
        "service_scope": "not on its list, or not in its scope",
        "administrator": "only an administrator may call it",
        "event": "the event is not on the key's list",
        "event_scope": "its data name an entity that is not in the key's scope",
        "template_function": "the template uses something that is not allowed",
        "template_scope": "the template reads something that is not in the key's scope",
        "template_budget": "its templates used up their processor time",
        "too_many_states": "it has created as many states as it may",
        "too_many_connections": "too many connections are open",
        "too_many_subscriptions": "its connection has too many subscriptions",
        "origin": "pages of this origin may not use the key",
        "upgrade_required": "it is not a WebSocket client",
        "bad_request": "the request was not valid",
        "too_large": "the request was too large",
    }
)
"""What is said of the reason of a refusal."""


@callback
def async_describe_events(
    _hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event[Any]], dict[str, str]]], None],
) -> None:
    """Describe the events of the audit trail."""
    async_describe_event(DOMAIN, EVENT_AUDIT, _describe)


@callback
def _describe(event: Event[Any]) -> dict[str, str]:
    record = event.data
    what = record["target"] or f"{record['method']} {record['route']}"
    match record["outcome"]:
        case "allowed":
            message = f"called {what}"
        case "failed":
            message = f"called {what}, which failed"
        case _:
            why = REASONS.get(record["reason"] or "", record["reason"])
            message = f"was refused {what}: {why}"
    return {
        "name": "An unknown client" if record["key_id"] is None else "An API key",
        "message": message,
        "icon": "mdi:gate",
    }
