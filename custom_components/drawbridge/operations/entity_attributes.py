"""The attributes that entities themselves report.

The attributes of a state are no proof of what its entity lists or acts on: clients with the capability ``set_state``
can write them.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import DATA_INSTANCES


def find_entity(hass: HomeAssistant, entity_id: str) -> Any:  # noqa: ANN401 - each domain has its own class
    """Return an entity; ``None`` where there is only a state."""
    component = hass.data.get(DATA_INSTANCES, {}).get(entity_id.partition(".")[0])
    return None if component is None else component.get_entity(entity_id)


def listed_attributes(hass: HomeAssistant, entity_id: str) -> Mapping[str, Any]:
    """Return the attributes of an entity that list what it can be told."""
    if (entity := find_entity(hass, entity_id)) is None:
        return _of_state(hass, entity_id)
    parts = (entity.capability_attributes, entity.state_attributes if entity.available else None)
    return {name: value for part in parts for name, value in (part or {}).items()}


def members_in_attributes(hass: HomeAssistant, entity_id: str) -> set[str]:
    """Return the members of a group or a scene: those that it has, and those that its state shows."""
    entity = find_entity(hass, entity_id)
    parts = (_of_state(hass, entity_id), entity.extra_state_attributes if entity is not None else None)
    return {item for part in parts for item in _texts((part or {}).get("entity_id"))}


def _of_state(hass: HomeAssistant, entity_id: str) -> Mapping[str, Any]:
    state = hass.states.get(entity_id)
    return {} if state is None else state.attributes


def _texts(listed: object) -> list[str]:
    items = listed if isinstance(listed, list | tuple | set) else [listed]
    return [item for item in items if isinstance(item, str) and "." in item]
