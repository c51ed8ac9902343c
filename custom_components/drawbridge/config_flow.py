"""The config flow: one entry, and a subentry for each key."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.core import callback

from .const import DOMAIN, SUBENTRY_TYPE_API_KEY
from .flows.key_flow import ApiKeyFlow
from .flows.options_flow import DrawbridgeOptionsFlow
from .migration import MINOR_VERSION, VERSION


class DrawbridgeConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sets up the one entry of Drawbridge."""

    VERSION = VERSION
    MINOR_VERSION = MINOR_VERSION

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for confirmation."""
        if user_input is None:
            return self.async_show_form(step_id="user")
        return self.async_create_entry(title="Drawbridge", data={})

    @override
    @staticmethod
    @callback
    def async_get_options_flow(config_entry: ConfigEntry) -> DrawbridgeOptionsFlow:
        """Return the options flow."""
        return DrawbridgeOptionsFlow()

    @override
    @classmethod
    @callback
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow for keys: each key is a subentry."""
        return {SUBENTRY_TYPE_API_KEY: ApiKeyFlow}
