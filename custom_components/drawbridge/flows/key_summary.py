"""Summarizes what a key can do, for forms."""

from collections.abc import Collection, Iterable
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..bridge import Bridge
from ..const import DOMAIN
from ..keys import ApiKey, Capability
from ..learning.lessons import Lesson, Proposal
from ..operations.delegates import members
from ..scope.reviewed_services import REVIEWED
from ..scope.service_rules import decide_service

_MAX_EXAMPLES: Final = 8
_MAX_LISTED: Final = 40
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
    facts = bridge.directory.facts
    ids = (state.entity_id for state in bridge.hass.states.async_all())
    seen = [item for item in ids if key.scope.matches(facts(item))]
    domains = controllable_domains(bridge, key)
    controlled = [item for item in seen if item.partition(".")[0] in domains]
    return {
        "sees": str(len(seen)),
        "controls": str(len(controlled)),
        "examples": _examples(seen),
        "capabilities": ", ".join(await _in_words(bridge.hass, sorted(key.capabilities))),
        "delegates": _examples(sorted(item for item in key.scope.include.entities if _is_delegate(bridge.hass, item))),
        "media_hosts": ", ".join(sorted(key.media_hosts)) or _NONE,
        "expires": _moment(key.expires),
    }


def _is_delegate(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether an entity acts on other entities, or might."""
    acted_on = members(hass, entity_id)
    return acted_on is None or bool(acted_on.entities or acted_on.unknown)


async def _in_words(hass: HomeAssistant, capabilities: Iterable[str]) -> list[str]:
    """Return the names of capabilities, in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})
    names = f"component.{DOMAIN}.selector.capabilities.options"
    return [texts.get(f"{names}.{item}", item) for item in capabilities]


def describe(lesson: Lesson, proposal: Proposal) -> dict[str, str]:
    """Return the placeholders of the learn mode form."""
    return {
        "since": _moment(lesson.since),
        "requests": str(lesson.requests),
        "named": str(len(proposal.entities)),
        "doubtful": _listed(proposal.doubtful),
        "refused": _listed(proposal.refused),
        "left_out": _listed(proposal.left_out),
    }


def _listed(items: Collection[str]) -> str:
    """Return a list of names for a form, truncated if it is long."""
    more = len(items) - _MAX_LISTED
    shown = ", ".join(f"`{item}`" for item in sorted(items)[:_MAX_LISTED]) or _NONE
    return f"{shown} +{more}" if more > 0 else shown


def _examples(entity_ids: list[str]) -> str:
    if not entity_ids:
        return _NONE
    more = len(entity_ids) - _MAX_EXAMPLES
    shown = ", ".join(f"`{item}`" for item in entity_ids[:_MAX_EXAMPLES])
    return f"{shown} +{more}" if more > 0 else shown


def _moment(timestamp: float | None) -> str:
    if timestamp is None:
        return _NONE
    moment = dt_util.as_local(dt_util.utc_from_timestamp(timestamp))
    return moment.strftime("%Y-%m-%d %H:%M")
