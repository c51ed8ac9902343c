"""What the reasons of the audit trail mean, in plain words for the panel."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "key_missing": "The request had no key.",
        "key_ambiguous": "The request had more than one key.",
        "key_malformed": "What was sent is not a Drawbridge key.",
        "key_unknown": "There is no key with this secret. It was replaced or deleted, or never existed.",
        "key_expired": "The key or its old secret has expired.",
        "key_disabled": "The key is off.",
        "key_changed": "The key was changed while the request was in progress.",
        "key_session_over": "The session of the browser has ended.",
        "locked_out": "Too many invalid keys came from this address.",
        "network": "The key may not be used from this address.",
        "new_network": "The key was used from a network (IPv4 /24 or IPv6 /64) from which it was not used before.",
        "certificate": "The key is bound to another client certificate.",
        "rate_limited": "The key made more requests than its rate limit allows.",
        "capability": "The key does not have the capability.",
        "busy": "The key had too many requests in progress.",
        "unread": "The key had too many responses that were not read.",
        "unfinished": "The key had too many calls that were still running.",
        "too_many_connections": "There were too many live connections.",
        "too_many_subscriptions": "The connection had too many subscriptions.",
        "origin": "The origin of the web page is not allowed for the key.",
        "scope": "The entity is not in the scope of the key.",
        "service": "The action is not allowed, or an entity is not in the scope of the key.",
        "service_scope": "The action is not allowed, or an entity is not in the scope of the key.",
        "administrator": "Home Assistant allows this action to administrators only.",
        "event": "The event type is not on the list of the key.",
        "event_scope": "The data of the event names something that is not in the scope of the key.",
        "too_many_states": "The key has created as many states as it may.",
        "template_function": "The template uses a function that is not allowed.",
        "template_scope": "The template reads an entity that is not in the scope of the key.",
        "template_budget": "The templates of the key have used up their processor time.",
        "template_busy": "Another template of the key was being rendered.",
        "camera_off": "The camera was off.",
        "bad_request": "The request was not valid.",
        "too_large": "The request was too large.",
    }
)
"""The rule of each reason."""

_WHY_NONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "network": "The key has a list of networks. Edit its limits if this address is yours.",
        "certificate": "Only the certificate that the key is bound to allows this.",
        "rate_limited": "Wait, or edit the limits of the key.",
        "locked_out": "The address is allowed again after a while, or with a valid key.",
        "key_disabled": "Turn the key on.",
        "key_expired": "Edit the expiry of the key, or replace its secret.",
        "origin": "Add the origin to the limits of the key if the page is yours.",
        "event_scope": "The record does not say what the data of the event names.",
        "too_many_states": "Remove states that the key created, or add their entities to its scope.",
    }
)


def why_none(reason: str) -> str:
    """Return why no change is offered for a reason that has nothing to do with the permissions of a key."""
    return _WHY_NONE.get(reason, "A change of the permissions of the key would not allow this request.")
