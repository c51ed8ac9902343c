"""Audit sinks: Home Assistant events, and files."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN
from ..options import Options
from .file import AuditFile
from .shares import EVENT_LIMITS, AuditShares
from .trail import AuditRecord, AuditTrail

EVENT_AUDIT: Final = "drawbridge_audit"

AUDIT_FILE: Final = "drawbridge/audit.jsonl"
"""Relative to Home Assistant's configuration folder."""

_TICK_INTERVAL: Final = timedelta(minutes=1)


class AuditEvents:
    """Fires an event for each record, within limits, because a recorder writes each event to a database.

    Keys, domains and reasons have shares (``EVENT_LIMITS``). Each event states in ``suppressed`` how many events were
    suppressed before it.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Create the sink of a bridge."""
        self._hass = hass
        self._entry_id = entry_id
        self._shares = AuditShares(EVENT_LIMITS)

    @callback
    def fire(self, record: AuditRecord) -> None:
        """Fire the event of a record."""
        if not self._shares.take(record, time.monotonic()):
            return
        suppressed = sum(self._shares.drain().values())
        about = {"suppressed": suppressed, ATTR_DEVICE_ID: self._device_id(record)}
        self._hass.bus.async_fire(EVENT_AUDIT, {**record.as_dict(), **about})

    def _device_id(self, record: AuditRecord) -> str | None:
        """Return the device whose page shows the event: that of the key, or the bridge's for a caller without a key."""
        wanted = (DOMAIN, record.key_id or self._entry_id)
        devices = dr.async_entries_for_config_entry(dr.async_get(self._hass), self._entry_id)
        return next((device.id for device in devices if wanted in device.identifiers), None)


class AuditFileSwitch:
    """Opens and closes the audit file as the options change. There is always at most one writer."""

    def __init__(self, hass: HomeAssistant, trail: AuditTrail) -> None:
        """Create the switch for a trail."""
        self._hass = hass
        self._trail = trail
        self._file = AuditFile()
        self._stop: CALLBACK_TYPE | None = None
        self._lock = asyncio.Lock()
        self._options = Options()
        self._closed = False

    @property
    def error(self) -> str | None:
        """Why the file currently cannot be written, or ``None``."""
        return self._file.error

    @property
    def dropped(self) -> dict[str, int]:
        """The number of records not written since the start, by kind."""
        return self._file.dropped

    async def apply(self, options: Options) -> None:
        """Open or close the file according to the latest options."""
        self._options = options
        await self._reconcile()

    async def close(self) -> None:
        """Write the remaining records, and close the file permanently."""
        self._closed = True
        await self._reconcile()

    async def _reconcile(self) -> None:
        # Changes of options are applied concurrently: each waits for the lock and uses the latest options.
        async with self._lock:
            if self._closed or not self._options.audit_file:
                await self._close()
            elif self._stop is None:
                await self._open(self._options.audit_days)
            else:
                self._file.keep(self._options.audit_days)

    async def _open(self, days: int) -> None:
        path = Path(self._hass.config.path(AUDIT_FILE))
        await self._hass.async_add_executor_job(self._file.open, path, days)
        stops = (
            self._trail.listen(self._file.write),
            async_track_time_interval(self._hass, self._tick, _TICK_INTERVAL, cancel_on_shutdown=True),
        )

        def stop() -> None:
            for item in stops:
                item()

        self._stop = stop

    async def _close(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None
            await self._hass.async_add_executor_job(self._file.close)

    @callback
    def _tick(self, _now: object) -> None:
        """Write summary lines, and remove old files."""
        self._file.write_sums()
        self._file.keep(self._options.audit_days)
