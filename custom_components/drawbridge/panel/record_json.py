"""Describes audit records and sums of reads for the panel."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..audit.reads import ReadSum
from ..audit.subject import Subject
from ..audit.trail import AuditRecord
from ..policy_tests.replay import subject_of_reads

WHAT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "services.call": "call an action",
        "services.list": "list actions",
        "scripts.run": "run a sequence of actions",
        "events.fire": "fire an event",
        "networks": "use the key",
        "events.list": "list event types",
        "states.set": "set a state",
        "states.remove": "remove a state",
        "states": "read states",
        "history": "read history",
        "statistics": "read statistics",
        "recorder": "read statistics",
        "logbook": "read the logbook",
        "events": "follow events",
        "templates": "render a template",
        "conditions": "test a condition",
        "triggers": "follow a trigger",
        "calendars.list": "list calendars",
        "calendars.events": "read a calendar",
        "calendars.follow": "read a calendar",
        "calendars": "change a calendar",
        "todo.move_item": "change a to-do list",
        "todo": "read a to-do list",
        "images": "see a picture",
        "weather": "read a forecast",
        "config": "read the configuration",
        "components": "list integrations",
        "integrations": "list integrations",
        "registries": "read areas, devices and entities",
        "entities": "read areas, devices and entities",
        "targets": "read areas, devices and entities",
        "persons": "list persons",
        "zones": "list zones",
        "tags": "list tags",
        "metrics": "read metrics",
        "traces": "read traces",
        "discovery": "read the configuration",
        "core_state": "read the configuration",
        "units": "read the configuration",
        "sessions": "sign in",
        "pages": "open a page",
        "frontend": "open a page",
        "nothing": "open a page",
        "connection": "connect",
        "health": "check the health",
        "key": "read its own key",
        "status": "check the API",
    }
)
"""Plain words for operations, by their names or by their topics."""
_OTHER: Final = "use the API"


def what(operation: str) -> str:
    """Return plain words for an operation."""
    return WHAT.get(operation) or WHAT.get(operation.partition(".")[0], _OTHER)


def name_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the name of an entity, or ``None`` if it does not exist."""
    if (state := hass.states.get(entity_id)) is not None:
        return state.name
    entry = er.async_get(hass).async_get(entity_id)
    return None if entry is None else entry.name or entry.original_name


def describe(hass: HomeAssistant, number: int, record: AuditRecord | ReadSum) -> dict[str, Any]:
    """Return a record as JSON, with the current names of its entities."""
    if isinstance(record, ReadSum):
        return _describe_reads(hass, number, record)
    return {**record.as_dict(), "id": number, "count": 1, "subject": described_subject(hass, record.subject)}


def _describe_reads(hass: HomeAssistant, number: int, reads: ReadSum) -> dict[str, Any]:
    return {
        "id": number,
        "time": reads.time,
        "request_id": "",
        "key_id": reads.key_id,
        "key_name": reads.key_name,
        "address": reads.address,
        "method": reads.method,
        "route": reads.route,
        "status": HTTPStatus.OK.value,
        "outcome": "allowed",
        "reason": None,
        "target": None,
        "count": reads.count,
        "subject": described_subject(hass, subject_of_reads(reads)),
    }


def named(hass: HomeAssistant, entities: Iterable[str]) -> list[dict[str, str | None]]:
    """Return entities with their names."""
    return [{"entity_id": item, "name": name_of(hass, item)} for item in entities]


def described_subject(hass: HomeAssistant, subject: Subject) -> dict[str, Any]:
    """Return what a request was about as JSON, with the current names of its entities."""
    described = asdict(subject)
    del described["rule"]
    return {**described, "entities": named(hass, subject.entities), "what": what(subject.operation)}
