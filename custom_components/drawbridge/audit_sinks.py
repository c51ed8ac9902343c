"""Where the audit trail goes: events of Home Assistant, and a file."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .policy.options import Options
from .policy.rate_limit import RateLimit, RateLimiter
from .telemetry.audit import AuditRecord, AuditTrail
from .telemetry.audit_file import AuditFile

_LOGGER = logging.getLogger(__name__)

EVENT_AUDIT: Final = "drawbridge_audit"

AUDIT_FILE: Final = "drawbridge/audit.jsonl"
"""Relative to Home Assistant's configuration."""

_KEYS: Final = ("keys", RateLimit(per_minute=1200, burst=200))
_STRANGERS: Final = ("strangers", RateLimit(per_minute=60, burst=30))


class AuditEvents:
    """Fires an event for every record, but no flood: a recorder writes each to a database.

    Of strangers thirty at once, then one a second; of keys, which have rate limits of their
    own, two hundred and twenty. The next event that is fired tells in ``suppressed`` how many
    were not.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Fire on Home Assistant's bus, for a bridge."""
        self._hass = hass
        self._entry_id = entry_id
        self._limiter = RateLimiter()
        self._suppressed = 0

    @callback
    def fire(self, record: AuditRecord) -> None:
        """Fire the event of a record."""
        bucket, limit = _STRANGERS if record.key_id is None else _KEYS
        if not self._limiter.take(bucket, limit, time.monotonic()).allowed:
            self._suppressed += 1
            return
        about = {"suppressed": self._suppressed, ATTR_DEVICE_ID: self._device_id(record)}
        self._hass.bus.async_fire(EVENT_AUDIT, {**record.as_dict(), **about})
        self._suppressed = 0

    def _device_id(self, record: AuditRecord) -> str | None:
        """Return the device of the key, or the bridge's own for a stranger: its page shows the event."""
        wanted = (DOMAIN, record.key_id or self._entry_id)
        devices = dr.async_entries_for_config_entry(dr.async_get(self._hass), self._entry_id)
        return next((device.id for device in devices if wanted in device.identifiers), None)


class AuditFileSwitch:
    """Turns the audit file on and off with the options."""

    def __init__(self, hass: HomeAssistant, trail: AuditTrail) -> None:
        """Write the trail to a file below Home Assistant's configuration."""
        self._hass = hass
        self._trail = trail
        self._file: AuditFile | None = None
        self._stop_listening: Callable[[], None] | None = None

    async def apply(self, options: Options) -> None:
        """Open the file or close it, as the options say."""
        if not options.audit_file:
            await self.close()
        elif self._file is None:
            await self._open(options.audit_days)

    async def close(self) -> None:
        """Write what is left, and close the file."""
        if self._file is None or self._stop_listening is None:
            return
        self._stop_listening()
        file, self._file = self._file, None
        await self._hass.async_add_executor_job(file.close)

    async def _open(self, days: int) -> None:
        path = Path(self._hass.config.path(AUDIT_FILE))
        file = AuditFile(path, days)
        try:
            await self._hass.async_add_executor_job(file.open)
        except OSError:
            _LOGGER.exception("The audit file %s cannot be written", path)
            return
        self._file, self._stop_listening = file, self._trail.listen(file.write)
