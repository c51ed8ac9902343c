"""Summarizes what a key can do, for forms."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..bridge import Bridge
from ..const import DOMAIN
from ..keys import ApiKey, Capability
from ..learning.lessons import Lesson, Proposal
from ..operations.delegates import members
from ..scope.model import EntityFacts, Selection
from ..scope.reviewed_services import REVIEWED
from ..scope.service_rules import decide_service

_MAX_SUMMARY_ENTITIES: Final = 1000
_MAX_LISTED: Final = 200
_NONE: Final = "-"


def controllable_domains(bridge: Bridge, key: ApiKey) -> set[str]:
    """Return the domains of entities that have a service which the key may call."""
    if Capability.CONTROL not in key.capabilities:
        return set()
    services = bridge.hass.services.async_services_internal()
    return {
        domain
        for domain, by_name in services.items()
        if any(
            f"{domain}.{name}" in REVIEWED and decide_service(domain, name, key.services).allowed for name in by_name
        )
    }


async def summarize(bridge: Bridge, key: ApiKey) -> dict[str, str]:
    """Return the placeholders of a key's summary.

    This checks every entity once. Do not call it for each request.
    """
    hass, facts = bridge.hass, bridge.directory.facts
    words, names = await _options(hass, "summary"), await _options(hass, "capabilities")
    seen = [facts(item) for item in hass.states.async_entity_ids() if key.scope.matches(facts(item))]
    domains = controllable_domains(bridge, key)
    return {
        "sees": str(len(seen)),
        "controls": str(sum(item.domain in domains for item in seen)),
        "entities": _by_area(hass, seen, words["no_area"]) or words["none"],
        "capabilities": ", ".join(names.get(item, item) for item in sorted(key.capabilities)),
        "actions": _actions(key, words),
        "ask": _listed(key.ask) if key.ask else words["none"],
        "events": _listed(key.events) if key.events else words["none"],
        "excluded": _listed(excluded) if (excluded := _selected(hass, key.scope.exclude)) else words["none"],
        "delegates": _listed([item for item in key.scope.include.entities if _is_delegate(hass, item)]),
        "learning": words["on" if key.learning else "off"],
        "tests": str(len(key.tests)),
        **_limits(key, words),
    }


def _actions(key: ApiKey, words: Mapping[str, str]) -> str:
    if Capability.CONTROL not in key.capabilities:
        return words["none"]
    return _listed(key.services) if key.services else words["all_services"]


def _limits(key: ApiKey, words: Mapping[str, str]) -> dict[str, str]:
    """Return the placeholders for when, from where and how often a key works."""
    networks = _listed([str(item) for item in key.networks]) if key.networks else ""
    local = words["local"] if key.local_only else ""
    rate = words["no_limit"] if key.per_minute == 0 else str(key.per_minute)
    return {
        "expires": words["never"] if key.expires is None else _moment(key.expires),
        "networks": ", ".join(filter(None, (local, networks))) or words["any_address"],
        "rate": words["default_limit"] if key.per_minute is None else rate,
        "origins": _listed(key.cors_origins) if key.cors_origins else words["none"],
        "media_hosts": _listed(key.media_hosts) if key.media_hosts else words["none"],
        "dashboards": _listed(key.dashboards) if key.dashboards else words["none"],
    }


def _by_area(hass: HomeAssistant, seen: Iterable[EntityFacts], no_area: str) -> str:
    """Return all entities as a list of areas, limited in length as a whole."""
    areas: dict[str, list[str]] = {}
    for item in seen:
        area = ar.async_get(hass).async_get_area(item.area) if item.area else None
        areas.setdefault(no_area if area is None else area.name, []).append(item.entity_id)
    left, lines = _MAX_SUMMARY_ENTITIES, []
    for name, items in sorted(areas.items(), key=lambda area: (area[0] == no_area, area[0])):
        lines.append(f"- **{name}** ({len(items)}): {_listed(items, left)}")
        left = max(0, left - len(items))
    return "\n".join(lines)


def _selected(hass: HomeAssistant, selection: Selection) -> list[str]:
    """Return the items of a selection by their names; a domain as a pattern."""
    areas, floors, labels = ar.async_get(hass), fr.async_get(hass), lr.async_get(hass)
    devices = dr.async_get(hass)
    found = [
        *((area.name if (area := areas.async_get_area(item)) else item) for item in selection.areas),
        *((floor.name if (floor := floors.async_get_floor(item)) else item) for item in selection.floors),
        *((label.name if (label := labels.async_get_label(item)) else item) for item in selection.labels),
    ]
    for item in selection.devices:
        device = devices.async_get(item)
        found.append((device.name_by_user or device.name or item) if device else item)
    return [*found, *(f"{item}.*" for item in selection.domains), *selection.entities, *selection.globs]


def _is_delegate(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether an entity acts on other entities, or might."""
    acted_on = members(hass, entity_id)
    return acted_on is None or bool(acted_on.entities or acted_on.unknown)


async def _options(hass: HomeAssistant, selector: str) -> dict[str, str]:
    """Return the texts of the options of a selector, in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})
    prefix = f"component.{DOMAIN}.selector.{selector}.options."
    return {name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)}


def describe(lesson: Lesson, proposal: Proposal, key: ApiKey) -> dict[str, str]:
    """Return the placeholders of the learn mode form: what stays, what goes, and what is not added."""
    used = {*proposal.capabilities, *proposal.services, *proposal.events, *proposal.entities}
    listed = {*key.capabilities, *key.services, *key.events}
    if not proposal.keep_scope:
        listed |= {*key.scope.include.entities}
    return {
        "used": _listed(used),
        "unused": _listed(listed - used),
        "since": _moment(lesson.since),
        "requests": str(lesson.requests),
        "named": str(len(proposal.entities)),
        "doubtful": _listed(proposal.doubtful),
        "refused": _listed(proposal.refused),
        "left_out": _listed(proposal.left_out),
    }


def _listed(items: Collection[str], limit: int = _MAX_LISTED) -> str:
    """Return a list of names for a form, truncated if it is long."""
    more = len(items) - limit
    shown = ", ".join(f"`{item}`" for item in sorted(items)[:limit]) or _NONE
    return f"{shown} +{more}" if more > 0 else shown


def _moment(timestamp: float | None) -> str:
    if timestamp is None:
        return _NONE
    moment = dt_util.as_local(dt_util.utc_from_timestamp(timestamp))
    return moment.strftime("%Y-%m-%d %H:%M")
