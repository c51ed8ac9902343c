"""What a template sees of the house: states and registries, within the scope of a key."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, State, valid_domain, valid_entity_id
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.location import has_location
from homeassistant.helpers.template import TemplateState

from ...const import DOMAIN
from ...refusal import Refusal
from ...scope.redaction import Redaction, without_bearer_text
from ...scope.resolver import LiveScope
from ...states.state_json import redacted_state
from .errors import TemplateRefusedError
from .expansion import expanded

type Function = Callable[..., Any]
type FindSight = Callable[[], "Sight"]
"""Returns the sight of the key whose template is being rendered."""

_RESERVED: Final = frozenset({"contextfunction", "environmentfunction", "evalcontextfunction", "jinja_pass_arg"})
_UNKNOWN: Final = "unknown"
_MISSING: Final = object()
_NOBODY: Final = "0" * 32
"""An id that nothing has."""

_MOST_ASKED: Final = 1000
_MOST_TOUCHED: Final = 10_000
_MOST_WARNINGS: Final = 20
MAX_LENGTH_ID: Final = 256

OF_ENTITY: Final = frozenset(
    {
        "area_id", "area_name", "config_entry_id", "device_attr", "device_id", "device_name", "entity_name",
        "floor_id", "floor_name", "is_device_attr", "is_hidden_entity", "labels",
    }
)  # fmt: skip
"""They tell about the entity that is their first argument. To a narrow key, it must be one in scope."""

ENTITIES_OF: Final = frozenset(
    {"area_entities", "device_entities", "floor_entities", "integration_entities", "label_entities"}
)
"""They list entities. A narrow key gets those in scope, and is refused where there are none."""

OF_REGISTRIES: Final = frozenset(
    {
        "area_devices", "areas", "config_entry_attr", "floor_areas", "floors", "issue", "issues", "label_areas",
        "label_description", "label_devices", "label_id", "label_name",
    }
)  # fmt: skip
"""They tell about the whole house, so only to a key that sees it."""

OF_PLACES: Final = frozenset({"closest", "distance"})
"""They tell where the house stands, so only to a key that may know it, and sees everything."""


@dataclass(frozen=True, slots=True)
class SightKind:
    """What decides which functions a key's templates may name: it sees everything, and knows where the house stands."""

    everything: bool
    places: bool


class Sight:
    """What one key may see. A narrow key must not learn even whether anything else exists.

    So what does not exist is refused to it in the same words as what is not in its scope.
    """

    def __init__(self, hass: HomeAssistant, scope: LiveScope, redaction: Redaction) -> None:
        """See through the scope of a key, with states redacted so."""
        self.hass = hass
        self.kind = SightKind(scope.scope.is_everything, redaction.location and scope.scope.is_everything)
        self.everything = self.kind.everything
        self.asked: set[str] = set()
        self.touched: set[str] = set()
        """The entities whose states were read, or that have none."""
        self.listed: set[str | None] = set()
        """The domains whose states were all gone through, ``None`` for all domains."""
        self.counted: set[str | None] = set()
        """The domains whose states were only counted."""
        self.uses_time = False
        self.warnings: list[tuple[int, str]] = []
        """What Home Assistant would log of undefined variables, by level."""
        self._scope = scope
        self._redaction = redaction
        self.on_listing: Callable[[int], None] = _uncounted
        """Called with the number of states before they are gone through."""

    def warn(self, level: int, message: str) -> None:
        """Remember a warning about an undefined variable."""
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append((level, message))

    def _touch(self, entity_id: str) -> None:
        if len(self.touched) < _MOST_TOUCHED:
            self.touched.add(entity_id.lower())

    def ensure(self, entity_id: object) -> str:
        """Return an entity id that may be asked for. Raises ``TemplateRefusedError``."""
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
        """Return an id that nothing has, in place of one that is not in scope. A narrow key is refused."""
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
        """Tell whether a text is the id of an entity that the key sees: no registry has to be searched for it."""
        return len(entity_id) < MAX_LENGTH_ID and self._scope.allows(entity_id) and self._exists(entity_id)

    def state(self, entity_id: object) -> TemplateState | None:
        """Return a state, as templates know it."""
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
        """Return a state. Raises ``TemplateError`` for what can be no entity id."""
        found = self.state(entity_id)
        if found is None and not valid_entity_id(entity_id):
            raise TemplateError(f"Invalid entity ID '{entity_id}'")
        return found

    def all(self, domain: str | None) -> Iterator[TemplateState]:
        """Yield all states, or those of a domain. Refused where some of them may be out of scope."""
        self.listed.add(domain)
        return self._all(domain)

    def count(self, domain: str | None) -> int:
        """Return the number of all states, or of those of a domain. Refused likewise."""
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
        """Return those entities that are in scope."""
        return [entity_id for entity_id in entity_ids if self._scope.allows(entity_id)]

    def is_redacted(self, found: TemplateState) -> bool:
        """Tell whether something was taken out of a state."""
        actual = self.hass.states.get(found.entity_id)
        return actual is not None and redacted_state(actual, self._redaction) is not actual

    def redacted(self, found: Any) -> Any:  # noqa: ANN401 - results are of any kind
        """Return a result of a function over registries, redacted as states are: a device may have a signed link."""
        return self._redaction.value(found)

    def seen(self, state: State | None) -> TemplateState | None:
        """Return a state that one of Home Assistant's own functions found."""
        return None if state is None else self.state(state.entity_id)

    def stand_in(self, item: object) -> object:
        """Return an argument, with one that names what is the bridge's own put as if it did not exist."""
        if not isinstance(item, str):
            return item
        return _NOBODY if self.is_own_device(item) else self.ensure(item) if "." in item else item

    def is_own_device(self, item: object) -> bool:
        """Tell whether something is the id of a device of the bridge or of a key."""
        device = dr.async_get(self.hass).async_get(item) if isinstance(item, str) else None
        return device is not None and any(domain == DOMAIN for domain, *_ in device.identifiers)

    def not_own(self, found: Any) -> Any:  # noqa: ANN401 - results are of any kind
        """Return a result of a function over registries, without devices, entities and issues of the bridge."""
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
        """Return a state that is in sight, redacted, as templates know it."""
        return TemplateState(self.hass, redacted_state(state, self._redaction), collect=False)


