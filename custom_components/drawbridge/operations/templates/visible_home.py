"""The home as a template sees it: the states and registry items in the scope of a key."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, State, valid_domain, valid_entity_id
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.template import TemplateState

from ...const import DOMAIN
from ...refusal import Refusal
from ...scope.redaction import Redaction, without_bearer_text
from ...scope.resolver import LiveScope
from ...states.state_json import redacted_state
from .errors import TemplateRefusedError

type FindHome = Callable[[], "VisibleHome"]
"""Returns the view of the key whose template is being rendered."""

_RESERVED: Final = frozenset({"contextfunction", "environmentfunction", "evalcontextfunction", "jinja_pass_arg"})
_UNKNOWN: Final = "unknown"
_MISSING: Final = object()
_NOBODY: Final = "0" * 32
"""An ID that does not exist."""

_MOST_ASKED: Final = 1000
_MOST_TOUCHED: Final = 10_000
_MOST_WARNINGS: Final = 20
MAX_LENGTH_ID: Final = 256


@dataclass(frozen=True, slots=True)
class KeyKind:
    """The properties of a key that decide which functions its templates may use.

    ``everything`` is true for a scope without limits. ``places`` is true if the key also has `location`.
    """

    everything: bool
    places: bool


class VisibleHome:
    """The home as one key sees it. A limited scope must not reveal whether anything outside it exists.

    Therefore items that do not exist are refused with the same message as items outside the scope.
    """

    def __init__(self, hass: HomeAssistant, scope: LiveScope, redaction: Redaction) -> None:
        """Create the view of a scope, with a redaction for states."""
        self.hass = hass
        self.kind = KeyKind(scope.scope.is_everything, redaction.location and scope.scope.is_everything)
        self.everything = self.kind.everything
        self.asked: set[str] = set()
        self.touched: set[str] = set()
        """The entities whose states were read, including entities without a state."""
        self.listed: set[str | None] = set()
        """The domains whose states were all read, ``None`` for all domains."""
        self.counted: set[str | None] = set()
        """The domains whose states were only counted."""
        self.uses_time = False
        self.warnings: list[tuple[int, str]] = []
        """The warnings about undefined variables that Home Assistant would log, with their levels."""
        self._scope = scope
        self._redaction = redaction
        self.on_listing: Callable[[int], None] = _uncounted
        """Called with the number of states before they are read."""

    def warn(self, level: int, message: str) -> None:
        """Remember a warning about an undefined variable."""
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append((level, message))

    def _touch(self, entity_id: str) -> None:
        if len(self.touched) < _MOST_TOUCHED:
            self.touched.add(entity_id.lower())

    def ensure(self, entity_id: object) -> str:
        """Return an entity ID if the template may read it. Raises ``TemplateRefusedError``."""
        if not isinstance(entity_id, str):
            raise TemplateError(f"Expected an entity ID, got {type(entity_id).__name__}")
        if len(entity_id) > MAX_LENGTH_ID:
            return self._unknown(entity_id)
        lower = entity_id.lower()
        if len(self.asked) < _MOST_ASKED:
            self.asked.add(lower)
        if not self._scope.allows(lower) or not (self.everything or self._exists(lower)):
            return self._unknown(lower)
        return entity_id

    def _unknown(self, entity_id: str) -> str:
        """Return an ID that does not exist, in place of one outside the scope. A limited scope refuses it."""
        if not self.everything:
            raise TemplateRefusedError(
                Refusal.TEMPLATE_SCOPE,
                "an entity that does not exist, or is not in the scope of this key.",
            )
        return f"{entity_id[:MAX_LENGTH_ID].partition('.')[0]}.{_NOBODY}"

    def member(self, entity_id: str) -> State | None:
        """Return the state of a member of a group; ``None`` where it does not exist.

        A member that is not in scope is refused whether it exists or not, since a client can write a group itself.
        """
        if len(entity_id) > MAX_LENGTH_ID or not self._scope.allows(entity_id.lower()):
            entity_id = self._unknown(entity_id)
        self._touch(entity_id)
        return self.hass.states.get(entity_id)

    def is_known(self, entity_id: str) -> bool:
        """Return whether a string is the ID of a visible entity, so that no registry has to be searched for it."""
        return len(entity_id) < MAX_LENGTH_ID and self._scope.allows(entity_id) and self._exists(entity_id)

    def state(self, entity_id: object) -> TemplateState | None:
        """Return a state as a template state."""
        found = self._found(entity_id)
        return None if found is None else self.shown(found)

    def state_text(self, entity_id: object) -> str | None:
        """Return the state of an entity as text, without its attributes."""
        found = self._found(entity_id)
        return None if found is None else without_bearer_text(found.state)

    def _found(self, entity_id: object) -> State | None:
        known = self.ensure(entity_id)
        self._touch(known)
        return self.hass.states.get(known)

    def valid_state(self, entity_id: str) -> TemplateState | None:
        """Return a state. Raises ``TemplateError`` for an invalid entity ID."""
        found = self.state(entity_id)
        if found is None and not valid_entity_id(entity_id):
            raise TemplateError(f"Invalid entity ID '{entity_id}'")
        return found

    def all(self, domain: str | None) -> Iterator[TemplateState]:
        """Yield all states, or those of a domain. Refused if some of them may be out of scope."""
        self.listed.add(domain)
        return self._all(domain)

    def count(self, domain: str | None) -> int:
        """Return the number of states, or of those of a domain. Refused in the same cases as ``all``."""
        self.counted.add(domain)
        return sum(1 for _ in self._all(domain))

    def _all(self, domain: str | None) -> Iterator[TemplateState]:
        scope = self._scope.scope
        if not self.everything and (scope.exclude or domain not in scope.include.domains):
            what = "all entities" if domain is None else f"all entities of the domain '{domain}'"
            raise TemplateRefusedError(Refusal.TEMPLATE_SCOPE, f"{what}, and this key does not see them all.")
        found = self.hass.states.async_all(domain)
        self.on_listing(len(found))
        return (self.shown(state) for state in found if self._scope.allows(state.entity_id))

    def in_scope(self, entity_ids: Iterable[str]) -> list[str]:
        """Return the entities that are in scope."""
        return [entity_id for entity_id in entity_ids if self._scope.allows(entity_id)]

    def is_redacted(self, found: TemplateState) -> bool:
        """Return whether a state was redacted."""
        actual = self.hass.states.get(found.entity_id)
        return actual is not None and redacted_state(actual, self._redaction) is not actual

    def redacted(self, found: Any) -> Any:  # noqa: ANN401 - results are of any kind
        """Return the result of a registry function, redacted like states: a device may have a signed link."""
        return self._redaction.value(found)

    def seen(self, state: State | None) -> TemplateState | None:
        """Return a state found by one of Home Assistant's own functions, as a template state."""
        return None if state is None else self.state(state.entity_id)

    def stand_in(self, item: object) -> object:
        """Return an argument. One that refers to the bridge's own items is replaced by an ID that does not exist."""
        if not isinstance(item, str):
            return item
        return _NOBODY if self.is_own_device(item) else self.ensure(item) if "." in item else item

    def is_own_device(self, item: object) -> bool:
        """Return whether a value is the ID of a device of the bridge or of a key."""
        device = dr.async_get(self.hass).async_get(item) if isinstance(item, str) else None
        return device is not None and any(domain == DOMAIN for domain, *_ in device.identifiers)

    def not_own(self, found: Any) -> Any:  # noqa: ANN401 - results are of any kind
        """Return the result of a registry function, without devices, entities and issues of the bridge."""
        if isinstance(found, str):
            return None if self.is_own_device(found) else found
        if isinstance(found, dict):
            return {name: item for name, item in found.items() if name[:1] != (DOMAIN,)}
        if isinstance(found, list):
            return [item for item in found if not self.is_own_device(item)]
        return found

    def _exists(self, entity_id: str) -> bool:
        return self.hass.states.get(entity_id) is not None or er.async_get(self.hass).async_get(entity_id) is not None

    def shown(self, state: State) -> TemplateState:
        """Return a visible state, redacted, as a template state."""
        return TemplateState(self.hass, redacted_state(state, self._redaction), collect=False)


