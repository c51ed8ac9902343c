"""Narrowing, projecting and following the states in scope: the query of ``GET /api/states``."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import area_registry as ar, label_registry as lr
from homeassistant.helpers.json import json_bytes, json_fragment
from multidict import MultiMapping

from ...cache.views import StateView
from ...scope.model import Scope, Selection
from ...scope.redaction import Redaction
from ...scope.resolver import EntityDirectory
from ...states.changes import Change
from ...states.state_json import state_dict
from ..call import Call
from ..problem import bad_request
from ..spec import STATE, STATES, TEXT, Parameter, array

_MOST: Final = 100
_LENGTH: Final = 255
_FIELDS: Final = ("entity_id", "state", "attributes", "last_changed", "last_reported", "last_updated", "context")

PARAMETERS: Final = (
    Parameter("domain", "Only entities of these domains.", repeatable=True),
    Parameter("area", "Only entities in these areas, by id or name.", repeatable=True),
    Parameter("label", "Only entities with these labels, by id or name.", repeatable=True),
    Parameter("entity_id", "Only these entities; `*`, `?` and `[…]` match many.", repeatable=True),
    Parameter("fields", "Only these members, such as `state,attributes.unit_of_measurement`.", repeatable=True),
    Parameter("since", "Only what changed after this cursor, of the header `Drawbridge-Cursor`."),
)
FOLLOWED: Final = {
    "type": "object",
    "required": ["reset", "changed", "removed"],
    "properties": {"reset": {"type": "boolean"}, "changed": STATES, "removed": array(TEXT)},
}
"""The answer to ``since``. With ``reset``, ``changed`` is all there is, and what the client holds is void."""
PROJECTED: Final = {"anyOf": [STATE, {"type": "object", "required": ["entity_id"]}]}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a client wants of the states in scope. Several kinds must all match, several of a kind in one."""

    selections: tuple[Selection, ...]
    fields: tuple[tuple[str, str | None], ...]
    since: str | None

    @classmethod
    def of(cls, hass: HomeAssistant, query: MultiMapping[str]) -> Self | None:
        """Read a query; ``None`` where it asks for everything, as Home Assistant's own clients do."""
        if not any(item.name in query for item in PARAMETERS):
            return None
        areas = frozenset(_area_ids(hass, _values(query, "area")))
        labels = frozenset(_label_ids(hass, _values(query, "label")))
        domains = frozenset(item.lower() for item in _values(query, "domain"))
        globs = frozenset(item.lower() for item in _values(query, "entity_id"))
        chosen = {
            "domain": Selection(domains=domains),
            "area": Selection(areas=areas),
            "label": Selection(labels=labels),
            "entity_id": Selection(globs=globs),
        }
        return cls(
            tuple(selection for name, selection in chosen.items() if name in query),
            tuple(_field(item) for item in _values(query, "fields")),
            query.get("since"),
        )

    def wants(self, directory: EntityDirectory, entity_id: str) -> bool:
        """Tell whether an entity is asked for."""
        if not self.selections:
            return True
        facts = directory.facts(entity_id)
        return all(selection.matches(facts) for selection in self.selections)

    def encoder(self, call: Call) -> Callable[[State], bytes]:
        """Return what encodes a state with the fields that are asked for."""
        redaction = call.redaction
        if not self.fields:
            encode = call.bridge.states.json.encode
            return lambda state: encode(state, redaction)
        fields = self.fields
        return lambda state: json_bytes(_project(state_dict(state, redaction), fields))


def answer(call: Call, narrowing: Narrowing) -> bytes:
    """Return the states that are asked for, or what changed of them."""
    bridge = call.bridge
    if narrowing.since is None:
        return _array(call, narrowing, bridge.hass.states.async_all())
    position = bridge.cursors.decode(narrowing.since, view(call))
    changes = bridge.changes.since(position)
    if changes is None:
        return _followed(_array(call, narrowing, bridge.hass.states.async_all()), [], reset=True)
    states, removed = _changed(call, narrowing, changes)
    return _followed(_array(call, narrowing, states), removed, reset=False)


def cursor(call: Call) -> str:
    """Return the cursor of this moment, for the caller's view."""
    return call.bridge.cursors.encode(call.bridge.changes.position, view(call))


def steady_cursor(call: Call, prepared: StateView) -> str:
    """Return a cursor for a view that is up to date: the same for up to a second, while nothing in it changes.

    As good as a new one, since nothing that its holder may hear of has happened; at worst, where something moved
    elsewhere in that second, its holder is told to begin anew. It tells as little: what happens elsewhere makes no
    other one of it.
    """
    moment = (prepared.members.version, int(time.monotonic()))
    if prepared.cursor[0] != moment:
        prepared.cursor = (moment, cursor(call))
    return prepared.cursor[1]


def view(call: Call) -> str:
    """Return the name of what the caller sees: of its scope, and what is redacted."""
    return _name(call.key.scope, call.redaction)


@lru_cache(maxsize=256)
def _name(scope: Scope, redaction: Redaction) -> str:
    return f"{redaction} {scope.as_dict()}"


def _changed(call: Call, narrowing: Narrowing, changes: Iterable[Change]) -> tuple[list[State], list[str]]:
    states, removed = [], []
    for change in changes:
        if not call.scope.allows(change.entity_id):
            continue
        state = call.bridge.hass.states.get(change.entity_id)
        if state is not None:
            states.append(state)
        elif change.gone and narrowing.wants(call.bridge.directory, change.entity_id):
            removed.append(change.entity_id)
    return states, removed


def _array(call: Call, narrowing: Narrowing, states: Iterable[State]) -> bytes:
    encode, allows, directory = narrowing.encoder(call), call.scope.allows, call.bridge.directory
    found = (
        encode(state) for state in states if allows(state.entity_id) and narrowing.wants(directory, state.entity_id)
    )
    return b"[" + b",".join(found) + b"]"


def _followed(changed: bytes, removed: list[str], *, reset: bool) -> bytes:
    return json_bytes({"reset": reset, "changed": json_fragment(changed), "removed": removed})


def _project(state: Mapping[str, Any], fields: Iterable[tuple[str, str | None]]) -> dict[str, Any]:
    """Return those members of a state; the entity id is always one."""
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
        raise bad_request(f"'{text[:64]}' is no field of a state. There are {known}, and attributes.NAME.")
    return name, inner or None


def _values(query: MultiMapping[str], name: str) -> list[str]:
    """Return the values of a parameter that may be repeated, or separated by commas."""
    texts = query.getall(name, ())
    values = [item.strip() for text in texts for item in text.split(",") if item.strip()]
    if len(values) > _MOST or any(len(item) > _LENGTH for item in values):
        raise bad_request(f"'{name}' may have {_MOST} values of {_LENGTH} characters at most.")
    return values


def _area_ids(hass: HomeAssistant, names: Iterable[str]) -> Iterable[str]:
    areas = ar.async_get(hass)
    for name in names:
        found = areas.async_get_area_by_name(name)
        yield name if areas.async_get_area(name) or not found else found.id


def _label_ids(hass: HomeAssistant, names: Iterable[str]) -> Iterable[str]:
    labels = lr.async_get(hass)
    for name in names:
        found = labels.async_get_label_by_name(name)
        yield name if labels.async_get_label(name) or not found else found.label_id
