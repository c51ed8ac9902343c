"""Entities that act on other entities when they are called, such as groups and scripts."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES

from ..scope.references import MAX_DEPTH, References, TooDeepError, find_references
from ..scope.service_rules import is_dangerous
from .targets import Reach, resolve

_CONFIGURED: Final = frozenset({"automation", "script"})
_DELEGATES: Final = frozenset({"automation", "group", "scene", "script"})
_HELPERS: Final = frozenset({"generic_hygrostat", "generic_thermostat", "group", "switch_as_x", "template"})
_ACTION_FIELDS: Final = ("action", "service")
_UNTRACEABLE: Final = frozenset({"event", "event_data"})


def members(hass: HomeAssistant, entity_id: str, domains: Collection[str] | None = None) -> Reach | None:
    """Return the other entities that an entity acts on; ``None`` if they cannot be determined.

    Groups and scenes list their members in an attribute. Helpers, scripts and automations list them in their
    configuration. Pass ``domains``, the domains of all states, when you call this for many entities.
    """
    domain = entity_id.partition(".")[0]
    if domain in _CONFIGURED:
        return _of_configuration(hass, domain, entity_id, domains or known_domains(hass))
    reach = _of_attribute(hass, entity_id)
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform in _HELPERS and entry.config_entry_id is not None:
        config = hass.config_entries.async_get_entry(entry.config_entry_id)
        if config is not None:
            reach.entities |= _named(config.options, domains or known_domains(hass)) - {entity_id}
    return reach


def _named(options: Mapping[str, Any], domains: Collection[str]) -> set[str]:
    """Return the entities in the options of a helper. Names of actions look like entity IDs, and are left out."""
    called = [step.get(name) for step in _mappings(dict(options)) for name in _ACTION_FIELDS]
    return find_references(dict(options), domains).entities - {item for item in called if isinstance(item, str)}


def may_act_on_others(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity acts on others, or could after a change of its configuration."""
    entry = er.async_get(hass).async_get(entity_id)
    if entity_id.partition(".")[0] in _DELEGATES or (entry is not None and entry.platform in _HELPERS):
        return True
    acted_on = members(hass, entity_id)
    return acted_on is None or bool(acted_on.entities or acted_on.unknown)


def _of_attribute(hass: HomeAssistant, entity_id: str) -> Reach:
    state = hass.states.get(entity_id)
    listed = state.attributes.get("entity_id") if state is not None else None
    items = listed if isinstance(listed, list | tuple | set) else [listed]
    return Reach({item for item in items if isinstance(item, str) and "." in item})


def _of_configuration(hass: HomeAssistant, domain: str, entity_id: str, domains: Collection[str]) -> Reach | None:
    component = hass.data.get(DATA_INSTANCES, {}).get(domain)
    entity: Any = component.get_entity(entity_id) if component is not None else None
    config = getattr(entity, "raw_config", None)
    if not isinstance(config, Mapping):
        return None
    try:
        found = _steps(config, domains)
    except TooDeepError:
        return None
    return resolve(hass, found) if found is not None else None


def _steps(config: Mapping[str, Any], domains: Collection[str]) -> References | None:
    """Return the references in a script's configuration; ``None`` if it does more than call reviewed services."""
    found = find_references(config, domains)
    if found.templated or found.matches_all or "use_blueprint" in config:
        return None
    for step in _mappings(config):
        if _UNTRACEABLE & step.keys():
            return None
        for name in _ACTION_FIELDS:
            called = step.get(name)
            if isinstance(called, str):
                if is_dangerous(*called.partition(".")[::2]):
                    return None
                found.entities.discard(called)
    return found


def _mappings(config: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > MAX_DEPTH:
        raise TooDeepError
    if isinstance(config, Mapping):
        yield config
        for item in config.values():
            yield from _mappings(item, depth + 1)
    elif isinstance(config, list | tuple):
        for item in config:
            yield from _mappings(item, depth + 1)


def known_domains(hass: HomeAssistant) -> set[str]:
    """Return the domains of all states. This iterates over all states."""
    return {state.domain for state in hass.states.async_all()}
