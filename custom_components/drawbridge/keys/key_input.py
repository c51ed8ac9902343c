"""Validates the input for a key, from forms and from actions."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..limits.networks import parse_network
from ..limits.origins import normalize_origin
from ..scope.media import parse_media_host
from ..scope.model import Scope, Selection
from ..scope.own_events import is_own_event
from . import ApiKey, Capability
from .thumbprint import parse_thumbprint

_FOR_PAGES: Final = frozenset({Capability.READ, Capability.DASHBOARD})
_MAX_NAME_CHARACTERS: Final = 100
_MAX_ITEMS: Final = 500
_MAX_ITEM_CHARACTERS: Final = 255

_DOMAIN: Final = re.compile(r"[a-z0-9_]+")
_ENTITY: Final = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
_GLOB: Final = re.compile(r"[a-z0-9_.*?\[\]!-]+")
_SERVICE: Final = re.compile(r"[a-z0-9_]+\.([a-z0-9_]+(\.\*)?|\*)")
_EVENT: Final = re.compile(r"\*|[A-Za-z0-9_.:-]{1,64}")

_PATTERNS: Final = {"domains": _DOMAIN, "entities": _ENTITY, "globs": _GLOB}
_SELECTIONS: Final = ("areas", "floors", "labels", "devices", "domains", "entities", "globs")


class KeyInputError(ValueError):
    """The input is invalid. ``errors`` has a translation key for each invalid field.

    ``value`` is the first invalid item, for the message.
    """

    def __init__(self, errors: Mapping[str, str], value: str = "") -> None:
        """Create the error."""
        super().__init__(", ".join(f"{name}: {code}" for name, code in errors.items()))
        self.errors = dict(errors)
        self.value = value


def with_name(key: ApiKey, entered: str) -> ApiKey:
    """Return the key with another name."""
    name = entered.strip()
    if not 0 < len(name) <= _MAX_NAME_CHARACTERS or not name.isprintable():
        raise KeyInputError({"name": "invalid_name"})
    return replace(key, name=name)


def with_scope(key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
    """Return the key with the included part of its scope."""
    scope = Scope(
        everything=entered.get("everything", False),
        include=_selection(entered),
        exclude=key.scope.exclude,
    )
    return replace(key, scope=scope)


def with_exclude(key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
    """Return the key with the excluded part of its scope."""
    return replace(key, scope=replace(key.scope, exclude=_selection(entered)))


def with_abilities(key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
    """Return the key with its permissions: ``capabilities``, ``services``, ``events`` and ``media_hosts``."""
    capabilities = frozenset(Capability(item) for item in entered["capabilities"])
    events = _matching("events", entered, _EVENT)
    if not capabilities:
        raise KeyInputError({"capabilities": "no_capability"})
    if own := sorted(filter(is_own_event, events)):
        raise KeyInputError({"events": "own_event"}, own[0])
    if Capability.FIRE_EVENT in capabilities and not events:
        raise KeyInputError({"events": "no_event"})
    return replace(
        key,
        capabilities=capabilities,
        services=_matching("services", entered, _SERVICE),
        events=events,
        media_hosts=_media_hosts(key, entered),
    )


def with_limits(key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
    """Return the key with its limits: expiry, networks, certificate, rate and origins."""
    per_minute, burst = entered.get("per_minute"), entered.get("burst")
    return replace(
        key,
        expires=_expiry(entered.get("expires")),
        networks=tuple(_parsed("networks", entered, parse_network)),
        local_only=entered.get("local_only", False),
        certificate=_certificate(entered.get("certificate")),
        per_minute=None if per_minute is None else int(per_minute),
        burst=int(burst) if burst else None,
        cors_origins=frozenset(_parsed("cors_origins", entered, normalize_origin)),
    )


def with_pages(key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
    """Return the key for the pages of some areas: ``areas``, further ``allowed`` capabilities, and ``expires``."""
    key = replace(
        with_scope(key, {"areas": entered.get("areas")}),
        capabilities=_FOR_PAGES | {Capability(item) for item in entered.get("allowed") or ()},
        expires=_expiry(entered.get("expires")),
    )
    ensure_useful(key, "areas")
    return key


def ensure_actions_listed(key: ApiKey) -> None:
    """Refuse a key with the capability ``control`` and no list of actions, which allows all actions of its entities."""
    if Capability.CONTROL in key.capabilities and not key.services:
        raise KeyInputError({"services": "no_service"})


def ensure_useful(key: ApiKey, field: str = "everything") -> None:
    """Refuse a key without a scope, unless it is for metrics only. The error is shown at ``field``."""
    if key.capabilities - {Capability.METRICS} and not key.scope.matches_anything:
        raise KeyInputError({field: "empty_scope"})


def _selection(entered: Mapping[str, Any]) -> Selection:
    return Selection(**{name: _matching(name, entered, _PATTERNS.get(name)) for name in _SELECTIONS})


def _matching(field: str, entered: Mapping[str, Any], pattern: re.Pattern[str] | None) -> frozenset[str]:
    items = _items(field, entered)
    if pattern is not None:
        items = [item.lower() for item in items] if field in _PATTERNS else items
        if wrong := [item for item in items if not pattern.fullmatch(item)]:
            raise KeyInputError({field: f"invalid_{field}"}, wrong[0])
    return frozenset(items)


def _media_hosts(key: ApiKey, entered: Mapping[str, Any]) -> frozenset[str]:
    """Return the media hosts. A form without this field leaves them unchanged."""
    if "media_hosts" not in entered:
        return key.media_hosts
    return frozenset(_parsed("media_hosts", entered, parse_media_host))


def _parsed[T](field: str, entered: Mapping[str, Any], parse: Callable[[str], T]) -> Iterable[T]:
    for item in _items(field, entered):
        try:
            yield parse(item)
        except ValueError as err:
            raise KeyInputError({field: f"invalid_{field}"}, item) from err


def _items(field: str, entered: Mapping[str, Any]) -> list[str]:
    items = [item.strip() for item in entered.get(field) or ()]
    if len(items) > _MAX_ITEMS or any(len(item) > _MAX_ITEM_CHARACTERS for item in items):
        raise KeyInputError({field: "too_much"})
    return [item for item in items if item]


def _certificate(entered: str | None) -> str | None:
    text = (entered or "").strip()
    if not text:
        return None
    try:
        return parse_thumbprint(text)
    except ValueError as err:
        raise KeyInputError({"certificate": "invalid_certificate"}) from err


def _expiry(entered: str | datetime | None) -> float | None:
    if entered is None or entered == "":
        return None
    moment = entered if isinstance(entered, datetime) else dt_util.parse_datetime(entered)
    if moment is None:
        raise KeyInputError({"expires": "invalid_expires"}, str(entered))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt_util.get_default_time_zone())
    if moment <= dt_util.utcnow():
        raise KeyInputError({"expires": "expires_in_the_past"})
    return moment.timestamp()
