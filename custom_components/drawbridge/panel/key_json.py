"""Describes keys for the panel, without secrets and hashes."""

import time
from collections.abc import Collection, Iterator
from typing import Any, Final

from ..bridge import Bridge
from ..issues.findings import SOON_SECONDS
from ..keys import ApiKey, Capability

ANY_SERVICE: Final = "*"


def services_of(key: ApiKey) -> str | list[str] | None:
    """Return the actions that a key may call: a list, ``*`` for all reviewed ones, or ``None`` for none."""
    if Capability.CONTROL not in key.capabilities:
        return None
    return sorted(key.services) or ANY_SERVICE


def describe(bridge: Bridge, key: ApiKey, entities: int) -> dict[str, Any]:
    """Return a key as JSON."""
    used = bridge.recorder.counters.keys.get(key.id)
    last_used, connected = used.last_used if used is not None else None, bridge.connections.of_key(key.id)
    return {
        "id": key.id,
        "name": key.name,
        "enabled": key.enabled,
        "learning": key.learning,
        "expires": key.expires,
        "created": key.created,
        "last_used": last_used,
        "connected": connected,
        "capabilities": sorted(key.capabilities),
        "everything": key.scope.everything,
        "entities": entities,
        "services": services_of(key),
        "events": sorted(key.events),
        "per_minute": key.per_minute,
        "bound": key.certificate is not None,
        "damaged": None,
        "temporary": [item.stored() for item in key.temporary],
        "tests": len(key.tests),
        "failing_tests": len(failing := bridge.policy_watch.failing.get(key.id, ())),
        "chips": [*_chips(key, last_used, connected, time.time()), *(("tests_fail",) if failing else ())],
    }


def describe_damaged(key_id: str, name: str, field: str) -> dict[str, Any]:
    """Return a key with an invalid value, which is disabled."""
    nothing: Collection[str] = []
    return {
        "id": key_id,
        "name": name,
        "enabled": False,
        "learning": False,
        "expires": None,
        "created": 0.0,
        "last_used": None,
        "connected": 0,
        "capabilities": nothing,
        "everything": False,
        "entities": 0,
        "services": None,
        "events": nothing,
        "per_minute": None,
        "bound": False,
        "damaged": field,
        "temporary": nothing,
        "tests": 0,
        "failing_tests": 0,
        "chips": ["damaged"],
    }


def _chips(key: ApiKey, last_used: float | None, connected: int, now: float) -> Iterator[str]:
    if not key.enabled:
        yield "off"
    if key.is_expired(now):
        yield "expired"
    elif key.is_expired(now + SOON_SECONDS):
        yield "expires_soon"
    if key.learning:
        yield "learning"
    if key.temporary:
        yield "temporary"
    if connected:
        yield "connected"
    if last_used is None:
        yield "never_used"
