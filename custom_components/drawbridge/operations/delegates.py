"""Entities that act on other entities when they are called, such as groups and scripts."""

from collections.abc import Collection, Container, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..scope.references import MAX_DEPTH, References, TooDeepError, find_references
from ..scope.service_rules import is_dangerous
from .entity_attributes import find_entity, members_in_attributes
from .targets import Reach, resolve

_CONFIGURED: Final = frozenset({"automation", "script"})
_DELEGATES: Final = frozenset({"automation", "group", "scene", "script"})
_HELPERS: Final = frozenset({"generic_hygrostat", "generic_thermostat", "group", "switch_as_x", "template"})
_UNIVERSAL: Final = "universal"
_UNKNOWN: Final = object()
_IN_YAML: Final[Mapping[str, str]] = MappingProxyType(
    {
        "flux": "_lights",
        "generic_hygrostat": "_switch_entity_id",
        "generic_thermostat": "heater_entity_id",
        "switch": "_switch_entity_id",
        "wake_on_lan": "_off_script",
    }
)
"""Platforms whose entities act on others that YAML names, and the attribute with these entities or a script."""
_OWN_DEVICE: Final = "device_id"
"""The option with the device that a helper belongs to."""
_ACTION_FIELDS: Final = ("action", "service")
_MAX_INDIRECT: Final = 500
"""Entities that a call may act on through others."""
_UNTRACEABLE: Final = frozenset({"event", "event_data"})


class _Domains(Container[str]):
    """The domains of all states. Home Assistant has an index of them, so a look-up does not iterate over the states."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._count = hass.states.async_entity_ids_count

    @override
    def __contains__(self, item: object) -> bool:
        return isinstance(item, str) and self._count(item) > 0


def members(hass: HomeAssistant, entity_id: str) -> Reach | None:
    """Return the other entities that an entity acts on; ``None`` if they cannot be determined.

    Groups and scenes list their members in an attribute. Helpers, scripts and automations list them in their
    configuration. Universal media players have children. Other helpers in YAML have them in an attribute of the object.
    """
    if entity_id.partition(".")[0] in _CONFIGURED:
        return _of_configuration(hass, entity_id)
    if _is_universal(entity := find_entity(hass, entity_id)):
        return _of_universal(entity)
    if (attribute := _attribute_of_yaml(entity)) is not None:
        return _of_yaml(entity, attribute)
    reach = Reach(members_in_attributes(hass, entity_id))
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform in _HELPERS and entry.config_entry_id is not None:
        config = hass.config_entries.async_get_entry(entry.config_entry_id)
        if config is not None:
            return _of_options(hass, config.options, entity_id, reach)
    return reach


def _of_options(hass: HomeAssistant, options: Mapping[str, Any], entity_id: str, reach: Reach) -> Reach | None:
    """Add what a helper acts on by its options. It cannot be determined if its actions do more than a script may.

    Texts are templates for its state, or IDs. All other options are actions, or lists of IDs.
    """
    shown = {name: value for name, value in options.items() if name != _OWN_DEVICE}
    domains = _Domains(hass)
    try:
        steps = _steps({name: value for name, value in shown.items() if not isinstance(value, str)}, domains)
        texts = find_references({name: value for name, value in shown.items() if isinstance(value, str)}, domains)
    except TooDeepError:
        return None
    if steps is None:
        return None
    for found in (resolve(hass, steps), resolve(hass, texts)):
        reach.entities |= found.entities - {entity_id}
        reach.unknown += found.unknown
        reach.is_endless |= found.is_endless
    return reach


def may_act_on_others(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity acts on others, or could after a change of its configuration."""
    entry = er.async_get(hass).async_get(entity_id)
    if entity_id.partition(".")[0] in _DELEGATES or (entry is not None and entry.platform in _HELPERS):
        return True
    if _is_universal(find_entity(hass, entity_id)):
        return True
    acted_on = members(hass, entity_id)
    return acted_on is None or bool(acted_on.entities or acted_on.unknown)


def chain(
    hass: HomeAssistant, entity_ids: Collection[str], passed_over: Collection[str] = ()
) -> Iterator[tuple[str, Reach | None]]:
    """Yield each of some entities with what it acts on, then the same for those entities, and so on.

    ``None`` means that it cannot be determined, or that there are too many entities. Nothing follows it.

    Args:
        hass: Home Assistant.
        entity_ids: The first entities.
        passed_over: Entities that are neither yielded nor followed.

    """
    pending = sorted(set(entity_ids).difference(passed_over))
    seen, most = set(pending), len(pending) + _MAX_INDIRECT
    while pending:
        acted_on = members(hass, item := pending.pop())
        if acted_on is None or len(seen) > most:
            yield item, None
            return
        yield item, acted_on
        more = acted_on.entities.difference(passed_over, seen)
        seen |= more
        pending += sorted(more)


def _is_universal(entity: object) -> bool:
    """Return whether an entity is a universal media player. Most of them are not in the registry."""
    return getattr(getattr(entity, "platform", None), "platform_name", None) == _UNIVERSAL


def _attribute_of_yaml(entity: object) -> str | None:
    """Return the attribute with what a helper in YAML acts on; ``None`` for other entities."""
    platform = getattr(entity, "platform", None)
    if getattr(platform, "config_entry", None) is not None:
        return None
    return _IN_YAML.get(getattr(platform, "platform_name", ""))


def _of_yaml(entity: object, attribute: str) -> Reach | None:
    """Return the entities that a helper in YAML acts on. They cannot be determined if it runs a script."""
    acted_on = getattr(entity, attribute, _UNKNOWN)
    if acted_on is None:
        return Reach()
    listed = acted_on if isinstance(acted_on, list) else [acted_on]
    found = [item for item in listed if isinstance(item, str)]
    return Reach(set(found)) if len(found) == len(listed) else None


def _of_universal(player: object) -> Reach | None:
    """Return the entities that a universal media player passes calls to.

    They cannot be determined if it has commands of its own, or chooses the active child with a template.
    """
    children = getattr(player, "_children", None)
    if not isinstance(children, list):
        return None
    if getattr(player, "_cmds", True) or getattr(player, "_active_child_template", True):
        return None
    browsed = getattr(player, "_browse_media_entity", None)
    return Reach({*children, browsed} if browsed else {*children})


def _of_configuration(hass: HomeAssistant, entity_id: str) -> Reach | None:
    config = getattr(find_entity(hass, entity_id), "raw_config", None)
    if not isinstance(config, Mapping):
        return None
    try:
        found = _steps(config, _Domains(hass))
    except TooDeepError:
        return None
    return resolve(hass, found) if found is not None else None


def _steps(config: Mapping[str, Any], domains: Container[str]) -> References | None:
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
