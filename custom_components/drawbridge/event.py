"""The event entity for refusals, and for keys that are used from a new network."""

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .audit.trail import AuditRecord
from .bridge import Bridge, DrawbridgeConfigEntry
from .entity import BridgeEntity
from .limits.rate_limit import RateLimit, RateLimiter
from .refusal import Notice, Refusal

PARALLEL_UPDATES = 0

EVENT_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {refusal.label: refusal.value.event for refusal in Refusal if refusal.value.event is not None}
    | {notice.label: notice.value for notice in Notice}
)
"""The event type for each reason in the audit trail. Client errors and failures have none."""

SECURITY: Final = EventEntityDescription(
    key="security", translation_key="security", event_types=sorted(set(EVENT_TYPES.values()))
)

_LIMIT: Final = RateLimit(per_minute=12, burst=10)


async def async_setup_entry(
    _hass: HomeAssistant, entry: DrawbridgeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event entity."""
    async_add_entities([SecurityEvents(entry.runtime_data, SECURITY)])


class SecurityEvents(BridgeEntity, EventEntity):
    """Reports refusals and new networks: up to ten events of a type at once, then one every five seconds.

    Every user of Home Assistant can read states, so the attributes contain no address and no key.
    """

    UNRECORDED: Final = frozenset({"route", "reason"})
    _unrecorded_attributes = UNRECORDED

    def __init__(self, bridge: Bridge, description: EventEntityDescription) -> None:
        """Create the event entity of a bridge."""
        super().__init__(bridge, description)
        self._limiter = RateLimiter()

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the audit trail instead of the coordinator."""
        self.async_on_remove(self._bridge.audit.listen(self._audited))

    @callback
    def _audited(self, record: AuditRecord) -> None:
        kind = EVENT_TYPES.get(record.reason or "")
        if kind is None or not self._limiter.take(kind, _LIMIT, time.monotonic()).allowed:
            return
        about = {"route": record.route, "reason": record.reason}
        self._trigger_event(kind, about)
        self.async_write_ha_state()

    @override
    def _shown(self) -> object:
        return None