def _uncounted(_number: int) -> None:
    """Count nothing."""


class Domain:
    """``states.light``: the states of a domain."""

    def __init__(self, sight: FindSight, name: str) -> None:
        """Look at a domain."""
        self._sight = sight
        self._name = name

    def member(self, name: object) -> TemplateState | None:
        """Return the state of an entity of the domain."""
        return self._sight().valid_state(f"{self._name}.{name}")

    def __iter__(self) -> Iterator[TemplateState]:
        """Iterate over the states."""
        return self._sight().all(self._name)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._sight().count(self._name)

    @override
    def __repr__(self) -> str:
        """Return what Home Assistant's own prints."""
        return f"<template DomainStates('{self._name}')>"


class States:
    """``states``: all states."""

    def __init__(self, sight: FindSight) -> None:
        """Look at all that is in sight."""
        self._sight = sight

    def member(self, name: object) -> TemplateState | Domain | None:
        """Return a domain, or the state of an entity."""
        if not isinstance(name, str) or name in _RESERVED:
            return None
        if "." in name:
            return self._sight().valid_state(name)
        if not valid_domain(name):
            raise TemplateError(f"Invalid domain name '{name}'")
        return Domain(self._sight, name)

    def __iter__(self) -> Iterator[TemplateState]:
        """Iterate over the states."""
        return self._sight().all(None)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._sight().count(None)

    def __call__(self, entity_id: object, rounded: object = _MISSING, with_unit: object = False) -> str:  # noqa: FBT002 - Home Assistant's own signature
        """Return the state of an entity as text."""
        wants_rounded = bool(with_unit if rounded is _MISSING else rounded)
        if not wants_rounded and not with_unit:
            text = self._sight().state_text(entity_id)
            return _UNKNOWN if text is None else text
        state = self._sight().state(entity_id)
        return _UNKNOWN if state is None else state.format_state(wants_rounded, bool(with_unit))

    @override
    def __repr__(self) -> str:
        """Return what Home Assistant's own prints."""
        return "<template AllStates>"


