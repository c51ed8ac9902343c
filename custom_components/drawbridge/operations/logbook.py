"""The logbook: readable entries for a period."""

import asyncio
from collections.abc import AsyncIterator, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..keys import Capability
from ..scope.redaction import Redaction
from ..scope.resolver import ENTITY_DOMAINS
from .caller import Caller
from .declaration import Operation
from .json_stream import JsonArrayStream
from .log_entries import LogFilter
from .periods import DAY, windows

if TYPE_CHECKING:
    from homeassistant.components.logbook.processor import EventProcessor

READ: Final = Operation("logbook.read", Capability.HISTORY, names=("entity",), everything=True)

_MAX_WINDOWS: Final = 366
_ENTRIES_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class LogbookQuery:
    """A query. Entries outside the scope are left out of the response.

    Attributes:
        start: The start of the period, in UTC.
        end: Its end, in UTC.
        entity_ids: The entities; ``None`` for all entities in scope.
        context_id: The context; ``None`` for all.

    """

    start: datetime
    end: datetime
    entity_ids: Sequence[str] | None = None
    context_id: str | None = None


def ensure_available(caller: Caller) -> None:
    """Raise ``RefusedError`` if the integrations for the logbook are not set up."""
    caller.home.require("recorder", "logbook")


async def pieces(caller: Caller, query: LogbookQuery) -> AsyncIterator[bytes]:
    """Yield the pieces of a JSON array of entries, oldest first.

    Memory use is bounded: a query for all entities loads at most one day at a time. Yields to the event loop between
    some entries.
    """
    array = JsonArrayStream()
    if query.entity_ids is not None:
        query = replace(query, entity_ids=[item for item in query.entity_ids if caller.home.allows(item)])
    if query.entity_ids is None or query.entity_ids:
        recorder, processor = get_instance(caller.hass), _processor(caller, query)
        for period in _windows(query):
            entries = await recorder.async_add_executor_job(_read, processor, *period)
            for number, some in enumerate(batched(entries, _ENTRIES_AT_ONCE, strict=False)):
                if number:
                    await asyncio.sleep(0)
                if shown := _in_scope(caller, some):
                    yield array.items(_encoded(shown, caller.redaction)[1:-1])
    yield array.end()


def _read(processor: EventProcessor, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Read entries, with times as ``datetime``, which are encoded in Home Assistant's format, but faster."""
    entries = processor.get_events(start, end)
    for entry in entries:
        entry["when"] = dt_util.utc_from_timestamp(entry["when"])
    return entries


def _windows(query: LogbookQuery) -> list[tuple[datetime, datetime]]:
    end = min(query.end, dt_util.utcnow() + DAY)
    whole = end - query.start
    length = whole if query.entity_ids or query.context_id else max(DAY, whole / _MAX_WINDOWS)
    return list(windows(query.start, end, length))


def _processor(caller: Caller, query: LogbookQuery) -> EventProcessor:
    from homeassistant.components.logbook import processor  # noqa: PLC0415 - may not be set up
    from homeassistant.components.logbook.helpers import async_determine_event_types  # noqa: PLC0415 - the same

    entity_ids = None if query.entity_ids is None else list(query.entity_ids)
    return processor.EventProcessor(
        caller.hass,
        async_determine_event_types(caller.hass, entity_ids, None),
        entity_ids,
        None,
        query.context_id,
        timestamp=True,
        include_entity_name=True,
    )


def visible(caller: Caller, entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the visible part of each visible entry, redacted for the key."""
    return list(map(caller.redaction.value, _in_scope(caller, entries)))


def _encoded(entries: Sequence[Mapping[str, Any]], redaction: Redaction) -> bytes:
    """Return entries as JSON, redacted. Most have nothing to redact, which their JSON shows at once."""
    encoded = json_bytes(entries)
    if not redaction.may_change(set().union(*entries), encoded, braces=len(entries)):
        return encoded
    return json_bytes([redaction.value(entry) for entry in entries])


def _in_scope(caller: Caller, entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    log_filter = LogFilter(
        caller.home.allows,
        _Domains(caller),
        everything=caller.key.scope.is_everything,
        hidden_domain=DOMAIN,
        hidden_users=caller.resources.users.users_of_others(caller.key.id),
    )
    return [shown for entry in entries if (shown := log_filter.entry(entry)) is not None]


class _Domains(Container[str]):
    """The domains that an entity ID in a text can have. They must not depend on what is out of scope."""

    def __init__(self, caller: Caller) -> None:
        self._has_any = caller.home.has_any

    @override
    def __contains__(self, item: object) -> bool:
        return isinstance(item, str) and (item in ENTITY_DOMAINS or self._has_any(item))
