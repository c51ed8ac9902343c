"""Validates the input for a key, from forms and from actions."""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..limits.networks import parse_network
from ..limits.origins import normalize_origin
from ..scope.media import parse_media_host
from ..scope.model import Scope, Selection
from ..scope.own_events import is_own_event
from . import ApiKey, Capability
from .policy_test import MAX_TESTS, Expectation, PolicyTest
from .thumbprint import parse_thumbprint

type FindMissing = Callable[[PolicyTest], str | None]

_FOR_PAGES: Final = frozenset({Capability.READ, Capability.DASHBOARD})
_MAX_NAME_CHARACTERS: Final = 100
MIN_ASK_SECONDS: Final = 10
MAX_ASK_SECONDS: Final = 600
_MAX_ITEMS: Final = 500
_MAX_ITEM_CHARACTERS: Final = 255

_DOMAIN: Final = re.compile(r"[a-z0-9_]+")
_ENTITY: Final = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
_GLOB: Final = re.compile(r"[a-z0-9_.*?\[\]!-]+")
_SERVICE: Final = re.compile(r"[a-z0-9_]+\.([a-z0-9_]+(\.\*)?|\*)")
_ASK: Final = re.compile(r"\*|[a-z0-9_]+(\.([a-z0-9_]+|\*))?")
_APPROVED: Final = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+( (\*|[a-z0-9_]+\.[a-z0-9_]+))?")
_DASHBOARD: Final = re.compile(r"[a-z0-9_-]+")
_EVENT: Final = re.compile(r"\*|[A-Za-z0-9_.:-]{1,64}")

_PATTERNS: Final = {"domains": _DOMAIN, "entities": _ENTITY, "globs": _GLOB}
_SELECTIONS: Final = ("areas", "floors", "labels", "devices", "domains", "entities", "globs")


class KeyInputError(ValueError):
    """The input is invalid. ``errors`` has a translation key for each invalid field.

    ``values`` has the first invalid item of each of these fields, for the messages.
    """

    def __init__(self, errors: Mapping[str, str], value: str = "") -> None:
        """Create the error of one field."""
        super().__init__(", ".join(f"{name}: {code}" for name, code in errors.items()))
        self.errors = dict(errors)
        self.values = dict.fromkeys(errors, value)


def collect[T](start: T, *changes: Callable[[T], T]) -> T:
    """Apply changes in order. Raises one ``KeyInputError`` with the errors of all of them."""
    failed = KeyInputError({})
    for change in changes:
        try:
            start = change(start)
        except KeyInputError as err:
            # The first error of a field may have caused the others.
            failed.errors |= err.errors | failed.errors
            failed.values |= err.values | failed.values
    if failed.errors:
        raise failed
    return start


def with_name(key: ApiKey, entered: str) -> ApiKey:
    """Return the key with another name."""
    name = entered.strip()
    if not 0 < len(name) <= _MAX_NAME_CHARACTERS or not name.isprintable():
        raise KeyInputError({"name": "invalid_name"})
    return replace(key, name=name)


def ensure_new_name(name: str, others: Iterable[str]) -> None:
    """Refuse the name of another key, which lists and logs could not tell apart. The case does not matter."""
    if name.casefold() in {item.casefold() for item in others}:
        raise KeyInputError({"name": "duplicate_name"}, name)


def ensure_known(selection: Selection, before: Selection, exists: Mapping[str, Callable[[str], object]]) -> None:
    """Refuse areas, floors, labels and devices that do not exist. Those that the key already had may stay."""

    def check(field: str, selection: Selection) -> Selection:
        unknown = getattr(selection, field) - getattr(before, field)
        if missing := sorted(item for item in unknown if not exists[field](item)):
            raise KeyInputError({field: f"unknown_{field}"}, missing[0])
        return selection

    collect(selection, *(partial(check, field) for field in exists))


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
    """Return the key with its permissions.

    These are ``capabilities``, ``services``, ``events``, ``media_hosts``, and the calls that wait for a person:
    ``ask``, ``ask_seconds`` and ``approved``.
    """
    return collect(
        replace(key, capabilities=frozenset(Capability(item) for item in entered["capabilities"])),
        _ensure_capable,
        lambda key: replace(key, services=_matching("services", entered, _SERVICE)),
        lambda key: replace(key, events=_events(key, entered)),
        lambda key: replace(key, media_hosts=_media_hosts(key, entered)),
        lambda key: replace(key, ask=_kept("ask", key.ask, entered, _ASK)),
        lambda key: replace(key, approved=_kept("approved", key.approved, entered, _APPROVED)),
        lambda key: replace(key, ask_seconds=int(entered.get("ask_seconds") or key.ask_seconds)),
        lambda key: replace(key, dashboards=_dashboards(key, entered)),
    )