def state_functions(sight: FindSight) -> Mapping[str, Function]:
    """Return the functions over states, by name, as Home Assistant's own for what is in sight."""

    def is_state(entity_id: object, state: object) -> bool:
        found = sight().state_text(entity_id)
        return found is not None and (found == state or (isinstance(state, list) and found in state))

    def attribute(entity_id: object, name: str) -> Any:  # noqa: ANN401 - attributes are of any kind
        found = sight().state(entity_id)
        return None if found is None else found.attributes.get(name)

    def is_attribute(entity_id: object, name: str, value: object) -> bool:
        found = sight().state(entity_id)
        actual = _MISSING if found is None else found.attributes.get(name, _MISSING)
        return actual is not _MISSING and bool(actual == value)

    def has_value(entity_id: object) -> bool:
        return sight().state_text(entity_id) not in {None, "unavailable", _UNKNOWN}

    return MappingProxyType(
        {"is_state": is_state, "state_attr": attribute, "is_state_attr": is_attribute, "has_value": has_value}
    )


def guarded(kind: SightKind, sight: FindSight, name: str, own: Function, *, is_filter: bool = False) -> Function | None:
    """Return one of Home Assistant's own functions, held to what is in sight; ``None`` for one that is refused."""
    if name in {"expand", "state_translated", "state_attr_translated"}:
        return _of_states(sight, name, own)
    if name in OF_PLACES:
        return _of_places(sight, name, own, is_filter=is_filter) if kind.places else None
    if name in ENTITIES_OF:
        return _listing(sight, own)
    if kind.everything:
        return _of_house(sight, name, own)
    if name in OF_ENTITY:
        return lambda entity_id, *args, **more: sight().redacted(own(sight().ensure(entity_id), *args, **more))
    return None


def _of_house(sight: FindSight, name: str, own: Function) -> Function:
    """Hold a function over registries to what is not the bridge's own: that would tell of other keys."""

    def of_house(*args: object, **more: object) -> Any:  # noqa: ANN401 - the result is the function's own
        if name == "issue" and DOMAIN in {*args, *more.values()}:
            return None
        seen = sight()
        named = {item: seen.stand_in(value) for item, value in more.items()}
        return seen.redacted(seen.not_own(own(*map(seen.stand_in, args), **named)))

    return of_house


def _of_states(sight: FindSight, name: str, own: Function) -> Function:
    if name == "expand":
        return lambda *args: expanded(sight(), _asked(sight, args))
    if name == "state_translated":

        def translated_state(entity_id: object) -> Any:  # noqa: ANN401 - a text, or what stands for none
            seen = sight()
            found = seen.state(entity_id)
            return own(seen.ensure(entity_id)) if found is None or not seen.is_redacted(found) else found.state

        return translated_state

    def translated(entity_id: object, attribute: str) -> Any:  # noqa: ANN401 - attributes are of any kind
        seen = sight()
        found = seen.state(entity_id)
        if found is None or attribute not in found.attributes:
            return None
        return found.attributes[attribute] if seen.is_redacted(found) else own(entity_id, attribute)

    return translated


def _of_places(sight: FindSight, name: str, own: Function, *, is_filter: bool) -> Function:
    def distance(*args: object) -> Any:  # noqa: ANN401 - a distance, or nothing
        return own(*_asked(sight, args))

    def closest(*args: object) -> TemplateState | None:
        seen = sight()
        entities, point = (args[0], args[1:]) if is_filter else (args[-1], args[:-1])
        placed = [state for state in expanded(seen, _asked(sight, [entities])) if has_location(state)]
        where = _asked(sight, point)
        return seen.seen(own(placed, *where) if is_filter else own(*where, placed))

    return closest if name == "closest" else distance


def _asked(sight: FindSight, args: Iterable[object]) -> list[object]:
    """Return arguments with every entity that they name held to what is in sight, and all lists made flat."""
    found: list[object] = []
    for item in args:
        if isinstance(item, State):
            found.append(sight().ensure(item.entity_id))
        elif isinstance(item, str):
            found.append(sight().ensure(item) if "." in item else item)
        elif isinstance(item, Iterable):
            found.append(_asked(sight, item))
        else:
            found.append(item)
    return found


def _listing(sight: FindSight, own: Function) -> Function:
    def listing(*args: object) -> list[str]:
        # The bridge's own are in no scope.
        found = sight().in_scope(own(*args))
        if not found and not sight().everything:
            raise TemplateRefusedError(Refusal.TEMPLATE_SCOPE, "entities, and this key sees none of them.")
        for entity_id in found:
            sight().ensure(entity_id)
        return found

    return listing
