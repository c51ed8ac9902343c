"""What learn mode proposes for a key, and the key as an administrator submits it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant

from ..bridge import Bridge
from ..keys import ApiKey, key_input
from ..learning.lessons import Lesson, Proposal, propose
from ..operations.service_calls import CallPlanner
from ..scope.service_rules import ITEM_WRITES, allows_item_write
from . import key_forms as forms


def propose_for(hass: HomeAssistant, bridge: Bridge, key: ApiKey, lesson: Lesson) -> Proposal:
    """Return the part of a key's current permissions that its client used."""
    live = bridge.directory.live(key.scope)
    planner = CallPlanner(hass, key, live)
    domains = frozenset(state.domain for state in hass.states.async_all() if live.allows(state.entity_id))

    def allows_service(name: str) -> bool:
        domain, _, service = name.partition(".")
        if name in ITEM_WRITES:
            return domain in domains and allows_item_write(name, key.services)
        return planner.offers(domain, service, domains)

    return propose(
        lesson,
        key,
        in_scope=lambda item: live.allows(item) and bridge.directory.exists(item),
        allows_service=allows_service,
        opens=planner.opens_by_id,
    )


def as_learned(key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
    """Return the key with the values from the learn mode form."""
    # What the key excludes stays excluded: a proposal names entities, and never widens a scope.
    scopes = () if entered[forms.KEEP_SCOPE] else (lambda key: key_input.with_scope(key, entered),)
    key = key_input.collect(
        key, lambda key: key_input.with_abilities(key, entered), key_input.with_listed_actions, *scopes
    )
    key_input.ensure_useful(key, forms.KEEP_SCOPE)
    return replace(key, learning=False)
