"""The options flow."""

import time
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.util import dt as dt_util

from ..bridge import Bridge
from ..limits.origins import normalize_origin
from ..listener.check import check
from ..listener.fault import ListenerError
from ..listener.tls import LoadedTls
from ..options import Options
from ..telemetry.listener import ends_soon
from . import sections

_KIB = 1024
_MIB = 1024 * _KIB
_DAY_SECONDS: Final = 86_400
_PLACEHOLDERS: Final = ("value", "port", "address", "when", "reason")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_CERTIFICATE_OPTIONS: Final = ("listener_enabled", "listener_certificate", "listener_key")


def _number(least: int, most: int, unit: str | None = None) -> NumberSelector:
    config = NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


FORM: Final = vol.Schema(
    {
        vol.Required("per_minute"): _number(0, 1_000_000),
        vol.Required("max_concurrent"): _number(1, 1000),
        vol.Required("max_body"): _number(1, 16_384, "KiB"),
        vol.Required("time_limit"): _number(1, 600, "s"),
        vol.Required("max_connections"): _number(1, 10_000),
        vol.Required("max_key_connections"): _number(1, 10_000),
        vol.Required("max_subscriptions"): _number(1, 10_000),
        vol.Required("max_message"): _number(1, 16_384, "KiB"),
        vol.Optional("cors_origins", default=list): TextSelector(TextSelectorConfig(multiple=True)),
        vol.Required("audit_file"): BooleanSelector(),
        vol.Required("audit_days"): _number(1, 3650, "d"),
        vol.Required("cache_enabled"): BooleanSelector(),
        vol.Required("cache_ttl_states"): _number(1, 86_400, "s"),
        vol.Required("cache_ttl_services"): _number(1, 86_400, "s"),
        vol.Required("cache_ttl_config"): _number(1, 86_400, "s"),
        vol.Required("cache_size"): _number(1, 4096, "MiB"),
        vol.Required("listener_enabled"): BooleanSelector(),
        vol.Required("listener_port"): _number(1, 65_535),
        vol.Optional("listener_address"): TextSelector(),
        vol.Optional("listener_certificate"): TextSelector(),
        vol.Optional("listener_key"): TextSelector(),
        vol.Optional("listener_client_ca"): TextSelector(),
        vol.Required("listener_tls_1_2"): BooleanSelector(),
        vol.Required("pages"): BooleanSelector(),
        vol.Required("report_to_ban_list"): BooleanSelector(),
        vol.Required("direct_responses"): BooleanSelector(),
    }
)
"""The form of all options, without its sections."""


class DrawbridgeOptionsFlow(OptionsFlow):
    """Edits the options of Drawbridge."""

    def __init__(self) -> None:
        """Create a flow."""
        self._chosen: Options | None = None
        self._moment = 0.0

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show all options. Changes take effect when they are submitted."""
        before = Options.from_mapping(self.config_entry.options)
        if user_input is None:
            return self._form(_shown(before))
        values = sections.flat(user_input)
        try:
            options = _options(values)
            certificate = await self._check_listener(options)
        except ListenerError as err:
            errors = {err.fault.option: err.fault.key}
            return self._form(values, errors, {**err.placeholders, "when": _when(err.moment)})
        except ValueError as err:
            return self._form(values, {"cors_origins": "invalid_cors_origins"}, {"value": str(err)})
        if certificate is not None and _is_doubtful(certificate, options, before):
            self._chosen, self._moment = options, certificate.ends
            return await self.async_step_certificate_ends_soon()
        return self.async_create_entry(data=options.as_dict())

    def _form(
        self, values: Mapping[str, Any], errors: Mapping[str, str] = _NONE, placeholders: Mapping[str, str] = _NONE
    ) -> ConfigFlowResult:
        """Show the form of all options, filled in with values."""
        schema = sections.grouped(FORM, {}, errors)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, sections.nested(values)),
            errors=sections.placed(errors),
            description_placeholders={**dict.fromkeys(_PLACEHOLDERS, ""), **placeholders},
        )

    async def async_step_certificate_ends_soon(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Warn of a certificate that ends soon, before it is used."""
        if user_input is not None and self._chosen is not None:
            return self.async_create_entry(data=self._chosen.as_dict())
        days = max(0, int((self._moment - time.time()) // _DAY_SECONDS))
        return self.async_show_form(
            step_id="certificate_ends_soon",
            data_schema=vol.Schema({}),
            description_placeholders={"when": _when(self._moment), "days": str(days)},
        )

    async def _check_listener(self, options: Options) -> LoadedTls | None:
        """Try whether the listener could start. Raises ``ListenerError`` if it could not."""
        if not options.listener_enabled:
            return None
        bridge: Bridge | None = getattr(self.config_entry, "runtime_data", None)
        now = None
        if bridge is not None and bridge.listener.is_running:
            now = bridge.options.listener_address, bridge.options.listener_port
        work = partial(check, options, self.hass.config.path, now)
        return await self.hass.async_add_executor_job(work)


def _is_doubtful(certificate: LoadedTls, options: Options, before: Options) -> bool:
    """Tell whether to warn of a certificate: it ends soon, and the options of the listener are new."""
    new = any(getattr(options, name) != getattr(before, name) for name in _CERTIFICATE_OPTIONS)
    return new and ends_soon(certificate.begins, certificate.ends, time.time())


def _when(moment: float | None) -> str:
    return "" if moment is None else dt_util.as_local(dt_util.utc_from_timestamp(moment)).strftime("%Y-%m-%d %H:%M")


def _options(entered: dict[str, Any]) -> Options:
    return Options(
        per_minute=int(entered["per_minute"]),
        max_concurrent=int(entered["max_concurrent"]),
        max_body=int(entered["max_body"]) * _KIB,
        time_limit=float(entered["time_limit"]),
        max_connections=int(entered["max_connections"]),
        max_key_connections=int(entered["max_key_connections"]),
        max_subscriptions=int(entered["max_subscriptions"]),
        max_message=int(entered["max_message"]) * _KIB,
        cors_origins=frozenset(map(normalize_origin, entered["cors_origins"])),
        audit_file=entered["audit_file"],
        audit_days=int(entered["audit_days"]),
        cache_enabled=entered["cache_enabled"],
        cache_ttl_states=float(entered["cache_ttl_states"]),
        cache_ttl_services=float(entered["cache_ttl_services"]),
        cache_ttl_config=float(entered["cache_ttl_config"]),
        cache_size=int(entered["cache_size"]) * _MIB,
        report_to_ban_list=entered["report_to_ban_list"],
        direct_responses=entered["direct_responses"],
        listener_enabled=entered["listener_enabled"],
        listener_port=int(entered["listener_port"]),
        listener_address=entered.get("listener_address", "").strip(),
        listener_certificate=entered.get("listener_certificate", "").strip(),
        listener_key=entered.get("listener_key", "").strip(),
        listener_client_ca=entered.get("listener_client_ca", "").strip(),
        listener_tls_1_2=entered["listener_tls_1_2"],
        pages=entered["pages"],
    )


def _shown(options: Options) -> dict[str, Any]:
    return options.as_dict() | {
        "max_body": options.max_body // _KIB,
        "max_message": options.max_message // _KIB,
        "cache_size": options.cache_size // _MIB,
    }
