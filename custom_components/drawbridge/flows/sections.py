"""Groups the fields of a form into collapsible sections, and flattens submitted values.

Forms and handlers do not know about sections. This module alone assigns fields to sections.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.data_entry_flow import section

SECTIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "more": frozenset({"floors", "labels", "devices", "domains", "globs"}),
        "approval": frozenset({"ask", "ask_seconds", "approved"}),
        "where": frozenset({"local_only", "networks", "certificate", "certificate_file"}),
        "rate": frozenset({"per_minute", "burst"}),
        "web": frozenset({"cors_origins"}),
        "limits": frozenset(
            {
                "max_concurrent",
                "max_body",
                "time_limit",
                "max_connections",
                "max_key_connections",
                "max_subscriptions",
                "max_message",
            }
        ),
        "audit": frozenset({"audit_file", "audit_days"}),
        "cache": frozenset(
            {"cache_enabled", "cache_ttl_states", "cache_ttl_services", "cache_ttl_config", "cache_size"}
        ),
        "listener": frozenset(
            {
                "listener_enabled",
                "listener_port",
                "listener_address",
                "listener_certificate",
                "listener_key",
                "listener_client_ca",
                "listener_tls_1_2",
                "listener_upload",
                "pages",
            }
        ),
        "ban_list": frozenset({"report_to_ban_list"}),
        "tracing": frozenset({"tracing", "trace_percent"}),
        "compatibility": frozenset({"direct_responses"}),
    }
)
"""The fields of each section, in all forms."""


def grouped(schema: vol.Schema, values: Mapping[str, Any], errors: Mapping[str, str]) -> vol.Schema:
    """Return a form with its fields in sections. A section with a value or an error is expanded."""
    fields: dict[Any, Any] = {}
    held: dict[str, dict[Any, Any]] = {}
    for field, selector in schema.schema.items():
        name = _section_of(field)
        if name is None:
            fields[field] = selector
        else:
            held.setdefault(name, {})[field] = selector
    for name, inner in held.items():
        is_open = any(str(field) in errors or values.get(str(field)) for field in inner)
        fields[vol.Required(name)] = section(vol.Schema(inner), {"collapsed": not is_open})
    return vol.Schema(fields)


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values grouped by section."""
    nests: dict[str, Any] = {}
    for field, value in values.items():
        name = _section_of(field)
        if name is None:
            nests[field] = value
        else:
            nests.setdefault(name, {})[field] = value
    return nests


def flat(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return submitted values without sections."""
    values: dict[str, Any] = {}
    for field, value in entered.items():
        values |= value if field in SECTIONS else {field: value}
    return values


def placed(errors: Mapping[str, str]) -> dict[str, Any]:
    """Move errors of fields in a section to the section, where the frontend shows them.

    The frontend shows several errors of a section as a list.
    """
    found: dict[str, list[str]] = {}
    for field, code in errors.items():
        found.setdefault(_section_of(field) or field, []).append(code)
    return {place: codes[0] if len(codes) == 1 else codes for place, codes in found.items()}


def _section_of(field: object) -> str | None:
    return next((name for name, fields in SECTIONS.items() if str(field) in fields), None)