def _uncounted(_number: int) -> None:
    """Do not count."""


class Domain:
    """``states.light``: the states of a domain."""

    def __init__(self, home: FindHome, name: str) -> None:
        """Create it for a domain."""
        self._home = home
        self._name = name

    def member(self, name: object) -> TemplateState | None:
        """Return the state of an entity of the domain."""
        return self._home().valid_state(f"{self._name}.{name}")

    def __iter__(self) -> Iterator[TemplateState]:
        """Iterate over the states."""
        return self._home().all(self._name)

    def __len__(self) -> int:
        """Return the number of states."""
        return self._home().count(self._name)

    @override
    def __repr__(self) -> str:
        """Return the same text as Home Assistant's own class."""
        return f"<template DomainStates('{self._name}')>"


class States:
    """``states``: all states."""

    def __init__(self, home: FindHome) -> None:
        """Create it for all visible states."""
        self._home = home

    def member(self, name: object) -> TemplateState | Domain | None:
        """Return a domain, or the state of an entity."""
        if not isinstance(name, str) or name in _RESERVED:
            return None
        if "." in name:
            return self._home().valid_state(name)
        if not valid_domain(name):
            raise TemplateError(f"Invalid domain name '{name}'")
        return Domain(self._home, name)

    def __iter__(self) -> Iterator[TemplateState]:
        """Iterate over the states."""
        return self._home().all(None)

    def __len__(self) -> int:
        """Return the number of states."""
        return self._home().count(None)

    def __call__(self, entity_id: object, rounded: object = _MISSING, with_unit: object = False) -> str:  # noqa: FBT002 - Home Assistant's own signature
        """Return the state of an entity as text."""
        wants_rounded = bool(with_unit if rounded is _MISSING else rounded)
        if not wants_rounded and not with_unit:
            text = self._home().state_text(entity_id)
            return _UNKNOWN if text is None else text
        state = self._home().state(entity_id)
        return _UNKNOWN if state is None else state.format_state(wants_rounded, bool(with_unit))

    @override
    def __repr__(self) -> str:
        """Return the same text as Home Assistant's own class."""
        return "<template AllStates>"
