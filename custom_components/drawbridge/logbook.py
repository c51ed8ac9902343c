"""The audit trail in the logbook, in words."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback

from .audit_sinks import EVENT_AUDIT
from .const import DOMAIN


@callback
def async_describe_events(
    _hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event[Any]], dict[str, str]]], None],
) -> None:
    """Describe the events of the audit trail."""
    async_describe_event(DOMAIN, EVENT_AUDIT, _describe)


@callback
def _describe(event: Event[Any]) -> dict[str, str]:
    record = event.data
    what = record["target"] or f"{record['method']} {record['route']}"
    match record["outcome"]:
        case "allowed":
            message = f"was let through: {what}"
        case "failed":
            message = f"failed: {what}"
        case _:
            message = f"was refused ({record['reason']}) from {record['address']}: {what}"
    return {"name": record["key_name"] or "An unknown client", "message": message}
