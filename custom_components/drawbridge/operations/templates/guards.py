"""Home Assistant's template functions, limited to what the key of a template sees."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers.location import has_location
from homeassistant.helpers.template import TemplateState

from ...const import DOMAIN
from ...refusal import Refusal
from ..registry_entries import OWN_FIELDS_OF_DEVICES
from .errors import TemplateRefusedError
from .expansion import expanded
from .visible_home import FindHome, KeyKind

type Function = Callable[..., Any]

_UNKNOWN: Final = "unknown"
_MISSING: Final = object()

OF_ENTITY: Final = frozenset(
    {
        "area_id", "area_name", "device_attr", "device_id", "device_name", "entity_name", "floor_id", "floor_name",
        "is_device_attr", "is_hidden_entity", "labels",
    }
)  # fmt: skip
"""Functions about the entity in their first argument. In a limited scope, it must be in scope."""

ENTITIES_OF: Final = frozenset(
    {"area_entities", "device_entities", "floor_entities", "integration_entities", "label_entities"}
)
"""Functions that list entities. A limited scope gets those in scope, and is refused if there are none."""

OF_REGISTRIES: Final = frozenset(
    {
        "area_devices", "areas", "config_entry_attr", "config_entry_id", "floor_areas", "floors", "issue", "issues",
        "label_areas", "label_description", "label_devices", "label_id", "label_name",
    }
)  # fmt: skip
"""Functions about the whole home, which require a scope without limits.

The config entry of an entity in scope is one of the whole home: lists of entities do not have it either.
"""

_OF_DEVICE_FIELDS: Final = frozenset({"device_attr", "is_device_attr"})
OF_PLACES: Final = frozenset({"closest", "distance"})
"""Functions that reveal the home location, which require `location` and a scope without limits."""


def state_functions(home: FindHome) -> Mapping[str, Function]:
    """Return the functions about states by name. They equal Home Assistant's own for the visible states."""

    def is_state(entity_id: object, state: object) -> bool:
        found = home().state_text(entity_id)
        return found is not None and (found == state or (isinstance(state, list) and found in state))

    def attribute(entity_id: object, name: str) -> Any:  # noqa: ANN401 - attributes are of any kind
        found = home().state(entity_id)
        return None if found is None else found.attributes.get(name)

    def is_attribute(entity_id: object, name: str, value: object) -> bool:
        found = home().state(entity_id)
        actual = _MISSING if found is None else found.attributes.get(name, _MISSING)
        return actual is not _MISSING and bool(actual == value)

    def has_value(entity_id: object) -> bool:
        return home().state_text(entity_id) not in {None, "unavailable", _UNKNOWN}

    return MappingProxyType(
        {"is_state": is_state, "state_attr": attribute, "is_state_attr": is_attribute, "has_value": has_value}
    )


def guarded(kind: KeyKind, home: FindHome, name: str, own: Function, *, is_filter: bool = False) -> Function | None:
    """Return a function of Home Assistant, limited to visible items; ``None`` if the key may not use it."""
    if name in {"expand", "state_translated", "state_attr_translated"}:
        return _of_states(home, name, own)
    if name in OF_PLACES:
        return _of_places(home, name, own, is_filter=is_filter) if kind.places else None
    if name in ENTITIES_OF:
        return _listing(home, own)
    if kind.everything:
        return _of_house(home, name, own)
    if name in OF_ENTITY:
        return _of_entity(home, name, own)
    return None


def _of_entity(home: FindHome, name: str, own: Function) -> Function:
    """Limit a function to entities in scope, and to the fields of devices that lists of devices show.

    Other fields are like missing ones.
    """
    if name not in _OF_DEVICE_FIELDS:
        return lambda entity_id, *args, **more: home().redacted(own(home().ensure(entity_id), *args, **more))

    def of_device_field(entity_id: object, attr_name: object, *args: object, **more: object) -> Any:  # noqa: ANN401 - fields are of any kind
        seen = home()
        known = attr_name if isinstance(attr_name, str) and attr_name in OWN_FIELDS_OF_DEVICES else ""
        return seen.redacted(own(seen.ensure(entity_id), known, *args, **more))

    return of_device_field


def _of_house(home: FindHome, name: str, own: Function) -> Function:
    """Hide the bridge's own items from a registry function, because they would reveal other keys."""

    def of_house(*args: object, **more: object) -> Any:  # noqa: ANN401 - the result is the function's own
        if name == "issue" and DOMAIN in {*args, *more.values()}:
            return None
        seen = home()
        named = {item: seen.stand_in(value) for item, value in more.items()}
        return seen.redacted(seen.not_own(own(*map(seen.stand_in, args), **named)))

    return of_house


def _of_states(home: FindHome, name: str, own: Function) -> Function:
    if name == "expand":
        return lambda *args: expanded(home(), _asked(home, args))
    if name == "state_translated":

        def translated_state(entity_id: object) -> Any:  # noqa: ANN401 - a text, or what stands for none
            seen = home()
            found = seen.state(entity_id)
            return own(seen.ensure(entity_id)) if found is None or not seen.is_redacted(found) else found.state

        return translated_state

    def translated(entity_id: object, attribute: str) -> Any:  # noqa: ANN401 - attributes are of any kind
        seen = home()
        found = seen.state(entity_id)
        if found is None or attribute not in found.attributes:
            return None
        return found.attributes[attribute] if seen.is_redacted(found) else own(entity_id, attribute)

    return translated


def _of_places(home: FindHome, name: str, own: Function, *, is_filter: bool) -> Function:
    def distance(*args: object) -> Any:  # noqa: ANN401 - a distance, or nothing
        return own(*_asked(home, args))

    def closest(*args: object) -> TemplateState | None:
        seen = home()
        entities, point = (args[0], args[1:]) if is_filter else (args[-1], args[:-1])
        placed = [state for state in expanded(seen, _asked(home, [entities])) if has_location(state)]
        where = _asked(home, point)
        return seen.seen(own(placed, *where) if is_filter else own(*where, placed))

    return closest if name == "closest" else distance


def _asked(home: FindHome, args: Iterable[object]) -> list[object]:
    """Return arguments after checking that every entity in them is visible. Iterables become lists."""
    found: list[object] = []
    for item in args:
        if isinstance(item, State):
            found.append(home().ensure(item.entity_id))
        elif isinstance(item, str):
            found.append(home().ensure(item) if "." in item else item)
        elif isinstance(item, Iterable):
            found.append(_asked(home, item))
        else:
            found.append(item)
    return found


def _listing(home: FindHome, own: Function) -> Function:
    def listing(*args: object) -> list[str]:
        # The bridge's own entities are in no scope.
        found = home().in_scope(own(*args))
        if not found and not home().everything:
            raise TemplateRefusedError(Refusal.TEMPLATE_SCOPE, "entities, and this key sees none of them.")
        for entity_id in found:
            home().ensure(entity_id)
        return found

    return listing
