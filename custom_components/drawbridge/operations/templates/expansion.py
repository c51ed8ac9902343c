"""Expands groups and zones to their members.

Home Assistant's own function expands a group each time it is listed, so it never returns for groups that contain each
other.
"""

from typing import TYPE_CHECKING, Final

from homeassistant.core import State
from homeassistant.helpers.entity import entity_sources

if TYPE_CHECKING:
    from homeassistant.helpers.template import TemplateState

    from .visible_home import VisibleHome

_GROUP: Final = "group"
_ZONE: Final = "zone"


def expanded(home: VisibleHome, search: list[object]) -> list[TemplateState]:
    """Return the states of entities once each, with groups and zones replaced by their members.

    The order is that of Home Assistant's own function, which starts with the last entity.
    """
    found: dict[str, TemplateState] = {}
    opened: set[str] = set()
    while search:
        home.on_listing(1)
        item = search.pop()
        if isinstance(item, list):
            search += item
        elif isinstance(item, str) and item not in found and item not in opened:
            actual = home.member(item)
            members = None if actual is None else _members(home, actual)
            if members is not None:
                opened.add(item)
                search += members
            elif actual is not None:
                found[item] = home.shown(actual)
    return list(found.values())


def _members(home: VisibleHome, state: State) -> list[object] | None:
    """Return the members of a group or zone; ``None`` for other entities."""
    source = entity_sources(home.hass).get(state.entity_id)
    if state.domain == _GROUP or (source is not None and source["domain"] == _GROUP):
        return _listed(state.attributes.get("entity_id"))
    return _listed(state.attributes.get("persons")) if state.domain == _ZONE else None


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else []
