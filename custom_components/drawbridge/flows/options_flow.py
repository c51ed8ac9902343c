"""The options flow."""

from typing import Any

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

from ..limits.origins import normalize_origin
from ..options import Options
from . import sections

_KIB = 1024
_MIB = 1024 * _KIB


class DrawbridgeOptionsFlow(OptionsFlow):
    """Edits the options of Drawbridge."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show all options. Changes take effect when they are submitted."""
        errors: dict[str, str] = {}
        wrong = ""
        values = _shown(Options.from_mapping(self.config_entry.options))
        if user_input is not None:
            values = sections.flat(user_input)
            try:
                options = _options(values)
            except ValueError as err:
                errors, wrong = {"cors_origins": "invalid_cors_origins"}, str(err)
            else:
                return self.async_create_entry(data=options.as_dict())
        schema = sections.grouped(form(), {}, errors)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, sections.nested(values)),
            errors=sections.placed(errors),
            description_placeholders={"value": wrong},
        )


def form() -> vol.Schema:
    """Return the form of all options, without its sections."""
    origins = TextSelector(TextSelectorConfig(multiple=True))
    return vol.Schema(
        {
            vol.Required("per_minute"): _number(0, 1_000_000),
            vol.Required("max_concurrent"): _number(1, 1000),
            vol.Required("max_body"): _number(1, 16_384, "KiB"),
            vol.Required("time_limit"): _number(1, 600, "s"),
            vol.Required("max_connections"): _number(1, 10_000),
            vol.Required("max_key_connections"): _number(1, 10_000),
            vol.Required("max_subscriptions"): _number(1, 10_000),
            vol.Required("max_message"): _number(1, 16_384, "KiB"),
            vol.Optional("cors_origins", default=list): origins,
            vol.Required("audit_file"): BooleanSelector(),
            vol.Required("audit_days"): _number(1, 3650, "d"),
            vol.Required("cache_enabled"): BooleanSelector(),
            vol.Required("cache_ttl_states"): _number(1, 86_400, "s"),
            vol.Required("cache_ttl_services"): _number(1, 86_400, "s"),
            vol.Required("cache_ttl_config"): _number(1, 86_400, "s"),
            vol.Required("cache_size"): _number(1, 4096, "MiB"),
            vol.Required("report_to_ban_list"): BooleanSelector(),
            vol.Required("direct_responses"): BooleanSelector(),
        }
    )


def _number(least: int, most: int, unit: str | None = None) -> NumberSelector:
    config = NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


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
    )


def _shown(options: Options) -> dict[str, Any]:
    return options.as_dict() | {
        "max_body": options.max_body // _KIB,
        "max_message": options.max_message // _KIB,
        "cache_size": options.cache_size // _MIB,
    }
