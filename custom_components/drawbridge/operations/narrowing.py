"""Filters, projections and changes of the states in scope."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

from homeassistant.core import State
from homeassistant.helpers.json import json_bytes, json_fragment

from ..cache.views import StateView
from ..refusal import bad_request
from ..scope.model import Scope, Selection
from ..scope.redaction import Redaction
from ..scope.resolver import EntityDirectory
from ..states.changes import Change
from ..states.state_json import state_dict
from .caller import Caller

NAMES: Final = ("domain", "area", "label", "entity_id", "fields", "since")
"""The parameters that filter or project states."""

_MAX_VALUES: Final = 100
_MAX_CHARACTERS: Final = 255
_FIELDS: Final = ("entity_id", "state", "attributes", "last_changed", "last_reported", "last_updated", "context")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A client's filters and fields. A state must match all filters, and one value of each filter."""

    selections: tuple[Selection, ...]
    fields: tuple[tuple[str, str | None], ...]
    since: str | None

    @classmethod
    def of(cls, caller: Caller, asked: Mapping[str, Sequence[str]]) -> Self:
        """Parse the parameters in ``NAMES``, each of which may have several values."""
        domains = frozenset(item.lower() for item in _values(asked, "domain"))
        globs = frozenset(item.lower() for item in _values(asked, "entity_id"))
        chosen = {
            "domain": Selection(domains=domains),
            "area": Selection(areas=caller.home.area_ids(_values(asked, "area"))),
            "label": Selection(labels=caller.home.label_ids(_values(asked, "label"))),
            "entity_id": Selection(globs=globs),
        }
        return cls(
            tuple(selection for name, selection in chosen.items() if name in asked),
            tuple(_field(item) for item in _values(asked, "fields")),
            next(iter(asked.get("since", ())), None),
        )

    def wants(self, directory: EntityDirectory, entity_id: str) -> bool:
        """Return whether an entity matches the filters."""
        if not self.selections:
            return True
        facts = directory.facts(entity_id)
        return all(selection.matches(facts) for selection in self.selections)

    def encoder(self, caller: Caller) -> Callable[[State], bytes]:
        """Return a function that encodes a state with the requested fields."""
        redaction = caller.redaction
        if not self.fields:
            encode = caller.resources.state_json.encode
            return lambda state: encode(state, redaction)
        fields = self.fields
        return lambda state: json_bytes(_project(state_dict(state, redaction), fields))


def answer(caller: Caller, narrowing: Narrowing) -> bytes:
    """Return the requested states, or their changes, as JSON."""
    if narrowing.since is None:
        return _array(caller, narrowing, caller.home.states())
    resources = caller.resources
    changes = resources.changes.since(resources.cursors.decode(narrowing.since, view(caller)), caller.home.scope)
    if changes is None:
        return _followed(_array(caller, narrowing, caller.home.states()), [], reset=True)
    states, removed = _changed(caller, narrowing, changes)
    return _followed(_array(caller, narrowing, states), removed, reset=False)


def changes_since(caller: Caller, cursor: str) -> list[str] | None:
    """Return the entities in scope that changed since a cursor; ``None`` if the log no longer covers it."""
    resources = caller.resources
    changes = resources.changes.since(resources.cursors.decode(cursor, view(caller)), caller.home.scope)
    if changes is None:
        return None
    return [change.entity_id for change in changes if caller.home.allows(change.entity_id)]


def cursor(caller: Caller) -> str:
    """Return a cursor for the current time and the caller's view."""
    return caller.resources.cursors.encode(caller.resources.changes.position(caller.home.scope), view(caller))


def steady_cursor(caller: Caller, prepared: StateView) -> str:
    """Return a cursor for an up-to-date view. It stays the same for up to a second, while the view does not change.

    Sending it back has the same effect as a new cursor, because nothing in the view has changed since. Changes outside
    the view do not create a new cursor, so it does not reveal them.
    """
    if (kept := kept_cursor(prepared)) is not None:
        return kept
    prepared.cursor = (_moment(prepared), cursor(caller))
    return prepared.cursor[1]


def kept_cursor(prepared: StateView) -> str | None:
    """Return the steady cursor of a view without needing a caller; ``None`` if it must be created."""
    return prepared.cursor[1] if prepared.cursor[0] == _moment(prepared) else None


def _moment(prepared: StateView) -> tuple[int, int]:
    return prepared.members.version, int(time.monotonic())


def view(caller: Caller) -> str:
    """Return the name of the caller's view: its scope and its redaction."""
    return _name(caller.key.scope, caller.redaction)


@lru_cache(maxsize=256)
def _name(scope: Scope, redaction: Redaction) -> str:
    return f"{redaction} {scope.as_dict()}"


def _changed(caller: Caller, narrowing: Narrowing, changes: Iterable[Change]) -> tuple[list[State], list[str]]:
    home, directory = caller.home, caller.resources.directory
    states, removed = [], []
    for change in changes:
        if not home.allows(change.entity_id):
            continue
        state = home.state(change.entity_id)
        if state is not None:
            states.append(state)
        elif change.gone and narrowing.wants(directory, change.entity_id):
            removed.append(change.entity_id)
    return states, removed


def _array(caller: Caller, narrowing: Narrowing, states: Iterable[State]) -> bytes:
    """Return the states in scope that match the filters, as JSON."""
    encode, directory = narrowing.encoder(caller), caller.resources.directory
    found = (encode(state) for state in states if narrowing.wants(directory, state.entity_id))
    return b"[" + b",".join(found) + b"]"


def _followed(changed: bytes, removed: list[str], *, reset: bool) -> bytes:
    return json_bytes({"reset": reset, "changed": json_fragment(changed), "removed": removed})


def _project(state: Mapping[str, Any], fields: Iterable[tuple[str, str | None]]) -> dict[str, Any]:
    """Return these members of a state. The entity ID is always included."""
    found: dict[str, Any] = {"entity_id": state["entity_id"]}
    for name, inner in fields:
        value = state.get(name)
        if inner is None:
            found[name] = value
        elif isinstance(value, Mapping):
            part = found.setdefault(name, {})
            if inner in value:
                part[inner] = value[inner]
    return found


@lru_cache(maxsize=256)
def _field(text: str) -> tuple[str, str | None]:
    name, _, inner = text.partition(".")
    if name not in _FIELDS or (inner and name not in {"attributes", "context"}):
        known = ", ".join(_FIELDS)
        raise bad_request(f"'{text[:64]}' is not a field of a state. The fields are {known}, and attributes.NAME.")
    return name, inner or None


def _values(asked: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """Return the values of a parameter that may be repeated or comma-separated."""
    values = [item.strip() for text in asked.get(name, ()) for item in text.split(",") if item.strip()]
    if len(values) > _MAX_VALUES or any(len(item) > _MAX_CHARACTERS for item in values):
        raise bad_request(f"'{name}' may have {_MAX_VALUES} values of {_MAX_CHARACTERS} characters at most.")
    return values
