"""The form of the options: its fields, and the options that it is submitted with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    Selector,
    TextSelector,
    TextSelectorConfig,
)

from ..limits.origins import normalize_origin
from ..options import Options

UPLOAD: Final = "listener_upload"
"""The field that asks for a form to upload files. It is not an option."""
_UPLOAD_BEFORE: Final = "listener_tls_1_2"
_KIB: Final = 1024
_MIB: Final = 1024 * _KIB


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of the form.

    Attributes:
        selector: The selector.
        read: Returns the value of the option for an entered value. Raises ``ValueError``.
        unit: The number of the option's units in one unit of the field, such as bytes in a KiB.
        empty: The entered value that an empty field stands for; ``None`` if the field is required.

    """

    selector: Selector[Any]
    read: Callable[[Any], Any]
    unit: int = 1
    empty: object = None

    def marker(self, name: str) -> vol.Marker:
        """Return the marker of the field in the schema."""
        return vol.Required(name) if self.empty is None else vol.Optional(name)


def _number(least: int, most: int, unit: str | None = None, *, size: int = 1, kind: type = int) -> _Field:
    config = NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return _Field(NumberSelector(config), lambda entered: kind(entered) * size, size)


def _flag() -> _Field:
    return _Field(BooleanSelector(), bool)


def _text() -> _Field:
    return _Field(TextSelector(), str.strip, empty="")


_FIELDS: Final[Mapping[str, _Field]] = MappingProxyType(
    {
        "per_minute": _number(0, 1_000_000),
        "max_concurrent": _number(1, 1000),
        "max_body": _number(1, 16_384, "KiB", size=_KIB),
        "time_limit": _number(1, 600, "s", kind=float),
        "max_connections": _number(1, 10_000),
        "max_key_connections": _number(1, 10_000),
        "max_subscriptions": _number(1, 10_000),
        "max_message": _number(1, 16_384, "KiB", size=_KIB),
        "cors_origins": _Field(
            TextSelector(TextSelectorConfig(multiple=True)),
            lambda entered: frozenset(map(normalize_origin, entered)),
            empty=(),
        ),
        "audit_file": _flag(),
        "audit_days": _number(1, 3650, "d"),
        "cache_enabled": _flag(),
        "cache_ttl_states": _number(1, 86_400, "s", kind=float),
        "cache_ttl_services": _number(1, 86_400, "s", kind=float),
        "cache_ttl_config": _number(1, 86_400, "s", kind=float),
        "cache_size": _number(1, 4096, "MiB", size=_MIB),
        "listener_enabled": _flag(),
        "listener_port": _number(1, 65_535),
        "listener_address": _text(),
        "listener_certificate": _text(),
        "listener_key": _text(),
        "listener_client_ca": _text(),
        "listener_tls_1_2": _flag(),
        "pages": _flag(),
        "report_to_ban_list": _flag(),
        "direct_responses": _flag(),
        "tracing": _flag(),
        "trace_percent": _number(0, 100, "%"),
    }
)
"""The fields by the name of their option, in the order of the form."""


def form(*, can_upload: bool) -> vol.Schema:
    """Return the form of all options, without its sections."""
    fields: dict[Any, Any] = {}
    for name, field in _FIELDS.items():
        if can_upload and name == _UPLOAD_BEFORE:
            fields[vol.Optional(UPLOAD, default=False)] = BooleanSelector()
        fields[field.marker(name)] = field.selector
    return vol.Schema(fields)


def entered_options(entered: Mapping[str, Any]) -> Options:
    """Return the options that were entered. Raises ``ValueError`` for an origin that is not valid."""
    return Options(**{name: field.read(entered.get(name, field.empty)) for name, field in _FIELDS.items()})


def shown(options: Options) -> dict[str, Any]:
    """Return the values of the form for options, the inverse of ``entered_options``."""
    values = {
        name: value // _FIELDS[name].unit if _FIELDS[name].unit > 1 else value
        for name, value in options.as_dict().items()
    }
    return values | {UPLOAD: False}