def with_limits(key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
    """Return the key with its limits: expiry, networks, certificate, rate and origins."""
    per_minute, burst = entered.get("per_minute"), entered.get("burst")
    limited = replace(
        key,
        local_only=entered.get("local_only", False),
        per_minute=None if per_minute is None else int(per_minute),
        burst=int(burst) if burst else None,
    )
    return collect(
        limited,
        lambda key: replace(key, expires=_expiry(entered.get("expires"))),
        lambda key: replace(key, networks=tuple(_parsed("networks", entered, parse_network))),
        lambda key: replace(key, certificate=_certificate(entered.get("certificate"))),
        lambda key: replace(key, cors_origins=frozenset(_parsed("cors_origins", entered, normalize_origin))),
    )


def with_pages(key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
    """Return the key for the pages of some areas: ``areas``, ``allowed`` capabilities, ``expires``, ``dashboards``."""
    key = replace(
        with_scope(key, {"areas": entered.get("areas")}),
        capabilities=_FOR_PAGES | {Capability(item) for item in entered.get("allowed") or ()},
        expires=_expiry(entered.get("expires")),
        dashboards=_dashboards(key, entered),
    )
    ensure_useful(key, "areas")
    return key


def with_listed_actions(key: ApiKey) -> ApiKey:
    """Refuse a key with the capability ``control`` and no list of actions, which allows all actions of its entities."""
    if Capability.CONTROL in key.capabilities and not key.services:
        raise KeyInputError({"services": "no_service"})
    return key


def with_approved(key: ApiKey, items: frozenset[str]) -> ApiKey:
    """Return the key with more calls that no longer wait. Raises ``KeyInputError`` if there are too many."""
    approved = key.approved | items
    if len(approved) > _MAX_ITEMS:
        raise KeyInputError({"approved": "too_much"})
    return replace(key, approved=approved)


def with_tests(key: ApiKey, entered: Iterable[Mapping[str, Any]], find_missing: FindMissing) -> ApiKey:
    """Return the key with its policy tests. ``find_missing`` returns what a test refers to that does not exist."""
    tests = dict.fromkeys(_test(item) for item in entered)
    if len(tests) > MAX_TESTS:
        raise KeyInputError({"tests": "too_much"})
    if missing := next(filter(None, map(find_missing, tests)), None):
        raise KeyInputError({"tests": "invalid_tests"}, missing)
    return replace(key, tests=tuple(tests))


def _test(entered: Mapping[str, Any]) -> PolicyTest:
    try:
        test = PolicyTest.from_mapping(entered)
    except ValueError as err:
        raise KeyInputError({"tests": "invalid_tests"}, str(err)) from err
    if test.expect is Expectation.UNREADABLE:
        raise KeyInputError({"tests": "invalid_tests"}, test.expect)
    return test


def ensure_useful(key: ApiKey, field: str = "everything") -> None:
    """Refuse a key without a scope, unless it is for metrics only. The error is shown at ``field``."""
    if key.capabilities - {Capability.METRICS} and not key.scope.matches_anything:
        raise KeyInputError({field: "empty_scope"})


def _ensure_capable(key: ApiKey) -> ApiKey:
    if not key.capabilities:
        raise KeyInputError({"capabilities": "no_capability"})
    return key


def _events(key: ApiKey, entered: Mapping[str, Any]) -> frozenset[str]:
    events = _matching("events", entered, _EVENT)
    if own := sorted(filter(is_own_event, events)):
        raise KeyInputError({"events": "own_event"}, own[0])
    if Capability.FIRE_EVENT in key.capabilities and not events:
        raise KeyInputError({"events": "no_event"})
    return events


def _selection(entered: Mapping[str, Any]) -> Selection:
    return collect(Selection(), *(partial(_with_items, name, entered) for name in _SELECTIONS))


def _with_items(field: str, entered: Mapping[str, Any], selection: Selection) -> Selection:
    return replace(selection, **{field: _matching(field, entered, _PATTERNS.get(field))})


def _matching(field: str, entered: Mapping[str, Any], pattern: re.Pattern[str] | None) -> frozenset[str]:
    items = _items(field, entered)
    if pattern is not None:
        items = [item.lower() for item in items] if field in _PATTERNS else items
        if wrong := [item for item in items if not pattern.fullmatch(item)]:
            raise KeyInputError({field: f"invalid_{field}"}, wrong[0])
    return frozenset(items)


def _kept(field: str, before: frozenset[str], entered: Mapping[str, Any], pattern: re.Pattern[str]) -> frozenset[str]:
    """Return the items of a list. A form without this field leaves them unchanged."""
    return _matching(field, entered, pattern) if field in entered else before


def _media_hosts(key: ApiKey, entered: Mapping[str, Any]) -> frozenset[str]:
    """Return the media hosts. A form without this field leaves them unchanged."""
    if "media_hosts" not in entered:
        return key.media_hosts
    return frozenset(_parsed("media_hosts", entered, parse_media_host))


def _dashboards(key: ApiKey, entered: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the dashboards in their order. A form without this field leaves them unchanged."""
    if "dashboards" not in entered:
        return key.dashboards
    _matching("dashboards", entered, _DASHBOARD)
    return tuple(dict.fromkeys(_items("dashboards", entered)))


def ensure_known_dashboards(key: ApiKey, known: Container[str]) -> None:
    """Refuse dashboards that do not exist."""
    if missing := [item for item in key.dashboards if item not in known]:
        raise KeyInputError({"dashboards": "invalid_dashboards"}, missing[0])


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
