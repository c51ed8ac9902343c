"""Describes audit events in the logbook.

Every user of Home Assistant can read the logbook, so entries contain no address and no key name.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.core import Event, HomeAssistant, callback

from .audit.sinks import EVENT_AUDIT
from .const import DOMAIN
from .refusal import Notice

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "key_missing": "no key was sent",
        "key_ambiguous": "more than one key was sent",
        "key_malformed": "the key was malformed",
        "key_unknown": "the key does not exist",
        "key_expired": "the key has expired",
        "key_disabled": "the key is disabled",
        "key_session_over": "the session has ended",
        "key_changed": "the key was changed while the request was in progress",
        "locked_out": "too many invalid keys were sent from its address",
        "network": "the key may not be used from this address",
        "certificate": "the key is bound to another client certificate",
        "rate_limited": "too many requests",
        "capability": "the key lacks the capability",
        "scope": "the entity is not in the scope of the key",
        "service": "the action is not allowed, or an entity is not in the scope of the key",
        "service_scope": "the action is not allowed, or an entity is not in the scope of the key",
        "administrator": "only an administrator may call this action",
        "approval_denied": "a person denied the approval",
        "approval_timed_out": "nobody approved it in time",
        "approvals_pending": "too many calls of the key wait for an approval",
        "event": "the event type is not allowed for the key",
        "event_scope": "the event data names an entity that is not in the scope of the key",
        "template_function": "the template uses a function that is not allowed",
        "template_scope": "the template reads an entity that is not in the scope of the key",
        "template_budget": "the templates of the key have used up their processor time",
        "too_many_states": "the key has created the maximum number of states",
        "too_many_connections": "too many connections are open",
        "too_many_subscriptions": "the connection has too many subscriptions",
        "origin": "the origin of the web page is not allowed for the key",
        "grant": "the code or the session was not valid",
        "upgrade_required": "the request was not a WebSocket handshake",
        "bad_request": "the request was not valid",
        "too_large": "the request was too large",
    }
)
"""The text for each reason of a refusal."""

_NOTICES: Final[Mapping[str, str]] = MappingProxyType({Notice.NEW_NETWORK.label: "was used from a new network"})
"""The text for each reason of a record about a request that was not refused."""


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
        case "allowed" if record["reason"] in _NOTICES:
            message = _NOTICES[record["reason"]]
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
